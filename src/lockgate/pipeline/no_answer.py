"""What came with a status that says all is well and is no answer: as long as nothing of it was used, another upstream may have one."""

import msgspec
from msgspec import Raw

from lockgate.core.answer import Answer
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.http import Arrival, header
from lockgate.core.problem import Kind, Problem

STREAMS = (b"text/event-stream", b"application/x-ndjson", b"application/json", b"text/plain")
"""What a stream may call itself. Plain text, because some servers do; what it is then, the decoder finds out."""
JSON = b"application/json"
BOM = b"\xef\xbb\xbf"
_top = msgspec.json.Decoder(dict[str, Raw])
_any = msgspec.json.Decoder(Raw)
_NULL = Raw(b"null")
REFUSED_US = 401
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def by_its_head(arrival: Arrival, *, stream: bool) -> None:
    """Raises the `Problem` of a status or a type of content that no answer has. What is refused is for others to say."""
    if arrival.status >= 400:
        return
    kind = media(arrival)
    if arrival.status != 200:
        raise bad(f"the upstream answered with status {arrival.status}")
    if stream and kind and kind not in STREAMS:
        raise bad("the upstream did not answer with a stream")
    if not stream and kind.startswith(b"text/"):
        raise bad("the upstream did not answer with JSON")


def is_whole(arrival: Arrival, dialect: Dialect, ask: Ask) -> bool:
    """A whole answer to who wanted a stream."""
    return media(arrival) == JSON != dialect.media_type(ask)


def found(body: bytes, dialect: Dialect) -> dict[str, Raw]:
    """A whole answer by its top keys. Raises what is wrong with it: it is none, or an error whatever its status says."""
    try:
        top = an_object(body)
    except Problem as problem:
        problem.written = True
        raise
    if top.get("error", _NULL) != _NULL:
        told = dialect.read_problem(502, body)
        told.written = True  # as below: it may be what became of a long answer
        told.usage = dialect.unary_usage(body)
        raise told
    return top


def understood(body: bytes, dialect: Dialect, ask: Ask) -> Answer:
    """A whole answer that has to be translated. Raises when it says nothing that could be."""
    try:
        return dialect.decode_answer(body, ask)
    except Problem as problem:
        problem.written = True
        raise


def begins(payload: bytes) -> bool:
    """Whether the first event of a stream says anything. Raises when it cannot be read."""
    payload = payload.strip().removeprefix(BOM)
    if not payload or payload.startswith(b"[DONE]"):
        return False
    try:
        _any.decode(payload)
    except _BROKEN as error:
        raise bad("the upstream sent a broken stream event") from error
    return True


def refused_us() -> Problem:
    """In place of a 401: it is about the gateway's own credential, which its text may quote, and not about the client's."""
    return Problem(Kind.BAD_UPSTREAM, "the upstream refused the gateway's credential", source="upstream")


def an_object(body: bytes) -> dict[str, Raw]:
    try:
        return _top.decode(body)
    except _BROKEN as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream did not answer with a JSON object", source="upstream") from error


def media(arrival: Arrival) -> bytes:
    return (header(arrival.headers, b"content-type") or b"").partition(b";")[0].strip().lower()


def bad(detail: str) -> Problem:
    problem = Problem(Kind.BAD_UPSTREAM, detail, source="upstream")
    problem.written = True  # whatever it did, it did
    return problem
