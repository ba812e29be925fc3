"""Remote guards are asked here: all at once, about all texts, each within its deadline.

What they said becomes an engine that only remembers: decisions are made where local ones are, by the same code. A guard
that gave no verdict is dealt with here, as its rule says, and it is written down.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from time import perf_counter

from lockgate.core.engine import Whole
from lockgate.core.finding import Shape
from lockgate.core.guard import Direction, Engine, Finding, Hole, Rule, Rules, Verdict
from lockgate.core.outlet import Outlet
from lockgate.core.problem import Kind, Problem
from lockgate.core.remote_guard import Detector, NoVerdict, Piece, RemoteRules
from lockgate.core.toil import Toil
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.parts import Part, placed, questions

log = logging.getLogger("lockgate.guards")

TOGETHER = 16
"""Questions of one request to one guard that are under way at once."""
MOST = 256
"""Questions of one request to one guard. What needs more is too long for it."""
CONTEXT = 200
"""Characters of a stream in front of a window that are asked about again."""
TAIL = 100
"""Characters at the end of a window that wait for the next one: what begins there may go on."""

Said = dict[str, Sequence[Finding]]
"""Findings by text."""


class Answers:
    """An engine of verdicts: it knows the texts that were asked about, and finds nothing in others."""

    before = CONTEXT
    dull: AbstractSet[str] = frozenset()
    followers: frozenset[int] = frozenset()
    readers: frozenset[int] = frozenset()
    brisk: frozenset[int] = frozenset()
    measures: frozenset[int] = frozenset()
    outlets: Mapping[int, Outlet] = {}

    def __init__(self, said: Mapping[int, Said]) -> None:
        self._said = said

    def look(
        self, text: str, guards: frozenset[int], at: int = 0, place: str = "", toil: Toil | None = None
    ) -> Mapping[int, Verdict]:
        found = {number: self._said[number].get(text, ()) for number in guards if number in self._said}
        return {number: each for number, each in found.items() if each}

    def read(self, texts: Sequence[Whole]) -> Sequence[Mapping[int, Verdict]]:
        return [self.look(text, guards) for text, _, guards in texts]

    def suspicious(self, wire: bytes, guards: frozenset[int]) -> bool:
        return any(any(said.values()) for said in self._said.values())

    def ahead(self, texts: Sequence[Whole]) -> Iterator[None]:
        return iter(())

    def stirring(self, guard: int, texts: Sequence[tuple[str, str]]) -> Sequence[int]:
        return ()

    def disguises(self, text: str) -> Sequence[Hole]:
        return ()

    def growing(self, text: str, guards: frozenset[int], at: int = 0) -> int:
        return min(TAIL, len(text))

    def bound(self, system: Sequence[str]) -> Engine:
        return self

    def measured(self, shape: Shape, guards: frozenset[int]) -> Mapping[int, Verdict]:
        return {}


async def ask(texts: Iterable[tuple[str, str]], remote: RemoteRules, ledger: Ledger, where: str = "") -> Rules:
    """The rules, with the verdicts on these texts, each with its place. Raises the `Problem` of the first rule that blocks
    because it could not decide.
    """
    wanted = _wanted(texts, remote)
    started = perf_counter()
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {
                number: group.create_task(_verdict(remote.detectors[number], pieces))
                for number, pieces in wanted.items()
            }
    finally:
        ledger.waited += perf_counter() - started
    results = {number: task.result() for number, task in tasks.items()}
    _undecided(remote, results, ledger, where or remote.rules.direction)
    said = {number: each for number, each in results.items() if not isinstance(each, str)}
    return Rules(remote.rules.rules, Answers(said), remote.rules.direction)


def _wanted(texts: Iterable[tuple[str, str]], remote: RemoteRules) -> dict[int, list[Piece]]:
    """What each guard is asked: every text once, however often and wherever it stands."""
    direction: Direction = remote.rules.direction
    wanted: dict[int, dict[str, Piece]] = {}
    for text, place in texts:
        if text.strip():
            for number in remote.rules.at(place)[1]:
                wanted.setdefault(number, {}).setdefault(text, Piece(text, place, direction))
    return {number: list(pieces.values()) for number, pieces in wanted.items()}


def _undecided(remote: RemoteRules, results: Mapping[int, Said | str], ledger: Ledger, where: str) -> None:
    stopped: Rule | None = None
    for rule in remote.rules.rules:
        reason = results.get(rule.guard)
        if not isinstance(reason, str):
            continue
        detector = remote.detectors[rule.guard]
        blocks = detector.on_error == "block" and rule.mode == "enforce"
        ledger.undecided(rule, f"guard_error:{detector.kind}:{reason}", where, blocks=blocks)
        stopped = stopped or (rule if blocks else None)
    if stopped is not None:
        raise Problem(Kind.BLOCKED, f"blocked: rule '{stopped.name}' could not decide", where=where, source="gateway")


async def _verdict(detector: Detector, pieces: Sequence[Piece]) -> Said | str:
    """Findings, or in one word why there are none to be had. Of a request, what was said a while ago is good still."""
    memory, now = detector.memory, time.monotonic()
    known: Said = {}
    for piece in pieces:
        if piece.direction == "request" and (found := memory.get(piece.text, piece.place, now)) is not None:
            known[piece.text] = found
    new = [piece for piece in pieces if piece.text not in known]
    if not new:
        return known
    said = await _fused(detector, new)
    if isinstance(said, str):
        return said
    for piece in new:
        if piece.direction == "request":
            memory.put(piece.text, piece.place, said[piece.text], time.monotonic())
    return known | said


async def _fused(detector: Detector, pieces: Sequence[Piece]) -> Said | str:
    """Who failed so often that it is not asked, is not asked."""
    fuse = detector.fuse
    asked = list(questions(pieces, detector.guard.capacity))
    if len(asked) > MOST:
        return "too_long"
    if not fuse.admits(time.monotonic()):
        return "circuit_open"
    outcome: Said | str | None = None
    try:
        outcome = await _in_time(detector, asked)
    finally:
        well = None if outcome is None else outcome == "withheld" or not isinstance(outcome, str)
        fuse.ended(time.monotonic(), well=well)
    return outcome


async def _in_time(detector: Detector, asked: Sequence[Sequence[Part]]) -> Said | str:
    turns = asyncio.Semaphore(TOGETHER)
    try:
        async with asyncio.timeout(detector.deadline), asyncio.TaskGroup() as group:
            tasks = [group.create_task(_asked(detector, parts, turns)) for parts in asked]
    except TimeoutError:
        return "timeout"
    said: dict[str, dict[Finding, None]] = {part.whole.text: {} for parts in asked for part in parts}
    for task in tasks:
        found = task.result()
        if isinstance(found, str):
            return found
        for text, finding in found:
            said[text][finding] = None
    return {text: sorted(found, key=_place) for text, found in said.items()}


async def _asked(
    detector: Detector, parts: Sequence[Part], turns: asyncio.Semaphore
) -> Sequence[tuple[str, Finding]] | str:
    try:
        async with turns:
            found = await detector.guard.find([part.piece for part in parts])
        if len(found) != len(parts):
            return "bad_answer"
        return [(part.whole.text, each) for part, own in zip(parts, found, strict=True) for each in placed(part, own)]
    except NoVerdict as error:
        return str(error)
    except Problem as problem:
        return _word(problem)
    except Exception as error:  # noqa: BLE001  whatever it is, it is no verdict
        # Not the traceback: a text may stand in it.
        log.error("the guard %s failed: %s", detector.kind, type(error).__name__)  # noqa: TRY400
        return "failed"


def _word(problem: Problem) -> str:
    if problem.kind is Kind.UPSTREAM_TIMEOUT:
        return "timeout"
    if problem.kind is Kind.BLOCKED:
        return "withheld"  # the text holds a secret of this gateway, and went nowhere
    return {Kind.UNREACHABLE: "unreachable", Kind.BAD_UPSTREAM: "bad_answer"}.get(problem.kind, problem.kind.code)


def _place(finding: Finding) -> tuple[int, int]:
    return finding.start, -finding.end
