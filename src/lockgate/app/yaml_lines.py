"""Strict YAML: plain data with the line of every part, and no way for a small file to become a large tree.

Stricter than YAML 1.1, on purpose: no anchors, aliases, tags or second documents; a key is a text and comes once; the only
words with a meaning are `true`, `false` and `null` (so a team may be called `no`, and `on` is a key); numbers are decimal.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lockgate.app.mistake import Path, Wrong, quoted

DEPTH = 32
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class NotYaml(Exception):
    """The text cannot be read any further than `line`."""

    def __init__(self, line: int, found: str, expected: str) -> None:
        super().__init__(found)
        self.wrong = Wrong((), found, expected, line)


class Document:
    """What the text says: `value` (dicts, lists, texts, numbers, booleans, None), and the line of every path in it.

    `wrong` are keys that came twice; the first one counts.
    """

    def __init__(self) -> None:
        self.value: Any = None
        self.lines: dict[Path, int] = {}
        self.wrong: list[Wrong] = []


def read(text: str) -> Document:
    """The one document in the text. `NotYaml` when it is none."""
    if forbidden := _FORBIDDEN.search(text):
        line = text.count("\n", 0, forbidden.start()) + 1
        raise NotYaml(line, f"the character U+{ord(forbidden[0]):04X}", "text without control characters")
    document = Document()
    events = _events(text)
    try:
        for event in events:
            if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
                document.value = _value(event, (), events, document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = " ".join(filter(None, (error.context, error.problem))) or "a broken line"
        raise NotYaml(mark.line + 1 if mark else 1, found, "valid YAML") from error
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: the parser written in Python, where libyaml is missing, meets an escape beyond Unicode.
        raise NotYaml(1, "text that cannot be read", "valid YAML") from error
    return document


def _events(text: str) -> Iterator[Event]:
    """The parser's events, without those that this file does not take."""
    documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise NotYaml(_at(event), "a second document (`---`)", "one document in the file")
        if anchor := getattr(event, "anchor", None):
            raise NotYaml(_at(event), f"an anchor or alias ({quoted(anchor)})", "the value itself, written out")
        if tag := getattr(event, "tag", None):
            raise NotYaml(_at(event), f"a tag ({quoted(tag)})", "a plain value without `!`")
        yield event


def _value(event: Event, path: Path, events: Iterator[Event], document: Document) -> Any:
    line = _at(event)
    document.lines.setdefault(path, line)
    if len(path) > DEPTH:
        raise NotYaml(line, f"more than {DEPTH} levels", "a flatter file")
    if isinstance(event, ScalarEvent):
        return _scalar(event)
    if isinstance(event, SequenceStartEvent):
        return _list(path, events, document)
    return _mapping(path, events, document)


def _list(path: Path, events: Iterator[Event], document: Document) -> list[Any]:
    items: list[Any] = []
    for event in events:
        if isinstance(event, SequenceEndEvent):
            break
        items.append(_value(event, (*path, len(items)), events, document))
    return items


def _mapping(path: Path, events: Iterator[Event], document: Document) -> dict[str, Any]:
    items: dict[str, Any] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        if not isinstance(event, ScalarEvent):
            raise NotYaml(_at(event), "a list or a mapping as a key", "a text as a key")
        key = str(event.value)
        here = (*path, key)
        if key in items:
            expected = f"it once; it is in line {document.lines[here]} already"
            document.wrong.append(Wrong(here, f"the key {quoted(key)} again", expected, _at(event)))
            _value(next(events), here, events, Document())
            continue
        document.lines[here] = _at(event)
        items[key] = _value(next(events), here, events, document)
    return items


def _scalar(event: ScalarEvent) -> Any:
    text = str(event.value)
    if _FORBIDDEN.search(text):
        # Reached by an escape in double quotes; nothing in a configuration needs it, and logs and headers suffer.
        raise NotYaml(_at(event), "an escaped control character", "text without control characters")
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _at(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
