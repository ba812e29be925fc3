"""Upstreams that are silent, speak nonsense, break off or are not there, through the whole gateway, in every dialect."""

import json
import time
from pathlib import Path

import pytest

from tests.e2e.plant import FAMILIES, Plant
from tests.e2e.process import Line, eventually, rest

PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages", "ollama": "/api/chat"}
CLEAN = {"openai": b"data: [DONE]", "anthropic": b"message_stop", "ollama": b'"done":true'}
every = pytest.mark.parametrize("family", FAMILIES)
dialects = pytest.mark.parametrize("dialect", PATHS)


@pytest.fixture
def line(plant: Plant) -> Line:
    return Line(plant.gateway)


@every
@dialects
@pytest.mark.parametrize("act", ["garbage", "html"])
def test_nonsense_is_a_bad_upstream(plant: Plant, line: Line, dialect: str, family: str, act: str) -> None:
    told = line.ask(f"best@{family}", plant.upstream.mark(act).text, path=PATHS[dialect])

    assert told.status == 502
    assert b"welcome" not in told.body
    outcome = plant.gateway.outcome(told.id)
    assert (outcome["code"], outcome["end"]) == ("bad_upstream", "upstream_error")


@every
@dialects
@pytest.mark.parametrize("act", ["garbage", "html", "reset", "cut"])
def test_a_stream_of_nonsense_or_half_a_stream_has_no_clean_end(
    plant: Plant, line: Line, dialect: str, family: str, act: str
) -> None:
    stream = line.begin(f"best@{family}", plant.upstream.mark(act).text, path=PATHS[dialect])

    body = rest(stream)

    assert stream.status in (200, 502)
    assert b"error" in body
    assert CLEAN[dialect] not in body.replace(b": ", b":") or (dialect == "openai" and b"[DONE]" not in body)
    assert plant.gateway.outcome(stream.headers["x-request-id"])["end"] == "upstream_error"


@every
@pytest.mark.parametrize("phase", ["head", "first", "mid"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_silence_has_an_end(plant: Plant, line: Line, family: str, phase: str, *, stream: bool) -> None:
    mark = plant.upstream.mark(phase)
    asked = time.monotonic()

    response = line.begin(f"hasty@{family}", mark.text, stream=stream)
    body = rest(response)

    assert time.monotonic() - asked < 1.5
    begun = stream and phase == "mid"
    assert response.status == (200 if begun else 504)
    assert b"upstream_timeout" in body
    assert b"[DONE]" not in body
    (got,) = plant.upstream.received(mark)
    assert got.closed.wait(2)
    outcome = plant.gateway.outcome(response.headers["x-request-id"])
    assert (outcome["code"], outcome["end"]) == ("upstream_timeout", "upstream_error")


@dialects
def test_an_upstream_that_is_not_there(plant: Plant, line: Line, dialect: str) -> None:
    told = line.ask("gone", "hi", path=PATHS[dialect])

    assert told.status == 502
    assert b"127.0.0.1" not in told.body
    assert plant.gateway.outcome(told.id)["code"] == "upstream_unreachable"


@every
def test_an_upstream_that_breaks_off_before_its_answer_is_followed_by_the_next(
    plant: Plant, line: Line, family: str
) -> None:
    second = "anthropic" if family == "gemini" else "gemini"
    mark = plant.upstream.mark(f".{family}=refuse", "chat")

    told = line.ask(f"fall@{family}@{second}", mark.text)

    assert told.status == 200
    assert mark.id.encode() in told.body
    attempts = plant.gateway.outcome(told.id)["attempts"]
    assert [(a["upstream"], a["status"]) for a in attempts] == [(family, 0), (second, 200)]
    assert attempts[0]["error"]


@every
def test_a_stream_that_begins_with_an_error_is_followed_by_the_next(plant: Plant, line: Line, family: str) -> None:
    second = "anthropic" if family == "gemini" else "gemini"
    mark = plant.upstream.mark(f".{family}=late", "chat")

    stream = line.begin(f"fall@{family}@{second}", mark.text)

    assert stream.status == 200
    body = rest(stream)
    assert mark.id.encode() in body
    assert b"upstream says no" not in body
    attempts = plant.gateway.outcome(stream.headers["x-request-id"])["attempts"]
    assert [a["upstream"] for a in attempts] == [family, second]


@pytest.mark.parametrize("family", ["openai", "anthropic"], ids=["verbatim", "translated"])
def test_a_client_that_does_not_read_holds_its_upstream_up_and_nobody_else(
    plant: Plant, line: Line, family: str
) -> None:
    mark = plant.upstream.mark("endless")
    stream = line.begin(f"best@{family}", mark.text)
    (got,) = plant.upstream.received(mark)
    before = memory(plant)

    def stands() -> bool:
        sent = got.sent
        time.sleep(0.1)  # what does not move in this time is held up
        return sent > 0 and got.sent == sent

    eventually(stands, 10)

    assert memory(plant) - before < 16 * 2**20
    assert Line(plant.gateway).ask("best@openai", plant.upstream.mark("chat").text).status == 200
    line.close()
    left = time.monotonic()
    assert got.closed.wait(5)
    assert got.closed_at - left < 0.25
    assert plant.gateway.outcome(stream.headers["x-request-id"])["end"] == "client_gone"


def memory(plant: Plant) -> int:
    """Resident bytes of the worker."""
    (worker,) = plant.gateway.writers()
    return int(Path(f"/proc/{worker}/statm").read_text().split()[1]) * 4096


def test_errors_in_the_middle_are_in_the_dialects_own_form(plant: Plant) -> None:
    for dialect, path in PATHS.items():
        body = rest(Line(plant.gateway).begin("best@gemini", plant.upstream.mark("cut").text, path=path))
        last = body.strip().split(b"\n")[-1].removeprefix(b"data: ")
        error = json.loads(last)
        assert {
            "openai": lambda e: e["error"]["code"] == "upstream_reset",
            "anthropic": lambda e: (e["type"], e["error"]["type"]) == ("error", "api_error"),
            "ollama": lambda e: list(e) == ["error"],
        }[dialect](error), (dialect, error)
