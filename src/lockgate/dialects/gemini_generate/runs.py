"""Tools that Google runs by itself: parts with code and what it printed, and with calls of its other tools.

Google's API reference, `Part`. Whether a text that goes on is cut into parts is Google's: parts of one kind that follow each
other are one text.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.body import Tree
from lockgate.core.events import BlockGiven, Event, RunDelta, RunOutput, RunStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import wire

FORM = "gemini_generate"
CODE, PRINTED, CALL, RESPONSE = "executableCode", "codeExecutionResult", "toolCall", "toolResponse"
TEXT = {CODE: "code", PRINTED: "output", CALL: "args"}
"""The field that holds what may go on."""
_TYPES = {
    "GOOGLE_SEARCH_WEB": "googleSearch",
    "GOOGLE_SEARCH_IMAGE": "googleSearch",
    "URL_CONTEXT": "urlContext",
    "GOOGLE_MAPS": "googleMaps",
    "FILE_SEARCH": "fileSearch",
}
"""Types of tools, as requests offer them."""
_SPELLINGS = {"code_execution_result": PRINTED, "tool_response": RESPONSE, "tool_type": "toolType"}
_tree = msgspec.json.Decoder(dict[str, Any]).decode


class Runs:
    """Of one candidate: what it runs, part by part."""

    __slots__ = ("_last", "_number")

    def __init__(self) -> None:
        self._number = -1
        self._last: tuple[str, dict[str, Any]] | None = None

    def feed(self, part: wire.Part, choice: int) -> Sequence[Event]:
        given = _given(part)
        if not given:
            if part.text or part.function_call is not None:
                self._last = None
            return ()
        events: list[Event] = []
        for kind, raw in given:
            if kind == RESPONSE:
                events.append(BlockGiven(kind, FORM, Raw(b'{"%b":%b}' % (kind.encode(), bytes(raw))), True, choice))
                self._last = None
            else:
                events.extend(self._more(kind, _read(raw), choice))
        return events

    def _more(self, kind: str, head: dict[str, Any], choice: int) -> Iterator[Event]:
        said = head.pop(TEXT[kind], None)
        text = said if isinstance(said, str) else "" if said is None else wire.encode(said).decode()
        if kind == CALL or self._last != (kind, head):
            self._number, self._last = self._number + 1, (kind, head)
            yield RunStarted(self._number, _name(kind, head), kind, FORM, Raw(wire.encode(head)), choice)
        yield RunOutput(self._number, text, choice) if kind == PRINTED else RunDelta(self._number, text, choice)


def part(started: RunStarted | None, text: str) -> bytes:
    """A piece of it as a part again; nothing for what is no JSON where it has to be."""
    if started is None:
        return b""
    said: Any = text
    if started.kind == CALL:
        try:
            said = msgspec.json.decode(text or "{}")
        except ValueError:
            return b""
    return wire.encode({started.kind: {**_read(started.head), TEXT[started.kind]: said}})


def names(candidate: wire.Candidate) -> Iterator[str]:
    """The tools that were run for an answer."""
    for each in (candidate.content and candidate.content.parts) or ():
        yield from (_name(kind, _read(raw)) for kind, raw in _given(each) if kind in (CODE, CALL))


def results(tree: Tree) -> Iterator[str]:
    """Of a request, the tools whose results its history holds; "" for one that cannot be told."""
    for content in _each(tree.get("contents")):
        for each in _each(content.get("parts")):
            for key, node in each.items():
                kind = _SPELLINGS.get(key, key)
                if kind in (PRINTED, RESPONSE):
                    fields = node if isinstance(node, dict) else {}
                    yield _name(kind, {_SPELLINGS.get(str(name), str(name)): value for name, value in fields.items()})


def _given(part: wire.Part) -> Sequence[tuple[str, Raw]]:
    code, printed, call, response = part.executable_code, part.code_execution_result, part.tool_call, part.tool_response
    if code is wire.ABSENT is printed and call is wire.ABSENT is response:  # nearly all of them
        return ()
    every = ((CODE, code), (PRINTED, printed), (CALL, call), (RESPONSE, response))
    return [(kind, raw) for kind, raw in every if raw is not wire.ABSENT and wire.present(raw)]


def _name(kind: str, head: dict[str, Any]) -> str:
    if kind in (CODE, PRINTED):
        return "codeExecution"
    said = head.get("toolType")
    return _TYPES.get(said, said) if isinstance(said, str) else ""


def _read(raw: Raw) -> dict[str, Any]:
    try:
        return _tree(raw)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "a part of the upstream's answer is broken", source="upstream") from error


def _each(node: Any) -> list[dict[str, Any]]:
    """Where the API takes one thing for a list of one, so does this."""
    return [one for one in (node if isinstance(node, list) else [node]) if isinstance(one, dict)]
