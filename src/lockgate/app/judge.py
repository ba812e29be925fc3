"""A recorded exchange under a policy: whether its request and its answer would pass, and what their texts would be."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Raw, Struct

from lockgate.app.policy_file import PolicyFile
from lockgate.app.remote_coverage import Chunks
from lockgate.app.traffic import Exchange, Spoken
from lockgate.core.body import Body, Headed, Name, Path, head, parse
from lockgate.core.events import (
    BlockGiven,
    Event,
    RefusalDelta,
    RunDelta,
    RunOutput,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.guard import NO_RULES, Rules
from lockgate.core.http import Incoming
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Found
from lockgate.core.slots import rest
from lockgate.pipeline.consult import consulted
from lockgate.pipeline.consulting import Consulting
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.review import Review
from lockgate.pipeline.screen import screened

Words = Mapping[str, str]
"""Texts by their place."""
REFUSED = ("block", "error_blocked")
_top = msgspec.json.Decoder(dict[str, Raw])


class Judged(Struct, frozen=True):
    """What leaves on one side; None when it is blocked. `rule`: whose word that was."""

    words: Words | None
    findings: tuple[Found, ...] = ()

    @property
    def rule(self) -> str:
        return next((found.rule for found in reversed(self.findings) if found.action in REFUSED), "")


async def judge(policy: PolicyFile, exchange: Exchange, how: Spoken) -> Mapping[str, Judged]:
    """By `request` and `response`. Raises `Problem` or `ValueError` for what is no request, or no answer."""
    caller = policy.caller(exchange.team, exchange.key)
    model = how.ask.model or None
    (asked, answered), (far_asked, far_answered) = policy.rules(model), policy.remote(model)
    ledger = Ledger("", 0, 0)
    review = Review(asked.of(caller), far_asked.of(caller), ledger)
    sides = {"request": await _request(review, exchange, how, ledger)}
    if exchange.response is not None and sides["request"].words is not None:
        ledger = Ledger("", 0, 0)
        review = Review(_bound(answered.of(caller), exchange, how), far_answered.of(caller), ledger)
        sides["response"] = await _response(review, exchange, how, ledger)
    return sides


def _bound(rules: Rules, exchange: Exchange, how: Spoken) -> Rules:
    """Some compare an answer with what the request's system texts say."""
    if not rules.follows:
        return rules
    tree = parse(head(bytes(exchange.body))).tree
    return rules.bound([slot.text for slot in how.dialect.texts(tree) if slot.place == "system"])


def unchanged(exchange: Exchange, how: Spoken) -> Mapping[str, Words]:
    """As it was recorded."""
    sides = {"request": texts(head(bytes(exchange.body)), how)}
    if isinstance(exchange.response, str):
        sides["response"] = streamed(exchange.response.encode(), how)
    elif exchange.response is not None:
        sides["response"] = texts(_answer(exchange), how)
    return sides


async def _request(review: Review, exchange: Exchange, how: Spoken, ledger: Ledger) -> Judged:
    given = head(bytes(exchange.body))
    try:
        body = screened(given, how.dialect, review.rules, ledger) if review.rules else given
        if review.remote:
            body = await consulted(body, how.dialect, review.remote, ledger)
    except Problem as problem:
        return _blocked(problem, ledger)
    return Judged(texts(body, how), tuple(ledger.findings))


async def _response(review: Review, exchange: Exchange, how: Spoken, ledger: Ledger) -> Judged:
    try:
        if isinstance(exchange.response, str):
            wire = await _stream(review, exchange.response.encode(), how, ledger)
            return Judged(streamed(wire, how), tuple(ledger.findings))
        document = await review.document(dict(_answer(exchange).top), how.dialect)
    except Problem as problem:
        return _blocked(problem, ledger)
    return Judged(texts(Headed(_top.decode(document)), how), tuple(ledger.findings))


async def _stream(review: Review, wire: bytes, how: Spoken, ledger: Ledger) -> bytes:
    """As `relay` does it."""
    sides = Sides(how.dialect, how.ask, how.dialect, how.ask)
    body: Incoming = Chunks(wire)
    if review.remote:
        body = Consulting(sides, review, ledger, (), body)
        lane = Guarded(sides, NO_RULES, ledger, anew=review.remote.enforced)
    else:
        lane = Guarded(sides, review.rules, ledger)
    return b"".join([lane.feed(chunk) async for chunk in body]) + lane.end()


def _answer(exchange: Exchange) -> Headed:
    return Headed(_top.decode(msgspec.json.encode(exchange.response)))


def _blocked(problem: Problem, ledger: Ledger) -> Judged:
    if problem.kind is not Kind.BLOCKED:
        raise problem
    return Judged(None, tuple(ledger.findings))


def texts(body: Body, how: Spoken) -> Words:
    tree = parse(body).tree
    listed = list(how.dialect.texts(tree))
    others = rest(tree, {slot.path for slot in listed})
    return {_place(slot.path): slot.text for slot in (*listed, *others)}


def _place(path: Path) -> str:
    """A field's name is a text of its own, beside what the field holds."""
    return ".".join(map(str, path)) + " (name)" * isinstance(path[-1], Name)


def streamed(wire: bytes, how: Spoken) -> Words:
    """Joined as a client joins them."""
    framing, decoder = how.dialect.framing(how.ask), how.dialect.decoder(how.ask)
    frames = (*framing.feed(wire), *framing.end())
    words: dict[str, str] = {}
    for name, text in _said([event for frame in frames for event in decoder.feed(frame)]):
        words[name] = words.get(name, "") + text
    return words


def _said(events: list[Event]) -> Iterator[tuple[str, str]]:
    for event in events:
        if isinstance(event, TextDelta | ThinkingDelta | RefusalDelta):
            yield f"{type(event).__name__.removesuffix('Delta').lower()}.{event.choice}", event.text
        elif isinstance(event, ToolDelta):
            yield f"arguments.{event.choice}.{event.call}", event.arguments
        elif isinstance(event, ToolStarted):
            yield f"tool.{event.choice}.{event.call}", event.name
        elif isinstance(event, RunDelta | RunOutput):
            yield f"{'called' if isinstance(event, RunDelta) else 'printed'}.{event.choice}.{event.run}", event.text
        elif isinstance(event, BlockGiven):
            yield event.kind, bytes(event.block).decode()
