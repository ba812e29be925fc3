"""Errors to clients and from upstreams."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin

EXPECTED = {
    Kind.INVALID: (400, "invalid_request_error"),
    Kind.BLOCKED: (400, "invalid_request_error"),
    Kind.UNAUTHENTICATED: (401, "authentication_error"),
    Kind.AMBIGUOUS: (401, "authentication_error"),
    Kind.QUOTA: (402, "billing_error"),
    Kind.FORBIDDEN: (403, "permission_error"),
    Kind.HELD: (403, "permission_error"),
    Kind.NO_PRICE: (403, "permission_error"),
    Kind.NO_BUDGET: (503, "api_error"),
    Kind.NO_TOKENS: (503, "api_error"),
    Kind.NO_MODEL: (404, "not_found_error"),
    Kind.NOT_FOUND: (404, "not_found_error"),
    Kind.METHOD: (405, "invalid_request_error"),
    Kind.SLOW_CLIENT: (408, "invalid_request_error"),
    Kind.IN_PROGRESS: (409, "invalid_request_error"),
    Kind.KEY_REUSED: (422, "invalid_request_error"),
    Kind.UPSTREAM_RESET: (502, "api_error"),
    Kind.NO_REPEATS: (503, "api_error"),
    Kind.TOO_LARGE: (413, "request_too_large"),
    Kind.MEDIA_TYPE: (415, "invalid_request_error"),
    Kind.LIMITED: (429, "rate_limit_error"),
    Kind.TOKENS_FULL: (429, "rate_limit_error"),
    Kind.INTERNAL: (500, "api_error"),
    Kind.UNREACHABLE: (502, "api_error"),
    Kind.BAD_UPSTREAM: (502, "api_error"),
    Kind.UPSTREAM_TLS: (502, "api_error"),
    Kind.LEAK: (502, "api_error"),
    Kind.UPSTREAM_ERROR: (502, "api_error"),
    Kind.NO_AUDIT: (503, "api_error"),
    Kind.NO_AUTH: (503, "api_error"),
    Kind.DRAINING: (503, "api_error"),
    Kind.OVERLOADED: (529, "overloaded_error"),
    Kind.UPSTREAM_TIMEOUT: (504, "timeout_error"),
}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_status_and_a_type(kind: Kind) -> None:
    problem = Problem(kind, "why")

    body = msgspec.json.decode(plugin.problem(problem, "req_1"))

    assert (plugin.status(problem), body["error"]["type"]) == EXPECTED[kind]
    assert body == {"type": "error", "error": {"type": EXPECTED[kind][1], "message": "why"}, "request_id": "req_1"}


def test_the_place_is_part_of_the_message() -> None:
    body = msgspec.json.decode(plugin.problem(Problem(Kind.INVALID, "must be a string", where="messages.0"), ""))

    assert body["error"]["message"] == "messages.0: must be a string"


@pytest.mark.parametrize(
    ("status", "raw", "detail"),
    [
        (429, b'{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}', "slow"),
        (401, b'{"error":{"message":"no"}}', "no"),
        (503, b'{"error":"busy"}', "the upstream answered with an error (503)"),
        (500, b"<html>", "the upstream answered with an error (500)"),
        (529, b"", "the upstream answered with an error (529)"),
        (400, b'{"error":{"message":"' + b"x" * 9000 + b'"}}', "x" * 2000),
    ],
)
def test_an_upstreams_error_keeps_its_status(status: int, raw: bytes, detail: str) -> None:
    problem = plugin.read_problem(status, raw)

    assert (problem.kind, problem.source, problem.status, problem.detail) == (
        Kind.UPSTREAM_ERROR,
        "upstream",
        status,
        detail,
    )


def test_an_overloaded_upstream_is_overloaded_for_the_client() -> None:
    problem = plugin.read_problem(529, b"")

    assert (plugin.status(problem), msgspec.json.decode(plugin.problem(problem, ""))["error"]["type"]) == (
        529,
        "overloaded_error",
    )


@given(st.integers(400, 599), st.binary() | st.recursive(st.none() | st.text(), st.lists).map(msgspec.json.encode))
def test_any_bytes_are_an_error(status: int, raw: Any) -> None:
    assert plugin.read_problem(status, raw).status == status


@pytest.mark.parametrize("detail", ["container names something", "names something"])
def test_the_place_is_said_once(detail: str) -> None:
    told = msgspec.json.decode(plugin.problem(Problem(Kind.INVALID, detail, where="container"), "r"))

    assert told["error"]["message"].count("container") == 1
    assert told["error"]["message"].startswith("container")
