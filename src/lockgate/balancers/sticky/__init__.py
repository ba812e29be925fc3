"""The same upstream for what belongs together: a session, a chain of answers, a key, a prompt that a provider has cached.

Rendezvous hashing: every upstream gets a number from the thing and from itself, and the lowest one wins. When one goes,
only its own things move, to where each of them would have gone next; when it comes back, they come back. The id of an answer
that a provider holds says itself where it was given.
"""

from collections.abc import Callable, Sequence
from math import inf, log
from typing import Annotated, ClassVar, Literal, final
from zlib import crc32

import msgspec
from msgspec import Meta, Raw

from lockgate.core.balance import BalanceConfig, first, ranked
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.holder import Mark, read
from lockgate.core.http import header
from lockgate.core.view import Moment, View

MASK = (1 << 30) - 1
"""Numbers of 30 bits are the quickest that there are here, and enough for who has a few dozen targets."""
GOLDEN = 0x9E3779B1
REMEMBERED = 64
PREFIX = 4096
"""Bytes of each part of a prompt that are looked at."""

By = Annotated[
    str,
    Meta(
        pattern=r"^(key|prompt|previous_response_id|header:[a-z0-9!#$%&'*+.^_`|~-]{1,64})$",
        description="key, prompt, previous_response_id, or header:NAME in lower case.",
    ),
]
_text = msgspec.json.Decoder(str)
_items = msgspec.json.Decoder(list[Raw])


class plugin(BalanceConfig, frozen=True, tag="sticky"):
    """What has to be the same for two requests to belong together: the first of these that a request has."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"
    by: Annotated[tuple[By, ...], Meta(min_length=1, max_length=8)] = ("header:x-session-id", "prompt")

    def build(self) -> Balancer:
        return _Sticky([_reader(by) for by in self.by])


@final
class _Sticky:
    def __init__(self, readers: Sequence[Callable[[Call, Moment], bytes | Mark]]) -> None:
        self._readers = readers
        self._known: dict[int, tuple[Sequence[Upstream], list[int], bool]] = {}

    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
        for reader in self._readers:
            if thing := reader(call, moment):
                break
        else:
            return upstreams
        if isinstance(thing, Mark):
            return _home(upstreams, thing)
        number = crc32(thing) & MASK
        seeds, alike = self._own(upstreams)
        mixed = [(number ^ seed) * GOLDEN & MASK for seed in seeds]
        if not alike:
            return _weighted(upstreams, mixed)
        return ranked(upstreams, mixed)

    def _own(self, upstreams: Sequence[Upstream]) -> tuple[list[int], bool]:
        """What does not change: their seeds, and whether their weights are all the same."""
        known = self._known.get(id(upstreams))
        if known is not None and known[0] is upstreams:
            return known[1], known[2]
        seeds, alike = [each.seed for each in upstreams], len({each.weight for each in upstreams}) == 1
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[id(upstreams)] = upstreams, seeds, alike
        return seeds, alike


def _home(upstreams: Sequence[Upstream], mark: Mark) -> Sequence[Upstream]:
    """The target that gave the answer, first; else any, for only those are here that hold it."""
    return first(upstreams, next((at for at, each in enumerate(upstreams) if each.seed == mark.seed), 0))


def _weighted(upstreams: Sequence[Upstream], mixed: Sequence[int]) -> Sequence[Upstream]:
    """The lowest `-log(1 - u) / weight`: the weighted form of the lowest number."""
    scores = [
        -log(1 - number / (MASK + 1)) / each.weight if each.weight else inf
        for number, each in zip(mixed, upstreams, strict=True)
    ]
    return ranked(upstreams, scores)


def _reader(by: str) -> Callable[[Call, Moment], bytes | Mark]:
    if by == "key":
        return lambda call, moment: moment.who.encode()
    if by == "previous_response_id":
        return lambda call, moment: _previous(call)
    if by == "prompt":
        return lambda call, moment: prefix(call)
    name = by.removeprefix("header:").encode()
    return lambda call, moment: header(call.headers, name) or b""


def _previous(call: Call) -> bytes | Mark:
    """What has no mark was given by nobody here: it is held together all the same."""
    value = bytes(call.body.top.get("previous_response_id", b""))
    if value[:1] != b'"':
        return b""
    return read(_text.decode(value)) or value


def prefix(call: Call) -> bytes:
    """How a conversation begins: what stays the same from turn to turn, and what providers cache.

    Tools, system prompt and the first message, or the first two where the first one is the system prompt.
    """
    top = call.body.top
    parts = [bytes(top[name])[:PREFIX] for name in ("tools", "system", "systemInstruction") if name in top]
    for name in ("messages", "contents", "input"):
        if name in top:
            parts += _beginning(top[name])
            break
    return b"\n".join(parts)


def _beginning(raw: Raw) -> list[bytes]:
    try:
        turns = _items.decode(raw)
    except msgspec.DecodeError:
        return [bytes(raw)[:PREFIX]]
    if not turns:
        return []
    lead = bytes(turns[0])[:PREFIX]
    system = b'"system"' in lead[:200] or b'"developer"' in lead[:200]
    return [bytes(turn)[:PREFIX] for turn in turns[: 2 if system else 1]]
