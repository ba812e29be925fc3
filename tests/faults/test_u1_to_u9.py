"""U1 to U9: upstreams that are not there, silent, break off, refuse, or drip."""

import time

import pytest

from tests.e2e.process import eventually, request
from tests.faults.rig import Rig, broken, errors, well

DRIPS = 30
"""Seconds: the answer would take minutes, byte by byte; the time-outs are of tenths, and the machine may be busy."""

streams = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
dialects = pytest.mark.parametrize("dialect", ["openai", "anthropic", "ollama"])
families = pytest.mark.parametrize("family", ["openai", "anthropic", "gemini", "ollama"])


@streams
def test_U1_refused(upstreams: Rig, *, stream: bool) -> None:
    alone = upstreams.ask("refused", stream=stream)
    told = upstreams.ask("refused+", stream=stream)

    assert (alone.status, errors(alone)) == (502, "upstream_unreachable")
    assert well(told, "openai", stream=stream)
    assert upstreams.attempts(told) == [("refused", 0, "upstream_unreachable"), ("well-anthropic", 200, "")]


def test_U2_a_black_hole(upstreams: Rig) -> None:
    begun = time.monotonic()
    told = upstreams.ask("hole+")
    alone = upstreams.ask("hole")

    assert well(told, "openai")
    assert (alone.status, errors(alone)) == (504, "upstream_timeout")
    assert time.monotonic() - begun < 2


@streams
@families
def test_U3_silence(upstreams: Rig, family: str, *, stream: bool) -> None:
    told = upstreams.ask(f"u3-hang@{family}+", stream=stream)

    assert well(told, "openai", stream=stream)
    first, second = upstreams.attempts(told)
    assert (first[2], second[1]) == ("upstream_timeout", 200)
    assert [each["ended"] for each in upstreams.seen(told)] == ["client_gone", "whole"]


@dialects
def test_U3_silence_and_nobody_else(upstreams: Rig, dialect: str) -> None:
    told = upstreams.ask("u3-hang@openai", dialect=dialect)

    assert told.status == 504
    assert upstreams.gateway.outcome(told.id)["code"] == "upstream_timeout"


@dialects
@families
def test_U4_silence_in_the_middle(upstreams: Rig, family: str, dialect: str) -> None:
    told = upstreams.ask(f"u4-hang@{family}+", stream=True, dialect=dialect)

    assert broken(told, dialect)
    outcome = upstreams.gateway.outcome(told.id)
    assert (outcome["code"], outcome["end"], len(outcome["attempts"])) == ("upstream_timeout", "upstream_error", 1)
    assert sum(outcome["usage"].values()) > 0  # what came was paid for
    assert upstreams.seen(told)[0]["ended"] == "client_gone"


@dialects
@pytest.mark.parametrize("fault", ["u5-rst", "u5-fin", "u5-fin-clean"])
def test_U5_I8_a_break_in_the_middle_is_told_and_never_hidden(upstreams: Rig, fault: str, dialect: str) -> None:
    told = upstreams.ask(f"{fault}@openai+", stream=True, dialect=dialect)

    assert broken(told, dialect)
    outcome = upstreams.gateway.outcome(told.id)
    assert outcome["code"] == ("bad_upstream" if fault == "u5-fin-clean" else "upstream_reset")
    assert len(outcome["attempts"]) == 1


@families
@pytest.mark.parametrize("fault", ["u5-rst", "u5-fin"])
def test_U5_a_whole_answer_that_broke_off_comes_from_the_next(upstreams: Rig, fault: str, family: str) -> None:
    told = upstreams.ask(f"{fault}@{family}+")

    assert well(told, "openai")
    assert [each[1:] for each in upstreams.attempts(told)] == [(0, "upstream_reset"), (200, "")]


@streams
@pytest.mark.parametrize("fault", ["u5-rst-early", "u5-fin-early"])
def test_U5_a_break_before_the_answer(upstreams: Rig, fault: str, *, stream: bool) -> None:
    told = upstreams.ask(f"{fault}@openai+", stream=stream)

    assert well(told, "openai", stream=stream)
    assert upstreams.attempts(told)[0][2] == "upstream_unreachable"


@pytest.mark.parametrize(
    ("fault", "least", "most"), [("u6-ms-50", 0.1, 0.6), ("u6-negative", 0, 2), ("u6-garbage", 0, 2), ("u7-429", 0, 2)]
)
def test_U6_U7_a_limit_is_waited_for(upstreams: Rig, fault: str, least: float, most: float) -> None:
    assert all(well(upstreams.ask("limited"), "openai") for _ in range(10))  # two more attempts are saved up
    upstreams.upstream.play(fault, "limited", 2)
    begun = time.monotonic()

    told = upstreams.ask("limited")

    assert well(told, "openai")
    assert least <= time.monotonic() - begun < most
    assert [each[1] for each in upstreams.attempts(told)] == [429, 429, 200]


@pytest.mark.parametrize("fault", ["u6-seconds-1", "u6-date-30", "u6-huge", "u7-429"])
def test_U6_another_provider_is_asked_at_once(upstreams: Rig, fault: str) -> None:
    begun = time.monotonic()

    told = upstreams.ask(f"{fault}@openai+")

    assert well(told, "openai")
    assert time.monotonic() - begun < 1


@dialects
def test_U6_when_all_are_cold_the_client_is_told_when_to_come_back(upstreams: Rig, dialect: str) -> None:
    told = upstreams.ask("cold", dialect=dialect)

    assert told.status == 429
    assert told.headers["retry-after"] == "30"
    assert {each[1] for each in upstreams.attempts(told)} == {429}


@streams
@pytest.mark.parametrize("status", ["500", "502", "503", "529"])
def test_U8_errors(upstreams: Rig, status: str, *, stream: bool) -> None:
    told = upstreams.ask(f"u8-{status}@openai+", stream=stream)

    assert well(told, "openai", stream=stream)
    assert [each[1] for each in upstreams.attempts(told)] == [int(status), 200]


@families
def test_U8_a_stream_that_begins_with_an_error(upstreams: Rig, family: str) -> None:
    told = upstreams.ask(f"late-error@{family}+", stream=True)

    assert well(told, "openai", stream=True)


@streams
@dialects
def test_U9_a_drip_is_no_progress(upstreams: Rig, dialect: str, *, stream: bool) -> None:
    begun = time.monotonic()

    told = upstreams.ask("u9-drip@openai", stream=stream, dialect=dialect)

    assert told.status == 504
    assert time.monotonic() - begun < DRIPS
    assert upstreams.gateway.outcome(told.id)["code"] == "upstream_timeout"


def test_U3_a_client_has_less_time(upstreams: Rig) -> None:
    begun = time.monotonic()

    told = upstreams.ask("u3-hang@openai", headers={"x-request-timeout": "0.2"})

    assert (told.status, errors(told)) == (504, "upstream_timeout")
    assert 0.15 < time.monotonic() - begun < 0.39


@pytest.mark.parametrize(("model", "second"), [("too-long", "well-anthropic"), ("unliked", "well-gemini")])
def test_a_refusal_that_another_model_does_not_share(upstreams: Rig, model: str, second: str) -> None:
    told = upstreams.ask(model)

    assert well(told, "openai")
    assert [each[0] for each in upstreams.attempts(told)] == ["well-openai", second]


def test_S80_an_outage_is_not_made_worse(upstreams: Rig) -> None:
    upstreams.upstream.play("u8-500", "limited")
    told = [upstreams.ask("limited", headers={"x-request-timeout": "2"}) for _ in range(10)]
    upstreams.upstream.play("", "limited")

    assert {each.status for each in told} == {500}
    assert sum(len(upstreams.attempts(each)) for each in told) <= 1.2 * 10 + 3 + 2  # two were saved by other tests


def test_I10_nothing_is_left_open(upstreams: Rig) -> None:
    """Idle connections of the pool may be; none that is being answered, and no request without an outcome."""
    told = upstreams.ask("u3-hang@openai")
    eventually(lambda: all(each["ended"] for each in upstreams.upstream.seen("")))
    intents = {line["request_id"] for line in upstreams.gateway.lines() if line["kind"] == "intent"}
    outcomes = {line["request_id"] for line in upstreams.gateway.lines() if line["kind"] == "outcome"}

    assert told.id in intents
    assert intents <= outcomes
    open_ones = request(upstreams.upstream.control, "GET", "/open").json["connections"]
    assert open_ones < 64
