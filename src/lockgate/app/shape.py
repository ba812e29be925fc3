"""Holds a tree against a type, and names every difference at once: msgspec itself stops at the first."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import msgspec.inspect as mi

from lockgate.app.in_words import UNKNOWN, choice, expectation, shown
from lockgate.app.mistake import Path, Wrong, quoted

Check = Callable[[Any, Any, Path, bool], Iterator[Wrong]]


def differences(value: Any, kind: mi.Type, path: Path = (), *, hidden: bool = False) -> Iterator[Wrong]:
    """Everything in `value` that is not of this kind. `hidden`: values may be secrets and are not repeated.

    Kinds that this file does not know are left to the conversion, which each Struct goes through when all else is well.
    """
    check = _CHECKS.get(type(kind))
    if check is not None:
        yield from check(value, kind, path, hidden)
    elif not _is(value, kind):
        yield Wrong(path, shown(value, hidden=hidden), expectation(kind))


def _struct(value: Any, kind: mi.StructType, path: Path, hidden: bool) -> Iterator[Wrong]:
    hidden = hidden or getattr(kind.cls, "hidden", False)
    if not isinstance(value, dict):
        yield Wrong(path, shown(value, hidden=hidden), expectation(kind))
        return
    found = list(_fields(value, kind, path, hidden))
    yield from found
    if not found:
        yield from _converted(value, kind.cls, path)


def _fields(value: dict[str, Any], kind: mi.StructType, path: Path, hidden: bool) -> Iterator[Wrong]:
    fields = {field.encode_name: field for field in kind.fields}
    for key, inner in value.items():
        if key in fields:
            yield from differences(inner, fields[key].type, (*path, key), hidden=hidden)
        elif key != kind.tag_field and kind.forbid_unknown_fields:
            yield Wrong((*path, key), f"the key {quoted(key)}, {UNKNOWN}", choice(fields, key))
    for name, field in fields.items():
        if field.required and name not in value:
            yield Wrong((*path, name), "nothing", expectation(field.type))


def _converted(value: Any, cls: type[Any], path: Path) -> Iterator[Wrong]:
    """What a Struct's own `__post_init__` says, and what this file does not check."""
    try:
        msgspec.convert(value, cls)
    except msgspec.ValidationError as error:
        yield Wrong(path, "settings that do not go together", str(error.__cause__ or error))


def _union(value: Any, kind: mi.UnionType, path: Path, hidden: bool) -> Iterator[Wrong]:
    kinds = [inner for inner in kind.types if not isinstance(inner, mi.NoneType)]
    if value is None and len(kinds) < len(kind.types):
        return
    structs = [inner for inner in kinds if isinstance(inner, mi.StructType)]
    tagged = {inner.tag: inner for inner in structs if inner.tag_field}
    meant = structs if isinstance(value, dict) else kinds
    if len(meant) == 1:
        yield from differences(value, meant[0], path, hidden=hidden)
    elif tagged and len(tagged) == len(kinds):
        yield from _tagged(value, tagged, path, hidden)
    elif not any(next(differences(value, inner, path, hidden=hidden), None) is None for inner in kinds):
        yield Wrong(path, shown(value, hidden=hidden), expectation(kind))


def _tagged(value: Any, tagged: dict[Any, mi.StructType], path: Path, hidden: bool) -> Iterator[Wrong]:
    field = str(next(iter(tagged.values())).tag_field)
    if not isinstance(value, dict):
        yield Wrong(path, shown(value, hidden=hidden), f"a mapping with a `{field}`")
        return
    tag = value.get(field)
    if isinstance(tag, str) and tag in tagged:
        yield from _struct(value, tagged[tag], path, hidden)
        return
    found = f"{quoted(tag)}, {UNKNOWN}" if isinstance(tag, str) else shown(tag, hidden=hidden)
    yield Wrong((*path, field), found, choice(sorted(map(str, tagged)), tag if isinstance(tag, str) else ""))


def _tagged_alone(value: Any, kind: mi.StructType, path: Path, hidden: bool) -> Iterator[Wrong]:
    """A union of one is a plain Struct, and its tag is asked for all the same."""
    if kind.tag_field:
        yield from _tagged(value, {kind.tag: kind}, path, hidden)
    else:
        yield from _struct(value, kind, path, hidden)


def _dict(value: Any, kind: mi.DictType, path: Path, hidden: bool) -> Iterator[Wrong]:
    if not isinstance(value, dict):
        yield Wrong(path, shown(value, hidden=hidden), expectation(kind))
        return
    for key, inner in value.items():
        for wrong in differences(key, kind.key_type, (*path, key), hidden=hidden):
            yield Wrong(wrong.path, f"the name {quoted(key)}", wrong.expected)
        yield from differences(inner, kind.value_type, (*path, key), hidden=hidden)


def _sequence(value: Any, kind: Any, path: Path, hidden: bool) -> Iterator[Wrong]:
    if not isinstance(value, list):
        yield Wrong(path, shown(value, hidden=hidden), expectation(kind))
        return
    if not (kind.min_length or 0) <= len(value) <= (kind.max_length or len(value)):
        yield Wrong(path, f"a list of {len(value)}", expectation(kind))
    for number, inner in enumerate(value):
        yield from differences(inner, kind.item_type, (*path, number), hidden=hidden)


def _literal(value: Any, kind: mi.LiteralType, path: Path, hidden: bool) -> Iterator[Wrong]:
    if not any(type(value) is type(word) and value == word for word in kind.values):
        later = f"{shown(value, hidden=hidden)}, {UNKNOWN}" if isinstance(value, str) else shown(value, hidden=hidden)
        yield Wrong(path, later, choice(kind.values, value if isinstance(value, str) else ""))


def _noted(value: Any, kind: mi.Metadata, path: Path, hidden: bool) -> Iterator[Wrong]:
    for wrong in differences(value, kind.type, path, hidden=hidden):
        plain = wrong.path == path and wrong.expected == expectation(kind.type)
        yield Wrong(path, wrong.found, expectation(kind)) if plain else wrong


def _is(value: Any, kind: Any) -> bool:
    """Whether a plain value is of a plain kind and within its bounds."""
    if isinstance(kind, mi.StrType):
        return isinstance(value, str) and _fits(value, kind)
    if isinstance(kind, mi.BoolType):
        return isinstance(value, bool)
    if isinstance(kind, mi.NoneType):
        return value is None
    if isinstance(kind, mi.IntType | mi.FloatType):
        number = int if isinstance(kind, mi.IntType) else int | float
        return isinstance(value, number) and not isinstance(value, bool) and _within(value, kind)
    return True


def _fits(text: str, kind: mi.StrType) -> bool:
    long_enough = (kind.min_length or 0) <= len(text) <= (kind.max_length or len(text))
    # `fullmatch`, for `$` alone would let a line break pass behind the last character.
    return long_enough and (kind.pattern is None or re.fullmatch(kind.pattern, text) is not None)


def _within(number: float, kind: mi.IntType | mi.FloatType) -> bool:
    return (
        (kind.ge is None or number >= kind.ge)
        and (kind.gt is None or number > kind.gt)
        and (kind.le is None or number <= kind.le)
        and (kind.lt is None or number < kind.lt)
    )


_CHECKS: dict[type, Check] = {
    mi.Metadata: _noted,
    mi.StructType: _tagged_alone,
    mi.UnionType: _union,
    mi.DictType: _dict,
    mi.ListType: _sequence,
    mi.VarTupleType: _sequence,
    mi.SetType: _sequence,
    mi.FrozenSetType: _sequence,
    mi.LiteralType: _literal,
}
