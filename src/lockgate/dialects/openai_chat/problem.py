"""Errors: a problem as an OpenAI SDK expects to read it, and every copy's error body as a problem.

OpenAI guides, "Error codes": `{"error": {message, type, param, code}}`. Mistral answers `{"object": "error", …}` or
`{"detail": […]}`, some `{"message": …}`, and what stands before a provider answers HTML or nothing.
"""

import re
from typing import Any, cast

import msgspec

from lockgate.core.problem import Kind, Problem

_any = msgspec.json.Decoder(Any)
_encode = msgspec.json.Encoder().encode
_LONGEST = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]+")
# Some upstreams quote the credential that they refuse, and it is the gateway's.
_CREDENTIAL = re.compile(r"\b(?:(?:sk|gsk|csk|tgp|fw|xai|pplx|nvapi)[-_]|Bearer )[\w*.-]{4,}")

_TYPES = {
    Kind.UNAUTHENTICATED: "authentication_error",
    Kind.AMBIGUOUS: "authentication_error",
    Kind.FORBIDDEN: "permission_error",
    Kind.QUOTA: "insufficient_quota",
    Kind.LIMITED: "rate_limit_error",
}
_STATUS_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def status(problem: Problem) -> int:
    """OpenAI says 429 where others say 402: its clients know no 402."""
    return 429 if problem.kind is Kind.QUOTA else problem.status


def render(problem: Problem, request_id: str) -> bytes:
    """The error body. The request's id is in a header, as OpenAI has it."""
    code = status(problem)
    type_ = _TYPES.get(problem.kind) or _STATUS_TYPES.get(code)
    type_ = type_ or ("server_error" if code >= 500 else "invalid_request_error")
    error = {"message": problem.detail, "type": type_, "param": problem.where or None, "code": problem.kind.code}
    return _encode({"error": error})


def read(status: int, body: bytes) -> Problem:
    """An upstream's refusal. Never raises, whatever the bytes are."""
    try:
        tree = _any.decode(body)
    except (ValueError, RecursionError):
        return _problem(_plain(body), "", status)
    return found(tree, status)


def found(tree: Any, status: int) -> Problem:
    """The problem that a decoded body or error event tells. A status in it replaces a missing one."""
    if isinstance(tree, list) and tree:  # Google's copy wraps its error in a list
        tree = tree[0]
    message, where, code = _told(tree)
    return _problem(message, where, status or code or Kind.UPSTREAM_ERROR.status)


def _problem(message: str, where: str, status: int) -> Problem:
    message = _CREDENTIAL.sub("***", _CONTROL.sub(" ", message).strip())
    detail = message[:_LONGEST] or f"the upstream answered {status} without saying why"
    return Problem(Kind.UPSTREAM_ERROR, detail, where=where, source="upstream", status=status)


def _plain(body: bytes) -> str:
    """Text that is not JSON: short plain text is kept, a page of HTML is of no use."""
    text = body[:_LONGEST].decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else text


def _told(tree: Any) -> tuple[str, str, int]:
    if not isinstance(tree, dict):
        return (tree if isinstance(tree, str) else ""), "", 0
    error = tree.get("error")
    inner = error if isinstance(error, dict) else tree
    message = error if isinstance(error, str) else inner.get("message", inner.get("detail"))
    where = inner.get("param")
    if isinstance(message, dict) and "detail" in message:  # Mistral nests its validation errors
        message = message["detail"]
    if isinstance(message, list):
        message, where = _details(message)
    if isinstance(message, dict):
        message = message.get("message")
    return (
        message if isinstance(message, str) else "",
        _CONTROL.sub("", where)[:200] if isinstance(where, str) else "",
        _code(inner),
    )


def _details(details: list[Any]) -> tuple[str, str]:
    """FastAPI's validation errors: the first place, and all that is said."""
    told = [cast("dict[str, Any]", detail) for detail in details if isinstance(detail, dict)]
    message = "; ".join(detail["msg"] for detail in told if isinstance(detail.get("msg"), str))
    place = told[0].get("loc") if told else None
    parts = [str(part) for part in place if isinstance(part, str | int)] if isinstance(place, list) else []
    return message, ".".join(parts[1:] if parts[:1] == ["body"] else parts)


def _code(error: dict[str, Any]) -> int:
    """OpenRouter and vLLM put the HTTP status into `code`."""
    for key in ("code", "status", "status_code"):
        value = error.get(key)
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return 0
