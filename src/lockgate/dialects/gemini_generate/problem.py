"""Problems, as Google's clients expect to read them: a `google.rpc.Status` under `error`.

Pages: Gemini API "Troubleshooting guide"; google.rpc `Code` for the words and the HTTP statuses that go with them;
`error_details` for RetryInfo, ErrorInfo, BadRequest and RequestInfo.
"""

import math
import re
from typing import Any

import msgspec
from msgspec import Struct

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import wire

_TYPE = "type.googleapis.com/google.rpc."
_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "RESOURCE_EXHAUSTED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    504: "DEADLINE_EXCEEDED",
}
_LONGEST = 2000


class _Error(Struct, frozen=True):
    code: int | None = None
    message: str | None = None
    details: list[dict[str, Any]] | None = None


class _Body(Struct, frozen=True):
    error: _Error | str = ""


_body = msgspec.json.Decoder(_Body)
_bodies = msgspec.json.Decoder(list[_Body])


def status(problem: Problem) -> int:
    return problem.status


def render(problem: Problem, request_id: str) -> bytes:
    code = status(problem)
    details: list[dict[str, Any]] = [
        {"@type": _TYPE + "ErrorInfo", "reason": problem.kind.code.upper(), "domain": "lockgate"}
    ]
    if problem.where:
        violation = {"field": problem.where, "description": problem.detail}
        details.append({"@type": _TYPE + "BadRequest", "fieldViolations": [violation]})
    if problem.retry_after is not None:
        details.append({"@type": _TYPE + "RetryInfo", "retryDelay": _duration(problem.retry_after)})
    if request_id:
        details.append({"@type": _TYPE + "RequestInfo", "requestId": request_id})
    error = {"code": code, "message": problem.detail, "status": _word(code, problem.kind), "details": details}
    return wire.encode({"error": error})


def read(status: int, body: bytes) -> Problem:
    """An upstream's error. A status below 400 is not one: then the error's own code counts."""
    error = _read(body)
    code = status if status >= 400 else (error.code if error.code and 400 <= error.code <= 599 else 502)
    return Problem(
        Kind.UPSTREAM_ERROR,
        (error.message or f"the upstream answered with status {code}")[:_LONGEST],
        source="upstream",
        status=code,
        retry_after=_delay(error.details or []),
    )


def _read(body: bytes) -> _Error:
    try:
        # A stream that was to be one JSON array fails as one, too.
        found = _bodies.decode(body)[0] if body.lstrip()[:1] == b"[" else _body.decode(body)
    except (ValueError, IndexError, RecursionError, msgspec.MsgspecError):
        return _Error()
    return found.error if isinstance(found.error, _Error) else _Error(message=found.error)


def _delay(details: list[dict[str, Any]]) -> float | None:
    """Seconds, out of a duration like `34.4s`."""
    for detail in details:
        delay = detail.get("retryDelay")
        if isinstance(delay, str) and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?s", delay):
            return float(delay[:-1])
    return None


def _duration(seconds: float) -> str:
    seconds = seconds if math.isfinite(seconds) and seconds > 0 else 0
    return f"{min(seconds, 315_576_000_000):.3f}".rstrip("0").rstrip(".") + "s"


def _word(code: int, kind: Kind) -> str:
    if kind is Kind.BLOCKED:
        return "FAILED_PRECONDITION"  # the other word of status 400: the request is well formed and still refused
    return _WORDS.get(code, "INVALID_ARGUMENT" if code < 500 else "UNAVAILABLE")
