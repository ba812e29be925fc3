"""The store's file: a version, so that a later Lockgate can tell, and the sealed secrets by their names."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from lockgate.stores.secret_file.envelope import Sealed


class _Document(Struct, frozen=True, forbid_unknown_fields=True):
    secrets: dict[str, Sealed]
    version: int = 1


_decode = msgspec.json.Decoder(_Document).decode


def decoded(raw: bytes) -> Mapping[str, Sealed]:
    """`ValueError` for what is not such a file."""
    document = _decode(raw)
    if document.version != 1:
        raise ValueError(f"it has version {document.version}; this Lockgate knows version 1")
    return document.secrets


def encoded(entries: Mapping[str, Sealed]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(_Document(dict(entries))), indent=1) + b"\n"
