"""Recorded traffic, as `lockgate replay` reads it: JSON lines, one request each; docs/replay.md has the form."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw, Struct

from lockgate.core.body import head
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.sink import Found
from lockgate.pipeline.recognise import Catalogue

LONGEST = 64 * 1024 * 1024
"""Bytes of a line."""


class Exchange(Struct, frozen=True):
    """A request that once was, and what came of it. `response` is a whole answer, or a stream as the upstream sent it, as text.

    `end` and `findings` are those of its record, for a comparison with what happened then. Fields that are not known are
    left alone.
    """

    body: Raw
    path: str = ""
    dialect: str = ""
    response: Mapping[str, Any] | str | None = None
    model: str = ""
    team: str = ""
    key: str = ""
    end: str | None = None
    findings: tuple[Found, ...] | None = None


class Line(Struct, frozen=True):
    """An exchange with its number, or why there is none in that line."""

    number: int
    exchange: Exchange | None = None
    wrong: str = ""


_decode = msgspec.json.Decoder(Exchange).decode


def lines(file: BinaryIO) -> Iterator[Line]:
    for number, raw in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), 1):
        if len(raw) > LONGEST:
            yield Line(number, wrong="it is too long")
            return
        if not raw.strip():
            continue
        try:
            yield Line(number, _decode(raw))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            yield Line(number, wrong=_said(error))


def _said(error: Exception) -> str:
    """Where it is wrong, and nothing that stands there."""
    at = str(error).rpartition(" - at ")[2].strip("`") if isinstance(error, msgspec.ValidationError) else ""
    return f"{at} is not of its kind" if at.startswith("$") else "it is no exchange in JSON"


class Spoken(Struct, frozen=True):
    """In which dialect, and what was asked: enough to read a stream."""

    dialect: Dialect
    ask: Ask


def spoken(exchange: Exchange, catalogue: Catalogue, dialects: Mapping[str, Dialect]) -> Spoken:
    """The dialect that is named, or that of the path. `ValueError` when there is neither."""
    if exchange.dialect:
        dialect = dialects.get(exchange.dialect)
        if dialect is None:
            raise ValueError(f"there is no dialect of that name; there are {', '.join(dialects)}")
        return Spoken(dialect, Ask(exchange.model, stream=True, usage=True))
    path, _, query = exchange.path.partition("?")
    match = catalogue.match("POST", path, query, ())
    if match.endpoint is None:
        raise ValueError("it names no dialect, and nothing is served at its path")
    ask = match.dialect.ask(match.target, head(bytes(exchange.body)))
    return Spoken(match.dialect, msgspec.structs.replace(ask, model=exchange.model or ask.model, usage=True))
