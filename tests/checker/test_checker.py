"""A checker that cannot fail is worth nothing: every invariant is broken here once in each way, and found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.checker.histories import Asked, Budget, Histories, Rate, Reading
from tests.checker.invariants import INVARIANTS, broken

MINE, OTHERS = "nx0123456789ab", "nxba9876543210"
WHOLE = Asked("one", MINE, "openai", status=200, body=b'{"text": "%b"}' % MINE.encode())
SSE = b'data: {"text": "%b"}\n\n' % MINE.encode()
STREAMS = {
    "openai": (b"data: [DONE]\n\n", b'data: {"error": {}}\n\n'),
    "anthropic": (b"event: message_stop\ndata: {}\n\n", b"event: error\ndata: {}\n\n"),
    "gemini": (b'data: {"candidates": [{"finishReason": "STOP"}]}\n\n', b'data: {"error": {}}\n\n'),
    "ollama": (b'{"done":true}\n', b'{"error":"no"}\n'),
}
REFUSED = Asked("no", MINE, "openai", status=429, body=b'{"error": {}}')
ENTRY = {"request_id": "one", "at": 1000.5, "status": 200, "input": 3, "output": 5, "ended": "whole"}
AT = "1970-01-01T00:16:40.100000Z"
INTENT = {"kind": "intent", "request_id": "one", "ts": AT, "team": "rich"}
OUTCOME: dict[str, Any] = {
    "kind": "outcome", "request_id": "one", "ts": AT, "team": "rich", "status": 200, "code": "", "end": "complete",
    "estimated": False, "usage": {"input": 3, "output": 5}, "charges": [["c", [], 70]],
    "attempts": [{"upstream": "fine", "status": 200, "error": ""}],
}  # fmt: skip
NO = {
    **OUTCOME, "request_id": "no", "status": 429, "code": "rate_limit_exceeded", "end": "refused", "usage": None,
    "attempts": [], "charges": [],
}  # fmt: skip
SOUND = Histories(
    clients=[WHOLE, REFUSED],
    upstream=[ENTRY],
    audit=[INTENT, OUTCOME, NO],
    budgets={"rich": Budget(70, 0, 100)},
    artefacts={"log": b"nothing of it"},
    canaries=["sk-canary-1"],
    before=Reading({}, 20, 8),
    after=Reading({"open": 0.0}, 22, 8),
    memory=[100_000] * 40,
    codes=frozenset(("rate_limit_exceeded",)),
)


def with_client(asked: Asked) -> Histories:
    """A request of its own that is in the log, whatever its client saw."""
    line = {**OUTCOME, "request_id": asked.id, "attempts": [], "charges": []}
    return replace(SOUND, clients=[*SOUND.clients, asked], audit=[*SOUND.audit, line])


def with_outcome(**changed: Any) -> Histories:
    return replace(SOUND, audit=[INTENT, {**OUTCOME, **changed}, NO])


def streamed(dialect: str, *ends: bytes) -> Histories:
    return with_client(Asked("two", MINE, dialect, stream=True, status=200, body=SSE + b"".join(ends)))


def rushed(number: int) -> Histories:
    """So many at once, where three in a second are allowed to two workers."""
    intents = [{**INTENT, "request_id": "one"}] * number
    return replace(SOUND, audit=[*intents, OUTCOME, NO], rates={"rich": Rate(3, 1.0, 2)})


PLANTED: list[tuple[str, str, Callable[[], Histories]]] = [
    ("I1", "another's words", lambda: with_client(replace(WHOLE, id="two", body=WHOLE.body + OTHERS.encode()))),
    ("I1", "of nobody known, after leaving", lambda: with_client(Asked("two", MINE, "openai", left=True, body=OTHERS.encode()))),
    ("I1", "not its own", lambda: with_client(replace(WHOLE, id="two", body=b'{"text": "hello"}'))),
    ("I2", "no intent", lambda: replace(SOUND, audit=[OUTCOME, NO])),
    ("I2", "late", lambda: replace(SOUND, upstream=[{**ENTRY, "at": 1000.05}])),
    ("outcomes", "none", lambda: replace(SOUND, audit=[INTENT, NO], budgets={}, clients=[REFUSED])),
    ("outcomes", "two", lambda: replace(SOUND, audit=[INTENT, OUTCOME, OUTCOME, NO], budgets={})),
    ("I3", "too little", lambda: with_outcome(usage={"input": 3, "output": 4})),
    ("I3", "nothing", lambda: with_outcome(usage=None)),
    ("I3", "cancelled and not flagged", lambda: with_outcome(end="client_gone", usage={"input": 3, "output": 1})),
    ("I3", "the store has less", lambda: replace(SOUND, budgets={"rich": Budget(69, 0, 100)})),
    ("I3", "still held", lambda: replace(SOUND, budgets={"rich": Budget(70, 1, 100)})),
    ("I4", "exceeded", lambda: replace(SOUND, budgets={"rich": Budget(70, 0, 69)})),
    ("I5", "too many", lambda: rushed(6)),
    ("I6", "not whole", lambda: replace(SOUND, verified="bad: line 3")),
    ("I7", "in a file", lambda: replace(SOUND, artefacts={"log": b"x sk-canary-1 x"})),
    ("I7", "in an answer", lambda: with_client(replace(WHOLE, id="two", body=b'{"a": "sk-canary-1 %b"}' % MINE.encode()))),
    *(("I8", f"{name} without an end", lambda name=name: streamed(name)) for name in STREAMS),  # type: ignore[misc]
    *(("I8", f"{name} with both", lambda name=name: streamed(name, *STREAMS[name])) for name in STREAMS),  # type: ignore[misc]
    ("I8", "half a document", lambda: with_client(replace(WHOLE, id="two", body=WHOLE.body[:-3] + MINE.encode()))),
    ("I8", "no answer", lambda: with_client(Asked("two", MINE, "openai"))),
    ("I10", "a gauge", lambda: replace(SOUND, after=Reading({"open": 1.0}, 20, 8))),
    ("I10", "files", lambda: replace(SOUND, after=Reading({}, 60, 8))),
    ("I10", "threads", lambda: replace(SOUND, after=Reading({}, 20, 800))),
    ("I10", "memory", lambda: replace(SOUND, memory=[100_000 + 1000 * number for number in range(40)])),
    ("I11", "a storm", lambda: replace(SOUND, upstream=[ENTRY] * 5)),
    ("I12", "a code of its own", lambda: replace(SOUND, codes=frozenset())),
    ("I12", "another status", lambda: replace(SOUND, clients=[WHOLE, replace(REFUSED, status=503)])),
    ("I12", "not in the log", lambda: replace(SOUND, audit=[INTENT, OUTCOME])),
]  # fmt: skip


def test_a_sound_run_is_sound() -> None:
    assert broken(SOUND) == {}


@pytest.mark.parametrize("dialect", STREAMS)
@pytest.mark.parametrize("end", [0, 1], ids=["whole", "error"])
def test_a_stream_that_ended_once_is_sound(dialect: str, end: int) -> None:
    assert broken(streamed(dialect, STREAMS[dialect][end])) == {}


def test_as_many_as_the_limit_says_are_sound() -> None:
    assert broken(rushed(5)) == {}


def test_an_estimate_that_says_so_is_sound() -> None:
    assert broken(with_outcome(estimated=True, end="client_gone", usage={"input": 3, "output": 1})) == {}


def test_an_attempt_that_was_saved_elsewhere_is_no_storm() -> None:
    attempts = [{"upstream": "dead", "status": 500, "error": ""}, {"upstream": "fine", "status": 200, "error": ""}]
    assert broken(replace(with_outcome(attempts=attempts), upstream=[ENTRY] * 5)) == {}


@pytest.mark.parametrize(("name", "way", "planted"), PLANTED, ids=[f"{name} {way}" for name, way, _ in PLANTED])
def test_a_planted_violation_is_found(name: str, way: str, planted: Callable[[], Histories]) -> None:
    assert name in broken(planted()), way


def test_every_invariant_was_broken_once() -> None:
    assert {name for name, _, _ in PLANTED} == set(INVARIANTS)
