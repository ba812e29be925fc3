"""Faults of an upstream that is asked in the Responses API: what can be read is read and marked, what broke is told."""

import re
from collections.abc import Iterator

import pytest

from tests.faults.rig import KINDS, RESPONSES, Rig, broken, rig, well

READ = [
    "bare-cr",
    "bytewise",
    "no-space",
    "comments",
    "twice-begun",
    "twice-ended",
    "empty-frames",
    "bom",
    "usage-null",
]
BREAKS = ["u10-no-blank", "u4-hang", "u5-rst", "u5-fin", "u5-fin-clean", "u10-html"]
STATUSES = ["u8-503", "u8-529", "u3-hang", "u5-rst-early"]
FAULTS = dict.fromkeys(["ok", *(f"u10-{name}" for name in READ), *BREAKS, *STATUSES, "u14-whole", "u10-garbage"], "")
_ID = re.compile(rb'"(?:item_)?id":"((?:resp|msg)_demo[^"]*)"')
_MARKED = re.compile(rb"(?:resp|msg)_demo[0-9]+_lg[A-Za-z0-9._]{36}")


@pytest.fixture(scope="module")
def upstreams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(
        tmp_path_factory.mktemp("responses"),
        FAULTS,
        kinds={"anthropic": KINDS["anthropic"], "openai": KINDS["openai"], **RESPONSES},
    ) as running:
        yield running


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_it_is_well(upstreams: Rig, *, stream: bool) -> None:
    told = upstreams.ask("ok@responses", stream=stream, dialect="responses")

    assert well(told, "responses", stream=stream)
    ids = _ID.findall(told.body)
    assert len(ids) > (10 if stream else 1)
    assert all(_MARKED.fullmatch(id_) for id_ in ids)
    outcome = upstreams.gateway.outcome(told.id)
    assert outcome["usage"]["output"] > 0
    assert not outcome.get("lost")


@pytest.mark.parametrize("fault", READ)
def test_U10_frames_that_can_be_read_are_read_and_marked(upstreams: Rig, fault: str) -> None:
    told = upstreams.ask(f"u10-{fault}@responses", stream=True, dialect="responses")

    assert well(told, "responses", stream=True)
    assert all(_MARKED.fullmatch(id_) for id_ in _ID.findall(told.body))


def test_U10_what_is_no_json_goes_through_as_it_came(upstreams: Rig) -> None:
    assert well(upstreams.ask("u10-garbage@responses", stream=True, dialect="responses"), "responses", stream=True)


@pytest.mark.parametrize("fault", ["u4-hang", "u5-rst", "u5-fin", "u5-fin-clean", "u10-no-blank"])
def test_U4_U5_I8_a_break_in_the_middle_is_told_and_never_hidden(upstreams: Rig, fault: str) -> None:
    assert broken(upstreams.ask(f"{fault}@responses+", stream=True, dialect="responses"), "responses")


@pytest.mark.parametrize("fault", ["u10-html", *STATUSES])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_before_the_first_byte_the_next_one_answers(upstreams: Rig, fault: str, *, stream: bool) -> None:
    """It is asked in Chat Completions: its answer is translated, and nothing of it is marked."""
    told = upstreams.ask(f"{fault}@responses+", stream=stream, dialect="responses")

    assert well(told, "responses", stream=stream)
    assert b"_lg" not in told.body


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_U14_a_whole_answer_to_who_wanted_a_stream(upstreams: Rig, *, stream: bool) -> None:
    told = upstreams.ask("u14-whole@responses", stream=stream, dialect="responses")

    assert well(told, "responses", stream=stream)
    assert b"resp_demo" in told.body
    assert all(_MARKED.fullmatch(id_) for id_ in _ID.findall(told.body) if id_.startswith(b"resp_"))
