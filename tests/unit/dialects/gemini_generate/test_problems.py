"""Problems in Google's words, and read back from them."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import plugin


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        (Kind.INVALID, 400, "INVALID_ARGUMENT"),
        (Kind.BLOCKED, 400, "FAILED_PRECONDITION"),
        (Kind.UNAUTHENTICATED, 401, "UNAUTHENTICATED"),
        (Kind.QUOTA, 402, "RESOURCE_EXHAUSTED"),
        (Kind.FORBIDDEN, 403, "PERMISSION_DENIED"),
        (Kind.NO_MODEL, 404, "NOT_FOUND"),
        (Kind.TOO_LARGE, 413, "INVALID_ARGUMENT"),
        (Kind.LIMITED, 429, "RESOURCE_EXHAUSTED"),
        (Kind.INTERNAL, 500, "INTERNAL"),
        (Kind.UNREACHABLE, 502, "UNAVAILABLE"),
        (Kind.OVERLOADED, 503, "UNAVAILABLE"),
        (Kind.UPSTREAM_TIMEOUT, 504, "DEADLINE_EXCEEDED"),
    ],
)
def test_problems_have_google_words(kind: Kind, status: int, word: str) -> None:
    problem = Problem(kind, "why", where="contents.0", retry_after=1.5)

    error = msgspec.json.decode(plugin.problem(problem, "r1"))["error"]

    assert plugin.status(problem) == status
    assert (error["code"], error["message"], error["status"]) == (status, "why", word)
    assert [detail["@type"].rpartition(".")[2] for detail in error["details"]] == [
        "ErrorInfo",
        "BadRequest",
        "RetryInfo",
        "RequestInfo",
    ]
    assert error["details"][2]["retryDelay"] == "1.5s"


def test_problems_are_read_back() -> None:
    sent = plugin.problem(Problem(Kind.LIMITED, "slow down", retry_after=30), "r1")

    found = plugin.read_problem(429, sent)

    assert (found.kind, found.status, found.detail, found.retry_after, found.source) == (
        Kind.UPSTREAM_ERROR,
        429,
        "slow down",
        30.0,
        "upstream",
    )
    assert plugin.read_problem(429, b"[" + sent + b"]").detail == "slow down"
    assert plugin.read_problem(200, b'{"error":{"code":7}}').status == 502
    assert plugin.read_problem(500, b'{"error":"plain"}').detail == "plain"


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 1e300])
def test_odd_delays_are_still_durations(seconds: float) -> None:
    body = plugin.problem(Problem(Kind.LIMITED, "x", retry_after=seconds), "")

    assert re.search(rb'"retryDelay":"[0-9]+s"', body)


@given(st.integers(100, 999), st.binary(max_size=50) | st.text('[]{}"error:code1,', max_size=40).map(str.encode))
def test_any_error_body_is_a_problem(status: int, body: bytes) -> None:
    found = plugin.read_problem(status, body)

    assert found.kind is Kind.UPSTREAM_ERROR
    assert found.status >= 400
