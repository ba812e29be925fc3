"""Was it answered before? The answer is given again, as a stream or whole, as this client wants it."""

from time import perf_counter

import msgspec

from lockgate.core.body import Body
from lockgate.core.cache import Kept
from lockgate.core.dialect import Ask
from lockgate.core.events import Event
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.http import Headers, Reply
from lockgate.core.problem import Problem
from lockgate.core.similar import Asked
from lockgate.pipeline.as_events import events
from lockgate.pipeline.assembled import assembled
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.outside import outside
from lockgate.pipeline.question import Caching, Meant, Memo, may, named


async def recalled(
    caching: Caching | None, call: Call, body: Body, route: Route, ledger: Ledger
) -> tuple[Memo | None, Reply | None]:
    """The answer, if there is one; else what one may be kept as. `body` is what goes upstream.

    Whether a question is of a kind that is kept follows from the question, so that of one which is there it need not be asked.
    """
    memo = named(caching, call, body, route, ledger)
    if memo is None:
        return None, None
    if memo.oldest and (kept := await _good(memo, memo.key, route, ledger)) is not None:
        return memo, _said(kept, call, ledger)
    if not may(memo.policy, call):
        ledger.cache = "bypass"
        return None, None
    return memo, await _meaning(memo, call, route, ledger)


async def _meaning(memo: Memo, call: Call, route: Route, ledger: Ledger) -> Reply | None:
    """The answer to a question that means the same, where the model's answers are given to those, too."""
    if not memo.oldest or (meant := memo.meant) is None or (asked := meant.read()) is None:
        return None
    meant.asked = asked
    kept, similarity = await outside(ledger, _likened(memo, meant, asked, route, ledger))
    reply = None if kept is None else _said(kept, call, ledger)
    if reply is not None and similarity is not None:
        ledger.similar, ledger.similarity = "hit", similarity
    return reply


def _said(kept: Kept, call: Call, ledger: Ledger) -> Reply | None:
    """Nothing where it cannot be said as this client wants it: an upstream is asked then."""
    try:
        body = _again(kept, call, ledger)
    except (Problem, ValueError):
        return None
    ledger.cache, ledger.saved = "hit", int(kept.cost) if kept.cost else None
    ledger.lose(kept.lost)
    media = call.dialect.media_type(call.ask) if call.ask.stream else b"application/json"
    headers: Headers = ((b"content-type", media), (b"age", b"%d" % max(0, ledger.wall - kept.at)))
    return Reply(200, headers, body)


def giver(upstream: Upstream) -> str:
    """Whose answer it is. A caller may use one model of a provider and not another one, and so may a request."""
    return f"{upstream.name} {upstream.model}"


async def _good(memo: Memo, key: bytes, route: Route, ledger: Ledger) -> Kept | None:
    """What is kept under a key, if it is young enough, and from an upstream that this caller may reach now."""
    kept = await memo.answers.get(key)
    if kept is None or kept.upstream not in map(giver, route.upstreams):
        return None
    return kept if -1 <= ledger.wall - kept.at < memo.oldest else None


async def _likened(
    memo: Memo, meant: Meant, asked: Asked, route: Route, ledger: Ledger
) -> tuple[Kept | None, float | None]:
    """The answer to the nearest question that has a good one, and how near it is."""
    started = perf_counter()
    try:
        nearest = await meant.similar.nearest(asked, ledger.wall)
    finally:
        ledger.waited += perf_counter() - started
    meant.vector, ledger.similar = nearest.vector, "failed" if nearest.failed else "miss"
    for each in nearest.found:
        if (kept := await _good(memo, each.key, route, ledger)) is not None:
            return kept, round(each.similarity, 3)
    return None, None


def _again(kept: Kept, call: Call, ledger: Ledger) -> bytes:
    """As this client wants it: as it was, or as a stream that was whole, or the other way round."""
    dialect, ask = call.dialect, call.ask
    if kept.stream == ask.stream and (not ask.stream or (kept.shown, kept.array) == (ask.usage, ask.array)):
        return kept.body
    if kept.stream:
        before = Ask(ask.model, stream=True, usage=kept.shown, array=kept.array)
        framing, decoder = dialect.framing(before), dialect.decoder(before)
        frames = (*framing.feed(kept.body), *framing.end())
        said: list[Event] = [event for frame in frames for event in decoder.feed(frame)]
        answer = assembled([*said, *decoder.end()])
    else:
        answer = dialect.decode_answer(kept.body, ask)
    if kept.usage is not None:
        answer = msgspec.structs.replace(answer, usage=answer.usage.merged(kept.usage))
    if ask.stream:
        encoder = dialect.encoder(ask)
        wire = b"".join([encoder.feed(event) for event in events(answer)])
        ledger.lose((*answer.unsaid, *encoder.lost))
        return wire
    encoded = dialect.encode_answer(answer, ask)
    ledger.lose((*answer.unsaid, *encoded.lost))
    return encoded.wire
