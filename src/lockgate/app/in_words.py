"""What was found and what was expected, in words."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec.inspect as mi

from lockgate.app.mistake import quoted

UNKNOWN = "which is not known to this version of Lockgate"
MOST = 100
"""Words that are listed and compared: a message stays short, and a large file quick."""


_WORDS: tuple[tuple[Any, str], ...] = (
    (mi.StrType, "a text"),
    (mi.IntType, "a whole number"),
    (mi.FloatType, "a number"),
    (mi.BoolType, "true or false"),
    (mi.NoneType, "nothing"),
    (mi.DictType, "a mapping"),
    ((mi.ListType, mi.VarTupleType, mi.SetType, mi.FrozenSetType), "a list"),
)


def choice(words: Iterable[object], given: str = "") -> str:
    """The words one may write, with the likeliest one named when a word was given."""
    known = [str(word) for word in words]
    known, more = known[:MOST], len(known) > MOST
    near = difflib.get_close_matches(given, known, 1, 0.7)
    listed = "one of: " + ", ".join(known) + (", …" if more else "") if known else "nothing: there are none"
    return listed + (f" (did you mean {near[0]!r}?)" if near else "")


def shown(value: Any, *, hidden: bool = False) -> str:
    """A value of the file in words."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if hidden:
        return "a text that is not shown, for it may be a secret" if isinstance(value, str) else "a plain value"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else f"the number {value}"


def expectation(kind: mi.Type) -> str:
    """What belongs here, in words."""
    if isinstance(kind, mi.Metadata):
        note = (kind.extra_json_schema or {}).get("description", "")
        return expectation(kind.type) + (f" ({note.rstrip('.')})" if note else "")
    if isinstance(kind, mi.UnionType):
        return _either([inner for inner in kind.types if not isinstance(inner, mi.NoneType)])
    if isinstance(kind, mi.StructType):
        return getattr(kind.cls, "advice", "") or "a mapping of settings"
    if isinstance(kind, mi.LiteralType):
        return choice(kind.values)
    words = next((words for known, words in _WORDS if isinstance(kind, known)), "another kind of value")
    return words + _bounds(kind)


def _either(kinds: Sequence[mi.Type]) -> str:
    if all(isinstance(inner, mi.StructType) and inner.tag_field for inner in kinds):
        return "a mapping with a `kind`: " + choice(
            sorted(str(inner.tag) for inner in kinds if isinstance(inner, mi.StructType))
        )
    return " or ".join(expectation(inner) for inner in kinds)


def _bounds(kind: Any) -> str:
    parts = [
        f"{words} {bound}"
        for name, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than"))
        if (bound := getattr(kind, name, None)) is not None
    ]
    if least := getattr(kind, "min_length", None):
        parts.append(f"not shorter than {least}")
    if most := getattr(kind, "max_length", None):
        parts.append(f"not longer than {most}")
    return " " + " and ".join(parts) if parts else ""
