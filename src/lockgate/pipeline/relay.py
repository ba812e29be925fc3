"""The upstream's answer, as the client gets it. The other place that knows about translation, beside `translate`."""

from lockgate.core.egress import Egress
from lockgate.core.exchange import Call
from lockgate.core.guard import NO_RULES
from lockgate.core.http import Headers, Reply
from lockgate.pipeline import unary, vectors
from lockgate.pipeline.attempt import Sent
from lockgate.pipeline.consulting import Consulting
from lockgate.pipeline.discreet import Discreet
from lockgate.pipeline.displaced import Displaced
from lockgate.pipeline.egress import leaking_head
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Lane, Sides, Translated, Verbatim
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.marking import Marked, Marking, marks
from lockgate.pipeline.metered import Metered
from lockgate.pipeline.no_answer import is_whole
from lockgate.pipeline.passing import answer_headers
from lockgate.pipeline.prove import Hashed
from lockgate.pipeline.pulse import SILENCE, Pulse
from lockgate.pipeline.review import Review
from lockgate.pipeline.tools import Bounded, checked

STREAMED: Headers = ((b"cache-control", b"no-cache, no-store"), (b"x-accel-buffering", b"no"))


async def relay(call: Call, sent: Sent, review: Review, ledger: Ledger, egress: Egress | None = None) -> Reply:
    """Whatever is wrong with what arrived, its connection does not stay open for it."""
    try:
        return await _relayed(call, sent, review, ledger, egress)
    except BaseException:
        await sent.arrival.body.aclose()
        raise


async def _relayed(call: Call, sent: Sent, review: Review, ledger: Ledger, egress: Egress | None) -> Reply:
    arrival = sent.arrival
    if arrival.status >= 400:
        return await unary.failed(call, sent, review, ledger)
    if call.operation == "count_tokens":
        return await unary.counted(sent, ledger)
    if not call.ask.stream:
        if call.dialect.vectors is not None:
            return await vectors.answered(call, sent, review, ledger, egress)
        return await unary.answered(call, sent, review, ledger)
    if is_whole(arrival, sent.asked.dialect, sent.asked.ask):
        return await unary.as_stream(call, sent, review, ledger)
    reply = await _stream(call, sent, review, ledger, egress)
    if egress is not None and (problem := leaking_head(reply.headers, egress, ledger)):
        raise problem
    return reply


async def _stream(call: Call, sent: Sent, review: Review, ledger: Ledger, egress: Egress | None) -> Reply:
    sides = Sides(sent.asked.dialect, sent.asked.ask, call.dialect, call.ask)
    lane: Lane
    body, peeked = sent.arrival.body, sent.peeked
    mark = marks(call, sent, ledger)
    marking = Marking(sides.source, sides.asked, mark) if mark is not None else None
    if review.remote:
        body, peeked = Consulting(sides, review, ledger, peeked, body, framing=marking), ()
        await body.begin()
        lane = Guarded(sides, NO_RULES, ledger, call.restorer, anew=review.remote.enforced)
    elif review.rules or call.restorer is not None or checked(call):  # what is blocked ends as a filtered answer does
        lane = Guarded(sides, review.rules, ledger, call.restorer)
    elif sides.same:
        lane = Verbatim(sides, ledger)
    else:
        lane = Translated(sides, ledger)
    if call.displaced:
        lane = Displaced(lane)
    if checked(call):
        lane = Bounded(lane, sides, call, ledger)
    if marking is not None and not review.remote:
        lane = Marked(lane, marking, call.ask.request_id)
    if ledger.held is not None and (most := ledger.held.most) is not None:
        lane = Metered(lane, call, most, ledger)
    if egress is not None:
        lane = Discreet(lane, call.dialect, call.ask, egress, ledger)
    if ledger.digests is not None:
        lane = Hashed(lane, ledger.digests, received=not review.remote)
    headers = (
        (b"content-type", call.dialect.media_type(call.ask)),
        *STREAMED,
        *answer_headers(call, sides.source, sent.arrival),
    )
    return Reply(200, headers, Flow(lane, peeked, body, ledger, _pulse(call, ledger)))


def _pulse(call: Call, ledger: Ledger) -> Pulse | None:
    """None where the dialect has nothing that would mean nothing."""
    ping = call.dialect.ping(call.ask)
    every = ledger.route.ping if ledger.route is not None else 0.0
    return Pulse(ping, every or SILENCE, ledger.digests) if ping else None
