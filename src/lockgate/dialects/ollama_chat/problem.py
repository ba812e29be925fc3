"""Errors: `{"error": "…"}`, in a body and as a line of a stream. Ollama API reference, "Errors"."""

import re
from typing import Any

import msgspec

from lockgate.core.problem import Kind, Problem

_any = msgspec.json.Decoder(Any)
_encode = msgspec.json.Encoder().encode
BOM = b"\xef\xbb\xbf"
_LONGEST = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
# Some upstreams quote the credential that they refuse, and it is the gateway's.
_CREDENTIAL = re.compile(r"\bBearer [\w*.-]{4,}|\b[0-9a-f]{32}\.[\w-]{16,}")


def status(problem: Problem) -> int:
    return problem.status


def render(problem: Problem, request_id: str) -> bytes:
    """The error body. The format has one text, so the place of the mistake is in it when it is not yet."""
    where = problem.where
    named = where and where not in problem.detail
    return _encode({"error": f"{where}: {problem.detail}" if named else problem.detail})


def read(status: int, body: bytes) -> Problem:
    """An upstream's refusal, or the error line of a stream with status 0. Never raises, whatever the bytes are."""
    tree: Any
    try:
        tree = _any.decode(body.removeprefix(BOM))
    except (ValueError, RecursionError):
        tree = _plain(body)
    status = status or _status(tree) or Kind.UPSTREAM_ERROR.status
    message = _CREDENTIAL.sub("***", _CONTROL.sub(" ", _told(tree)).strip())[:_LONGEST]
    detail = message or f"the upstream answered {status} without saying why"
    return Problem(Kind.UPSTREAM_ERROR, detail, source="upstream", status=status)


def _plain(body: bytes) -> str:
    """Text that is not JSON: short plain text is kept, a page of HTML is of no use."""
    text = body[:_LONGEST].decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else text


def _told(tree: Any) -> str:
    """Ollama's own text, or that of what stands before it: an object with a message."""
    for _ in range(3):
        if isinstance(tree, dict):
            tree = tree.get("error") or tree.get("message") or tree.get("detail")
    return tree if isinstance(tree, str) else ""


def _status(tree: Any) -> int:
    for key in ("status", "status_code", "code"):
        value = tree.get(key) if isinstance(tree, dict) else None
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return 0
