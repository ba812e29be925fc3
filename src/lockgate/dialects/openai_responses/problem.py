"""Errors. Bodies are OpenAI's, as in Chat Completions; in a stream an `error` event, and the response that failed.

The official SDKs raise at the first; Codex reads the second.
"""

from typing import Any

import msgspec

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat.problem import found, read, render, status

__all__ = ["event", "failure", "found", "read", "render", "status"]

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_CODES = {Kind.LIMITED: "rate_limit_exceeded", Kind.QUOTA: "insufficient_quota"}


def failure(problem: Problem) -> dict[str, str]:
    """Why a response failed. Clients know few codes: what is about the request is not for them to repeat."""
    own = "invalid_prompt" if status(problem) in (400, 403, 404, 413, 422) else "server_error"
    code = "rate_limit_exceeded" if status(problem) == Kind.LIMITED.status else own
    return {"code": _CODES.get(problem.kind, code), "message": problem.detail}


def event(problem: Problem, request_id: str, number: int) -> dict[str, Any]:
    """Flat, as the reference has it, and with the object of other errors inside, as the API sends it."""
    error = _decode(render(problem, request_id))["error"]
    flat = {key: error[key] for key in ("code", "message", "param")}
    return {"type": "error", "sequence_number": number, "error": error, **flat}
