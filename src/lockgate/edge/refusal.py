"""Answers to what never became a request: one small JSON body, a fresh request id, and the connection ends."""

import secrets
from math import ceil
from time import perf_counter

import msgspec

from lockgate.core.problem import Kind, Problem

_encode = msgspec.json.Encoder().encode


def refused(detail: str, status: int = 400) -> Problem:
    """A problem with the form of a request. `detail` never quotes more of it than a name."""
    return Problem(Kind.INVALID, detail, status=status)


def overloaded(detail: str) -> Problem:
    """A problem with the number of clients, not with this one."""
    return Problem(Kind.OVERLOADED, detail, source="gateway", retry_after=1.0)


def slow(detail: str) -> Problem:
    """A client took longer than its deadline allows."""
    return Problem(Kind.SLOW_CLIENT, detail)


def rendered(
    problem: Problem, opening: bytes, began: float | None = None, *, documents: bool = False
) -> tuple[str, bytes]:
    """The request id and the whole answer after its opening lines, in the form that most clients read (OpenAI's error object),
    or as one of the `documents` of RFC 9457.

    `began` is when the last bytes of it came, on `perf_counter`; None where a deadline and no byte was the reason.
    No dialect is known yet: the bytes were not good enough to say which path they asked for.
    """
    began = perf_counter() if began is None else began
    request_id = secrets.token_hex(16)
    content, body = _document(problem) if documents else _error(problem)
    lines = [
        opening,
        b"content-type: application/%b\r\ncache-control: no-store\r\nx-request-id: " % content,
        request_id.encode(),
        b"\r\nserver-timing: %b\r\ncontent-length: %d\r\n" % (timing(began), len(body)),
    ]
    if problem.retry_after is not None:
        lines.append(back_in(max(1.0, problem.retry_after)))
    lines += [b"connection: close\r\n\r\n", body]
    return request_id, b"".join(lines)


def _error(problem: Problem) -> tuple[bytes, bytes]:
    kind = "server_error" if problem.source == "gateway" else "invalid_request_error"
    error = {"message": problem.detail, "type": kind, "param": None, "code": problem.kind.code}
    return b"json", _encode({"error": error})


def _document(problem: Problem) -> tuple[bytes, bytes]:
    said = {"type": "about:blank", "title": problem.detail, "status": problem.status, "code": problem.kind.code}
    return b"problem+json", _encode(said)


def back_in(seconds: float) -> bytes:
    """When to come back, as lines of a head: the SDKs read the milliseconds first, and all others whole seconds."""
    return b"retry-after: %d\r\nretry-after-ms: %d\r\n" % (ceil(seconds), ceil(seconds * 1000))


def timing(began: float) -> bytes:
    """The value of `Server-Timing`: what the gateway itself took since then (W3C Server Timing: milliseconds)."""
    return b"lockgate;dur=%.3f" % ((perf_counter() - began) * 1e3)
