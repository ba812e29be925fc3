"""What was spent, from the audit log: the same lines that budgets are made anew from, added up exactly."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.audit.segments import Segment, chunks, listed
from lockgate.core.answer import Usage


class Line(Struct, frozen=True, gc=False):
    """As much of a line as is needed here."""

    kind: str
    ts: str
    request_id: str
    key_id: str = ""
    team: str = ""
    user: str = ""
    model: str = ""
    upstream: str = ""
    usage: Usage | None = None
    cost_usd: str | None = None
    estimated: bool = False
    admitted: bool = False


@dataclass(slots=True)
class Sum:
    """`unpriced` are requests that were counted and have no price; `unfinished` those that nobody knows the end of."""

    requests: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    usd: Decimal = Decimal()
    unpriced: int = 0
    estimated: int = 0
    unfinished: int = 0

    def add(self, line: Line) -> None:
        self.requests += 1
        self.estimated += line.estimated
        if line.usage is not None:
            self.input += line.usage.input
            self.output += line.usage.output
            self.cached += line.usage.cached
            self.unpriced += line.cost_usd is None
        if line.cost_usd is not None:
            self.usd += Decimal(line.cost_usd)


GROUPS = ("key", "team", "user", "model", "upstream", "day", "month")
Key = tuple[str, ...]


def columns(by: Sequence[str], zone: tzinfo) -> Callable[[Line], Key]:
    """What tells one sum from another."""
    fields = {"key": "key_id", "team": "team", "user": "user", "model": "model", "upstream": "upstream"}

    def key(line: Line) -> Key:
        return tuple(
            getattr(line, fields[name]) if name in fields else _local(line.ts, zone)[: 10 if name == "day" else 7]
            for name in by
        )

    return key


def _local(stamp: str, zone: tzinfo) -> str:
    return datetime.fromisoformat(stamp).astimezone(zone).isoformat()


def summed(lines: Iterable[Line], key: Callable[[Line], Key], since: str = "", until: str = "~") -> Mapping[Key, Sum]:
    """Requests that were let through and ended in `since <= ts < until`, times as the log writes them. A client may use an id again, so ends and beginnings are matched one by one."""
    sums: dict[Key, Sum] = {}
    begun: dict[str, list[Line]] = {}
    for line in lines:
        if line.kind == "intent":
            begun.setdefault(line.request_id, []).append(line)
        elif line.kind == "outcome" and line.admitted:
            if since <= line.ts < until:
                sums.setdefault(key(line), Sum()).add(line)
            if intents := begun.get(line.request_id):
                intents.pop(0)
                if not intents:
                    del begun[line.request_id]
    for intents in begun.values():
        for line in intents:
            if since <= line.ts < until:
                sums.setdefault(key(line), Sum()).unfinished += 1
    return dict(sorted(sums.items()))


def read(folder: Path) -> Iterator[Line]:
    """Lines of the log, a writer at a time. Damage is the business of `audit verify`. `OSError`: what cannot be read is not nothing."""
    for segments in listed(folder).values():
        yield from _lines(segments)


_decode = msgspec.json.Decoder(Line).decode


def _lines(segments: Sequence[Segment]) -> Iterator[Line]:
    for segment in segments:
        rest = b""
        with suppress(ValueError, FileNotFoundError):
            for chunk in chunks(segment):
                *whole, rest = (rest + chunk).split(b"\n")
                for raw in whole:
                    if b'"kind":"intent"' in raw or b'"kind":"outcome"' in raw:
                        with suppress(msgspec.DecodeError):
                            yield _decode(raw)
