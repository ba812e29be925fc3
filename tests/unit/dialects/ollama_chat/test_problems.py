"""Problems written for a client, and errors read from an upstream."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin


@pytest.mark.parametrize("kind", list(Kind))
def test_an_error_has_its_status_and_one_text(kind: Kind) -> None:
    problem = Problem(kind, "this is wrong", where="messages.0.content")

    assert plugin.status(problem) == kind.status
    assert json.loads(plugin.problem(problem, "r")) == {"error": "messages.0.content: this is wrong"}


def test_a_place_is_not_said_twice() -> None:
    assert (
        plugin.problem(Problem(Kind.INVALID, "model must be x", where="model"), "r") == b'{"error":"model must be x"}'
    )


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"error":"model \\"x\\" not found"}', 'model "x" not found'),
        (b'{"error":{"message":"m"}}', "m"),
        (b'{"message":"m"}', "m"),
        (b'{"error":"unauthorized","signin_url":"https://x"}', "unauthorized"),
        (b"404 page not found", "404 page not found"),
        (b"<html>", "the upstream answered 418 without saying why"),
        (b"", "the upstream answered 418 without saying why"),
        (b'{"error":{"error":{"error":{"error":"deep"}}}}', "the upstream answered 418 without saying why"),
        (b'{"error":"a\\u0000\\u2028b"}', "a b"),
        (b'{"error":"bad key Bearer abcdef123"}', "bad key ***"),
        (b'{"error":"' + b"x" * 5000 + b'"}', "x" * 1000),
        (b"[" * 5000, "[" * 1000),
    ],
)
def test_an_upstreams_error_is_read(body: bytes, detail: str) -> None:
    problem = plugin.read_problem(418, body)

    assert (problem.kind, problem.source, problem.status, problem.detail) == (
        Kind.UPSTREAM_ERROR,
        "upstream",
        418,
        detail,
    )


@given(st.integers(400, 599), st.binary(max_size=200))
def test_an_upstreams_error_is_read_whatever_it_is(status: int, body: bytes) -> None:
    assert plugin.read_problem(status, body).status == status


def test_a_status_in_an_error_line_counts() -> None:
    assert plugin.read_problem(0, b'{"error":"slow down","status_code":429}').status == 429
    assert plugin.read_problem(0, b'{"error":"x","status":200,"code":"503"}').status == 502
