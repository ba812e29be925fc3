"""A JSON body, known as deep as somebody looked. What leaves is re-serialised from what was seen.

    Headed   top-level keys are known, the values are untouched bytes      (routing, limits)
    Parsed   the whole tree is known, unknown fields included              (guards)

A gateway that inspects one parse and forwards other bytes can be fooled by duplicate keys: the guard sees one
`content`, the provider the other. So duplicates are refused at every depth, and `wire()` never returns the original
bytes of an inspected level.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import Raw, Struct

from lockgate.core import base64_text, strict
from lockgate.core.problem import Kind, Problem

_top = msgspec.json.Decoder(dict[str, Raw])
_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode

_KNOWN = "parsed"

Tree = dict[str, Any]
Path = tuple[str | int, ...]


class Name(str):
    """At the end of a path: the name of the field itself, and not what is in it. So it is never equal to a step into the field."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and str(self) == str(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((Name, str(self)))


class Coded(str):
    """At the end of a path: the text that a file in base64 says."""

    __slots__ = ()


ROUTING = frozenset(
    (
        "api_base",
        "api_key",
        "base_url",
        "custom_host",
        "custom_llm_provider",
        "extra_headers",
        "organization",
        "user_config",
    )
)
"""Fields with which other gateways let a client say where its request goes (CVE-2024-6587). No provider's API has them; one of
those gateways may be the upstream.
"""


class Headed(Struct, frozen=True, dict=True):
    """Top-level keys, each value still as the client wrote it. What `parse` made of it is kept with it until `forget`."""

    top: Mapping[str, Raw]

    def wire(self) -> bytes:
        return _encode(self.top)

    def set(self, key: str, value: object) -> "Headed":
        return Headed({**self.top, key: Raw(_encode(value))})


class Parsed(Struct, frozen=True):
    """The whole document."""

    tree: Tree

    def wire(self) -> bytes:
        return _encode(self.tree)

    def set(self, key: str, value: object) -> "Parsed":
        return Parsed({**self.tree, key: value})

    def edit(self, edits: Mapping[Path, str]) -> "Parsed":
        """A copy with some texts replaced; untouched branches are shared. Names change last, the deepest first."""
        tree: Any = self.tree
        for path, text in sorted(edits.items(), key=_late):
            tree = _replaced(tree, path, text)
        return Parsed(tree)


Body = Headed | Parsed


def head(raw: bytes) -> Headed:
    """The body's top level. Raises `Problem(INVALID)` for what is not one sane JSON object: see `strict`."""
    return seen(raw)[0]


def seen(raw: bytes) -> tuple[Headed, Tree]:
    """The same, and the tree that was made to find that out: to look at at once, and not to keep."""
    tree = strict.check(raw)
    try:
        top = _top.decode(raw)
    except msgspec.DecodeError:
        raise Problem(Kind.INVALID, "the body is not a JSON object") from None
    names = "".join(top)
    if not (names.islower() and names.isascii()) and len({key.casefold() for key in top}) < len(top):
        # Some JSON readers match keys without regard to case: "MODEL" would override the "model" we checked.
        raise Problem(Kind.INVALID, "the body has keys that differ only in case")
    if not ROUTING.isdisjoint(top) or (not names.islower() and not ROUTING.isdisjoint(map(str.casefold, top))):
        key = next(key for key in top if key.casefold() in ROUTING)
        raise Problem(
            Kind.INVALID, f"{key} is not for a client to say: upstreams and their keys are configured", where=key
        )
    return Headed(top), cast("Tree", tree)


def listed(body: Headed, key: str) -> None:
    """The conversation is a list, if it is there at all. Raises `Problem(INVALID)`; deeper, an upstream says what is wrong."""
    raw = body.top.get(key)
    if raw is not None and memoryview(raw)[0] not in b"[n":  # a list, or null
        raise Problem(Kind.INVALID, f"{key} must be a list", where=key)


def parse(body: Body) -> Parsed:
    """The whole tree of a body that `head` took: numbers keep their value, not their spelling. Never raises.

    Nobody changes a tree in place, so all who look at a body share one.
    """
    if isinstance(body, Parsed):
        return body
    known: Parsed | None = body.__dict__.get(_KNOWN)
    if known is None:
        known = body.__dict__[_KNOWN] = Parsed(_tree.decode(body.wire()))
    return known


def forget(body: Body) -> None:
    """Lets go of the tree: nobody is likely to look again, and the body may be held for as long as a stream lasts."""
    if isinstance(body, Headed):
        body.__dict__.pop(_KNOWN, None)


def _late(edit: tuple[Path, str]) -> tuple[bool, int]:
    return isinstance(edit[0][-1], Name), -len(edit[0])


def _replaced(node: Any, path: Path, text: str) -> Any:
    if not path:
        return text
    key, rest = path[0], path[1:]
    if isinstance(node, list):
        index = cast("int", key)
        return [*node[:index], _replaced(node[index], rest, text), *node[index + 1 :]]
    if isinstance(key, Coded):
        return {**node, str(key): base64_text.written(node[key], text)}
    if isinstance(key, Name):
        old = str(key)
        return {_free(text, node) if name == old else name: value for name, value in node.items()}
    return {**node, key: _replaced(node[key], rest, text)}


def _free(name: str, node: Any) -> str:
    """A name that no other field has."""
    number = 2
    free = name
    while free in node:
        free, number = f"{name}_{number}", number + 1
    return free
