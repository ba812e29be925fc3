"""Errors out, as the SDK's typed exceptions want them; errors in, of every shape."""

import msgspec
import pytest

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin


@pytest.mark.parametrize(
    ("kind", "status", "type_"),
    [
        (Kind.INVALID, 400, "invalid_request_error"),
        (Kind.BLOCKED, 400, "invalid_request_error"),
        (Kind.UNAUTHENTICATED, 401, "authentication_error"),
        (Kind.AMBIGUOUS, 401, "authentication_error"),
        (Kind.QUOTA, 429, "insufficient_quota"),
        (Kind.FORBIDDEN, 403, "permission_error"),
        (Kind.NO_MODEL, 404, "invalid_request_error"),
        (Kind.TOO_LARGE, 413, "invalid_request_error"),
        (Kind.LIMITED, 429, "rate_limit_error"),
        (Kind.INTERNAL, 500, "server_error"),
        (Kind.UNREACHABLE, 502, "server_error"),
        (Kind.OVERLOADED, 503, "server_error"),
        (Kind.UPSTREAM_TIMEOUT, 504, "server_error"),
    ],
)
def test_every_kind_has_a_status_and_a_type(kind: Kind, status: int, type_: str) -> None:
    problem = Problem(kind, "why", where="messages.0")

    assert plugin.status(problem) == status
    assert msgspec.json.decode(plugin.problem(problem, "REQ")) == {
        "error": {"message": "why", "type": type_, "param": "messages.0", "code": kind.code}
    }


@pytest.mark.parametrize(
    ("status", "type_"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (429, "rate_limit_error"),
        (529, "server_error"),
    ],
)
def test_an_upstreams_error_keeps_its_status(status: int, type_: str) -> None:
    problem = Problem(Kind.UPSTREAM_ERROR, "why", source="upstream", status=status)

    assert plugin.status(problem) == status
    error = msgspec.json.decode(plugin.problem(problem, "REQ"))["error"]
    assert (error["type"], error["code"], error["param"]) == (type_, "upstream_error", None)


SILENT = "the upstream answered 503 without saying why"


@pytest.mark.parametrize(
    ("body", "detail", "where"),
    [
        (b'{"error":{"message":"no","type":"x","param":"messages.0","code":"y"}}', "no", "messages.0"),
        (b'{"error":"no"}', "no", ""),
        (b'{"error":{"message":{"message":"no"}}}', "no", ""),
        (b'{"error":null,"message":"no"}', "no", ""),
        (b'[{"error":{"message":"no","code":400}}]', "no", ""),
        (b'{"object":"error","message":"no","type":"x","param":null,"code":"1500"}', "no", ""),
        (
            b'{"object":"error","message":{"detail":[{"loc":["body","max_tokens"],"msg":"Extra"},{"msg":"two"}]}}',
            "Extra; two",
            "max_tokens",
        ),
        (b'{"object":"Error","message":[{"loc":["body","a",0],"msg":"Extra"}]}', "Extra", "a.0"),
        (b'{"detail":[{"loc":["query","x"],"msg":"no"}]}', "no", "query.x"),
        (b'{"detail":[{"msg":"no"},5]}', "no", ""),
        (b'{"detail":"no"}', "no", ""),
        (b'{"message":"no"}', "no", ""),
        (b'"no"', "no", ""),
        (b"no healthy upstream", "no healthy upstream", ""),
        (b"<html><body>502</body></html>", SILENT, ""),
        (b"", SILENT, ""),
        (b"{}", SILENT, ""),
        (b"[]", SILENT, ""),
        (b"5", SILENT, ""),
        (b'{"error":{"message":5,"param":5}}', SILENT, ""),
        (b'{"detail":[]}', SILENT, ""),
        (b"\xff\xfe", "\ufffd\ufffd", ""),
        (b"[" * 100_000, ("[" * 1000), ""),
    ],
)
def test_every_shape_is_understood(body: bytes, detail: str, where: str) -> None:
    problem = plugin.read_problem(503, body)

    assert (problem.detail, problem.where) == (detail, where)
    assert (problem.kind, problem.status, problem.source) == (Kind.UPSTREAM_ERROR, 503, "upstream")


def test_our_credential_is_not_shown() -> None:
    told = b'{"error":{"message":"Incorrect API key provided: sk-proj-****WXYZ. See max_tokens of gpt-4o-2024-08-06"}}'

    detail = plugin.read_problem(401, told).detail

    assert detail == "Incorrect API key provided: *** See max_tokens of gpt-4o-2024-08-06"


def test_details_are_short_and_in_one_line() -> None:
    detail = plugin.read_problem(400, msgspec.json.encode({"message": "a\r\n\x1b[2J" + "b" * 5000})).detail

    assert detail.startswith("a [2Jb")
    assert len(detail) == 1000
