"""S49: a document with more candidates than are looked at gets no verdict, and so goes nowhere; the work ends there."""

from collections.abc import Sequence
from time import process_time

import msgspec
import pytest

from lockgate.core.body import head
from lockgate.core.dialect import Dialect
from lockgate.core.guard import Action, Finding, Guard, Hit, Mode, Pattern, Rule, Rules
from lockgate.core.problem import Kind as ProblemKind
from lockgate.core.problem import Problem
from lockgate.core.registry import tables
from lockgate.core.toil import MOST, MOST_READ
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.kinds import Kind, Kinds
from lockgate.patterns.looking import Looking
from lockgate.pipeline.ledger import MOST_LOST, Ledger
from lockgate.pipeline.screen import NAMED, UNNAMED, screened
from tests.fakes import Script
from tests.unit.pipeline.gateway import ask, chat, claude_stream, openai_answer, openai_stream

OPENAI = tables("lockgate.dialects", Dialect)["openai_chat"]
CODES = [f"AB{number:06}" for number in range(MOST + 1)]
LARGE = 10_000_000
BIRDS = "bluebird " * (MOST + 1)


def codes(checked: list[str], most: int = MOST) -> Guard:
    def noting(text: str) -> bool:
        checked.append(text)
        return text.endswith("7")

    return Kinds([Kind("code", r"\bAB\d{6}\b", 0.9, noting)], most=most)


def words() -> Guard:
    return Kinds([Kind("word", r"\bblue\b", 0.9)])


def made(guards: Sequence[Guard]) -> Looking:
    return Looking(guards, streams=False)


def outcome(engine: Looking, rules: Sequence[Rule], texts: Sequence[str]) -> tuple[Problem | None, Ledger]:
    body = head(msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": text} for text in texts]}))
    own, ledger = Rules(rules, engine, "request"), Ledger("", 0, 0)
    try:
        screened(body, OPENAI, own, ledger)
    except Problem as problem:
        return problem, ledger
    return None, ledger


def rule(name: str = "codes", guard: int = 0, action: Action = "mask", mode: Mode = "enforce") -> Rule:
    return Rule(name, guard, action, mode=mode)


def notes(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(found.rule, found.label, found.action) for found in ledger.findings if found.label != "code"]


class Counted:
    """A guard, and how many hits it was given."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.patterns, self.reach, self.before = guard.patterns, guard.reach, guard.before
        self.given = 0

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        self.given += len(hits)
        return self._guard.confirm(text, hits)


def test_S49_a_large_body_made_of_candidates_is_refused_after_a_bounded_number_of_checks() -> None:
    guard = Counted(pii(entities=("email", "card", "phone")).build())
    engine = Looking([guard], streams=False)
    for text in ("u{}@ex.com ", "phone {:010} "):
        whole = "".join(map(text.format, range(LARGE // len(text.format(100_000)))))
        for texts in ([whole], [whole[at : at + 1000] for at in range(0, LARGE // 8, 1000)]):
            guard.given = 0

            problem, ledger = outcome(engine, [rule("privacy")], texts)

            assert problem is not None
            assert problem.kind is ProblemKind.BLOCKED
            assert guard.given <= 4 * MOST  # several kinds may end in one place
            assert ("privacy", "too_much", "error_blocked") in notes(ledger)


def test_S49_candidates_are_counted_over_all_texts() -> None:
    checked: list[str] = []
    texts = [" ".join(CODES[at : at + 20]) for at in range(0, len(CODES), 20)]

    problem, ledger = outcome(made([codes(checked)]), [rule()], texts)

    assert problem is not None
    assert "'codes'" in problem.detail
    assert "AB0" not in problem.detail
    assert len(checked) == MOST
    assert notes(ledger) == [("codes", "too_much", "error_blocked")]


def test_S49_as_many_as_are_looked_at_are_judged() -> None:
    checked: list[str] = []

    problem, ledger = outcome(made([codes(checked)]), [rule()], [" ".join(CODES[:MOST])])

    assert problem is None
    assert len(checked) == MOST
    assert notes(ledger) == []


@pytest.mark.parametrize(("action", "mode"), [("mask", "shadow"), ("block", "shadow"), ("flag", "enforce")])
def test_S49_what_decides_nothing_stops_nothing_and_says_once_that_it_could_not_tell(
    action: Action, mode: Mode
) -> None:
    checked: list[str] = []

    problem, ledger = outcome(
        made([codes(checked, most=3)]), [rule(action=action, mode=mode)], [" ".join(CODES[:4])] * 5
    )

    assert problem is None
    assert checked == []
    assert notes(ledger) == [("codes", "too_much", "error_allowed")]


def test_S49_one_guards_candidates_are_in_no_other_guards_way() -> None:
    shadow = rule(mode="shadow")
    texts = [" ".join(CODES), "a word"]

    assert outcome(made([codes([]), words()]), [shadow, rule("words", 1, "block")], texts)[0] is None
    problem, _ = outcome(made([codes([]), words()]), [shadow, rule("words", 1, "block")], [*texts, "is blue"])
    assert problem is not None
    assert problem.detail == "blocked by rule 'words'"


async def test_S49_an_answer_that_cannot_be_judged_is_filtered_as_the_dialect_says_it() -> None:
    _, body, notebook = await ask(Script(openai_answer(BIRDS)), chat("guarded"))

    assert b"bluebird" not in body
    assert notebook.outcome.end == "blocked"
    assert {(found.label, found.action) for found in notebook.outcome.findings} == {("too_much", "error_blocked")}


@pytest.mark.parametrize(("model", "answer"), [("guarded", openai_stream), ("guarded-cross", claude_stream)])
async def test_S49_a_stream_too_ends_in_the_words_of_the_dialect(model: str, answer: object) -> None:
    script = Script(answer("fine. ", BIRDS, " fly"))  # type: ignore[operator]

    _, body, notebook = await ask(script, chat(model, stream=True))

    assert b"bluebird" not in body
    assert b'"finish_reason":"content_filter"' in body
    assert notebook.outcome.end == "blocked"


async def test_S49_a_long_stream_is_judged_piece_by_piece() -> None:
    pieces = ["bluebird " * 1000] * (MOST // 1000 + 1)

    _, body, notebook = await ask(Script(openai_stream(*pieces)), chat("guarded", stream=True))

    assert body.endswith(b"data: [DONE]\n\n")
    assert body.count(b"[BLOCKLIST]") > MOST
    assert b"bluebird" not in body
    assert notebook.outcome.end == "complete"


class Reads:
    """Reads whole texts, and finds nothing in them."""

    patterns: Sequence[Pattern] = ()
    reach, before = 1, 0

    def __init__(self) -> None:
        self.texts = 0

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        return ()

    def read(self, text: str, place: str) -> Sequence[Finding]:
        self.texts += place == "user"
        return ()


@pytest.mark.parametrize(("size", "read"), [(MOST_READ, 1), (MOST_READ + 1, 0)])
def test_S49_what_is_too_long_to_be_read_has_no_verdict(size: int, read: int) -> None:
    guard = Reads()

    problem, ledger = outcome(made([guard]), [rule()], ["a" * size])

    assert guard.texts == read
    assert (problem is None) == bool(read)
    assert notes(ledger) == ([] if read else [("codes", "too_much", "error_blocked")])


@pytest.mark.parametrize("name", ["AB000007", "n" * (NAMED + 1)])
def test_a_field_that_is_no_name_is_not_written_down(name: str) -> None:
    body = head(msgspec.json.encode({"model": "m", "messages": [], name: ["AB000017"]}))
    own, ledger = Rules([rule(action="flag")], Looking([codes([])], streams=False), "request"), Ledger("", 0, 0)

    screened(body, OPENAI, own, ledger)

    assert {found.place for found in ledger.findings} <= {UNNAMED, ""}
    assert UNNAMED in {found.place for found in ledger.findings}


def test_S49_a_request_of_many_things_that_nobody_can_say_takes_no_longer_for_it() -> None:
    """A request of 4 MB has 300,000 of them, and held a worker for minutes."""
    ledger = Ledger("", 0, 0)
    ledger.lose(["idempotency-key"])
    before = process_time()

    ledger.lose([f"input.{number} (x)" for number in range(300_000)])

    assert process_time() - before < 3
    assert (len(ledger.lost), ledger.lost[:2]) == (MOST_LOST, ["idempotency-key", "input.0 (x)"])
    ledger.lose(["more"])
    assert len(ledger.lost) == MOST_LOST
