"""Problems, as Anthropic's SDKs read them, and an upstream's errors as problems. API reference, page "Errors"."""

import msgspec

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages.wire import Error, Failure

_failure = msgspec.json.Decoder(Failure)
_encode = msgspec.json.Encoder().encode

_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_STATUSES = {name: status for status, name in _TYPES.items()} | {"invalid_request_error": 400, "api_error": 500}
_MESSAGE = 2000
"""Characters of an upstream's message that are passed on."""


def status(problem: Problem) -> int:
    """529 where others say 503: this dialect's clients know it as "overloaded"."""
    if problem.kind is Kind.OVERLOADED and problem.status == Kind.OVERLOADED.status:
        return 529
    return problem.status


def render(problem: Problem, request_id: str) -> bytes:
    return _encode(body(problem, request_id))


def body(problem: Problem, request_id: str) -> dict[str, object]:
    code = status(problem)
    kind = _TYPES.get(code) or ("invalid_request_error" if code < 500 else "api_error")
    said = not problem.where or problem.detail.startswith(problem.where)
    message = problem.detail if said else f"{problem.where}: {problem.detail}"
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}


def read(code: int, raw: bytes) -> Problem:
    """Whatever the upstream sent with an error status."""
    try:
        error = _failure.decode(raw).error
    except (ValueError, RecursionError):
        error = None
    return upstream(error, code)


def upstream(error: Error | None, code: int | None = None) -> Problem:
    """An upstream's error object, from a body (then `code` is its status) or from within a stream."""
    message = error.message if error is not None else None
    if code is None:
        code = _STATUSES.get((error.type if error is not None else None) or "", 502)
    detail = message[:_MESSAGE] if message else f"the upstream answered with an error ({code})"
    return Problem(Kind.UPSTREAM_ERROR, detail, source="upstream", status=code)
