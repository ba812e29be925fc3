"""Every reference to a secret in a configuration, and where it stands: a setting that is new is found by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import msgspec

from lockgate.app.mistake import Path
from lockgate.app.parts import Parts
from lockgate.app.settings import Config, SecretRef


def references(parts: Parts) -> Iterator[tuple[Path, SecretRef]]:
    """Of what could be read of a file."""
    for section in fields(parts):
        if section.name not in ("data", "names"):
            yield from _references(getattr(parts, section.name), (section.name,))


def all_references(config: Config) -> Iterator[tuple[Path, SecretRef]]:
    """Of a whole one."""
    return _references(config, ())


def _references(value: Any, path: Path) -> Iterator[tuple[Path, SecretRef]]:
    return ((place, each) for place, each in structs(value, path) if isinstance(each, SecretRef))


def structs(value: Any, path: Path) -> Iterator[tuple[Path, msgspec.Struct]]:
    """Every struct in a value, itself and those within it, and where each stands."""
    if isinstance(value, msgspec.Struct):
        yield path, value
        for name in value.__struct_fields__:
            yield from structs(getattr(value, name), (*path, name))
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value):
            yield from structs(inner, (*path, number))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from structs(inner, (*path, key))
