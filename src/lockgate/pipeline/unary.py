"""Whole answers and errors of upstreams: read, screened, translated where the dialects differ."""

from math import ceil
from time import perf_counter

from msgspec import Raw

from lockgate.core import seals
from lockgate.core.answer import Answer
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call
from lockgate.core.http import Headers, Reply
from lockgate.core.problem import Problem
from lockgate.core.retry_after import retry_after
from lockgate.pipeline.as_events import events
from lockgate.pipeline.attempt import Sent
from lockgate.pipeline.displaced import nowhere
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.marking import marked, marks
from lockgate.pipeline.no_answer import REFUSED_US, an_object, refused_us
from lockgate.pipeline.passing import answer_headers
from lockgate.pipeline.restore import restored
from lockgate.pipeline.review import Review
from lockgate.pipeline.spent import CHARACTERS
from lockgate.pipeline.tools import check_answer, checked

JSON: Headers = ((b"content-type", b"application/json"),)
_NULL = Raw(b"null")


async def answered(call: Call, sent: Sent, review: Review, ledger: Ledger) -> Reply:
    """A whole answer. The same dialect keeps its bytes, unless a rule looked at them."""
    body, dialect = await _screened(call, sent, review, ledger), sent.asked.dialect
    if dialect is not call.dialect:
        answer = seals.answered(_said(call, sent, review, body), dialect.name)
        encoded = call.dialect.encode_answer(answer, call.ask)
        ledger.lose((*answer.unsaid, *encoded.lost))
        body = encoded.wire
    return Reply(200, JSON + answer_headers(call, sent.asked.dialect, sent.arrival), body)


def _said(call: Call, sent: Sent, review: Review, body: bytes) -> Answer:
    """What the body says that goes on."""
    if review or call.restorer is not None or call.displaced or call.held is not None or call.named.makes:
        return sent.asked.dialect.decode_answer(body, sent.asked.ask)
    return _heard(sent, body)


def _heard(sent: Sent, body: bytes) -> Answer:
    """What the upstream's own body says, which may have been looked at already."""
    return sent.asked.dialect.decode_answer(body, sent.asked.ask) if sent.answer is None else sent.answer


async def _screened(call: Call, sent: Sent, review: Review, ledger: Ledger) -> bytes:
    """The upstream's body, counted, held against tools and rules, with the values behind its tokens."""
    body, dialect = await read(sent, ledger), sent.asked.dialect
    mark = marks(call, sent, ledger)
    if mark is not None:
        body = marked(body, dialect, mark)
    top = an_object(body) if sent.top is None or mark is not None else sent.top
    ledger.counted(dialect.unary_usage(body))
    _whole(ledger, body)
    if checked(call):
        check_answer(_heard(sent, body), call, ledger)
    if review:
        body = await review.document(top, dialect)
    if call.restorer is not None:
        body = restored(body, dialect, call.restorer)
    if call.displaced:
        body = nowhere(body)
    return body


async def raised(top: dict[str, Raw], body: bytes, dialect: Dialect, review: Review) -> None:
    """An error in a body whose status says that there is none."""
    if top.get("error", _NULL) != _NULL:
        raise await review.told(dialect.read_problem(502, body))


async def counted(sent: Sent, ledger: Ledger) -> Reply:
    return Reply(200, JSON, await read(sent, ledger))


async def as_stream(call: Call, sent: Sent, review: Review, ledger: Ledger) -> Reply:
    """The client wanted a stream and the upstream gave a whole answer: the same, in one piece of a stream."""
    body, dialect = await _screened(call, sent, review, ledger), sent.asked.dialect
    answer = _said(call, sent, review, body)
    if dialect is not call.dialect:
        answer = seals.answered(answer, dialect.name)
    encoder = call.dialect.encoder(call.ask)
    wire = b"".join([encoder.feed(event) for event in events(answer)])
    ledger.lose((*answer.unsaid, *encoder.lost))
    return Reply(200, ((b"content-type", call.dialect.media_type(call.ask)),), wire)


async def failed(call: Call, sent: Sent, review: Review, ledger: Ledger) -> Reply:
    """An upstream's error. In the same dialect it goes back unmodified: clients match on its words. What rules cannot look
    at, a page of a proxy say, becomes an error of the dialect with the same status.

    But not a 401: see `refused_us`.
    """
    body, status = await read(sent, ledger), sent.arrival.status
    same = sent.asked.dialect is call.dialect
    if status == REFUSED_US:
        raise refused_us()
    problem = sent.asked.dialect.read_problem(status, body)
    if problem.retry_after is None:
        problem.retry_after = retry_after(sent.arrival.headers, ledger.wall)
    if not same or (review and not _is_object(body)):
        raise await review.told(problem)
    ledger.problem, ledger.end = problem, "upstream_error"
    if review:
        body = await review.document(an_object(body), call.dialect)
    media = next((pair for pair in sent.arrival.headers if pair[0] == b"content-type"), JSON[0])
    return Reply(status, (media, *answer_headers(call, sent.asked.dialect, sent.arrival)), body)


def _whole(ledger: Ledger, body: bytes) -> None:
    ledger.whole, ledger.written = True, ceil(len(body) / CHARACTERS)


async def read(sent: Sent, ledger: Ledger) -> bytes:
    started = perf_counter()
    try:
        body = await sent.arrival.body.read()
    finally:
        ledger.waited += perf_counter() - started
    whole = b"".join((*sent.peeked, body)) if sent.peeked else body
    if ledger.digests is not None:
        ledger.digests.upstream.update(whole)
    return whole


def _is_object(body: bytes) -> bool:
    try:
        return bool(an_object(body))
    except Problem:
        return False
