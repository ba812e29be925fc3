"""The own tests of the guard against payloads."""

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.events import ToolDelta
from lockgate.core.guard import Failed, Rule, Rules
from lockgate.guards.code import plugin
from lockgate.guards.code.cases import BENIGN, CASES, QUESTIONS
from lockgate.patterns.looking import Looking
from lockgate.patterns.plain import find
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger
from tests.automata import CACHE

ONE = frozenset((0,))
ENGINE = Looking([plugin().build()], CACHE)
MEDIUM = Looking([plugin(severity="medium").build()], CACHE)
RULES = Rules([Rule("r", 0, "mask", frozenset(("tool_arguments",)))], ENGINE, "response")


def labels(text: str, engine: Looking = ENGINE) -> set[str]:
    verdict = engine.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return {finding.label for finding in verdict}


@pytest.mark.parametrize(("kind", "text"), CASES, ids=range(len(CASES)))
def test_a_payload_is_found_also_in_the_json_of_arguments(kind: str, text: str) -> None:
    assert f"code_{kind}" in labels(text)
    assert f"code_{kind}" in labels(msgspec.json.encode({"arg": text}).decode())


@pytest.mark.parametrize("text", [*BENIGN, *QUESTIONS], ids=range(len(BENIGN) + len(QUESTIONS)))
def test_ordinary_work_and_ordinary_questions_are_left_alone(text: str) -> None:
    assert not labels(text)
    assert not labels(msgspec.json.encode({"command": text, "cwd": "/home/ann"}).decode())


@pytest.mark.parametrize(
    "text",
    [
        "a; whoami",
        "x | id",
        "cat /etc/passwd",
        "SELECT * FROM information_schema.tables",
        "../../../../../x",
        "{{ config }}",
        "subprocess.run(['ls'])",
    ],
)
def test_what_has_some_use_is_only_found_when_asked_for(text: str) -> None:
    assert labels(text, MEDIUM)
    assert not labels(text)


def test_what_is_not_asked_for_is_not_found_and_what_is_allowed_neither() -> None:
    engine = Looking([plugin(find=("path",), allow=("/proc/self/environ",)).build()], CACHE)

    assert not labels("rm -rf /", engine)
    assert not labels("/proc/self/environ", engine)
    assert labels("/etc/shadow", engine)


def test_refuses_nonsense_before_traffic() -> None:
    with pytest.raises(ValueError, match="`find`"):
        plugin(find=()).build()


@pytest.mark.parametrize(("kind", "text"), CASES, ids=range(len(CASES)))
def test_S62_cut_anywhere_it_is_the_same(kind: str, text: str) -> None:
    whole = msgspec.json.encode({"arg": f"a {text}"}).decode()
    expected = masked(whole)
    assert expected != whole

    for cut in range(0, len(whole), 3):
        assert streamed([whole[:cut], whole[cut:]]) == expected, cut
    assert streamed(list(whole)) == expected


def masked(text: str) -> str:
    return filled(text, decided(Text(text, "tool_arguments", ""), ENGINE.look(text, ONE), RULES, Ledger("", 0, 0)))


def streamed(pieces: list[str]) -> str:
    hold = Holdback(RULES, Ledger("", 0, 0))
    out = [event for piece in pieces for release in hold.feed(None, [ToolDelta(0, piece)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    return "".join(event.arguments for event in out if isinstance(event, ToolDelta))


SOME = st.sampled_from(
    [
        "rm ",
        "-rf ",
        "/",
        "~ ",
        "../",
        "etc/",
        "' ",
        "or ",
        "1",
        "=",
        "--",
        "{{",
        "7*7",
        "}}",
        "; ",
        "curl ",
        "| ",
        "sh ",
        "drop table x",
        "x",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(SOME, max_size=20))
def test_S62_any_cutting_shows_the_same(pieces: list[str]) -> None:
    assert streamed(['{"a": "', *pieces]) == masked('{"a": "' + "".join(pieces))


@settings(deadline=None, max_examples=100)
@given(st.lists(SOME, max_size=12).map("".join))
def test_the_engine_finds_what_its_plain_twin_finds(text: str) -> None:
    verdict = ENGINE.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)

    assert list(verdict) == list(find(plugin().build(), text))


@pytest.mark.parametrize(
    "text", ["../" * 33_000, "curl " * 20_000, "' or " * 20_000, "{{" * 50_000, "rm -rf " * 14_000, "a" * 100_000]
)
def test_S49_no_text_makes_it_slow(text: str) -> None:
    started = time.process_time()
    ENGINE.look(text, ONE)

    assert time.process_time() - started < 1.0
