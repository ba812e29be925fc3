"""From a configuration file to its tree with lines; every way in which it may be no such file ends in `NotYaml`."""

from pathlib import Path

from lockgate.app.in_words import shown
from lockgate.app.yaml_lines import Document, NotYaml, read

LIMIT = 1024 * 1024
"""Bytes of a configuration file."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def raw(path: Path) -> bytes:
    """The file's bytes, or one more than are allowed."""
    try:
        with path.open("rb") as file:
            return file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no path"
        found = f"no file that can be read ({reason})"
        raise NotYaml(1, found, "a configuration; `lockgate up` writes one") from error


def document(content: bytes) -> Document:
    """The document in the bytes; its value is a mapping."""
    found = read(_text(content))
    if not isinstance(found.value, dict):
        there = "nothing at all" if found.value is None else shown(found.value)
        raise NotYaml(1, there, "settings, each a `name: value`; `version: 1` is the first")
    return found


def _text(content: bytes) -> str:
    if len(content) > LIMIT:
        raise NotYaml(1, f"more than {LIMIT} bytes", "a smaller file")
    if content.startswith(_UTF16):
        raise NotYaml(1, "text in UTF-16", "text in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotYaml(line, f"the byte 0x{content[error.start]:02x}, which is not UTF-8", "text in UTF-8") from error
