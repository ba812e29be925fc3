"""Structured fields (RFC 9651), as much of them as signatures and digests are made of: dictionaries, read and written."""

import re
from base64 import b64decode, b64encode

from msgspec import Struct

Bare = str | int | bytes | bool
Params = tuple[tuple[str, Bare], ...]


class Item(Struct, frozen=True):
    """A value and its parameters; `token`: a text without quotes."""

    value: Bare
    params: Params = ()
    token: bool = False


class Inner(Struct, frozen=True):
    """An inner list and its parameters."""

    items: tuple[Item, ...]
    params: Params = ()

    def get(self, name: str) -> Bare | None:
        return dict(self.params).get(name)


Member = Item | Inner

_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_BOOLEAN = re.compile(r"\?([01])")
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_SPACES = re.compile(r" *")
_MOST = 64


class _Text:
    """What is left to read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def took(self, what: str) -> bool:
        there = self.text.startswith(what, self.at)
        self.at += len(what) if there else 0
        return there

    def need(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = self.take(pattern)
        if found is None:
            raise ValueError(f"{what} is missing")
        return found


def dictionary(lines: tuple[bytes, ...]) -> dict[str, Member]:
    """The members of a field, all its lines together. `ValueError` for what is none, and for a key that stands twice."""
    try:
        text = _Text(b", ".join(lines).decode("ascii").strip(" "))
    except UnicodeDecodeError:
        raise ValueError("it has other characters than ASCII") from None
    members: dict[str, Member] = {}
    while len(members) < _MOST:
        key = text.need(_KEY, "a key")[0]
        if key in members:
            raise ValueError("a key stands twice")
        members[key] = _member(text) if text.took("=") else Item(True, _params(text))
        if text.at == len(text.text):
            return members
        text.need(_COMMA, "a comma")
    raise ValueError("it has too many members")


def _member(text: _Text) -> Member:
    if not text.took("("):
        value, token = _bare(text)
        return Item(value, _params(text), token)
    items: list[Item] = []
    while len(items) < _MOST:
        text.take(_SPACES)
        if text.took(")"):
            return Inner(tuple(items), _params(text))
        if items and text.text[text.at - 1] != " ":
            raise ValueError("a space is missing")
        value, token = _bare(text)
        items.append(Item(value, _params(text), token))
    raise ValueError("a list is too long")


def _params(text: _Text) -> Params:
    found: dict[str, Bare] = {}
    while text.took(";"):
        text.take(_SPACES)
        key = text.need(_KEY, "the name of a parameter")[0]
        if key in found or len(found) == _MOST:
            raise ValueError("a parameter stands twice")
        found[key] = _bare(text)[0] if text.took("=") else True
    return tuple(found.items())


def _bare(text: _Text) -> tuple[Bare, bool]:
    if found := text.take(_STRING):
        return re.sub(r"\\(.)", r"\1", found[1]), False
    if found := text.take(_INTEGER):
        return int(found[0]), False
    if found := text.take(_BYTES):
        return b64decode(found[1], validate=True), False
    if found := text.take(_BOOLEAN):
        return found[1] == "1", False
    return text.need(_TOKEN, "a value")[0], True


def written(inner: Inner) -> str:
    """An inner list as RFC 9651 4.1 writes it. Texts of parameters are strings here, as signatures have them."""
    items = " ".join(f"{bare(item.value)}{_written_params(item.params)}" for item in inner.items)
    return f"({items}){_written_params(inner.params)}"


def bare(value: Bare) -> str:
    """One value as it is written."""
    if isinstance(value, bool):
        return f"?{int(value)}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f":{b64encode(value).decode()}:"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _written_params(params: Params) -> str:
    return "".join(f";{name}" if value is True else f";{name}={bare(value)}" for name, value in params)
