"""Health checks: what is asked, what counts as well, how many answers in a row decide, and what a reload changes."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from lockgate.app.health_checks import Check, HealthChecks, checks
from lockgate.app.settings.health import CheckSettings
from lockgate.core.http import Arrival, Outbound
from lockgate.core.problem import Kind, Problem
from lockgate.core.secret import Secret
from lockgate.providers import anthropic
from tests.balancing import Bench, upstreams
from tests.fakes import Coming

REFUSED = Problem(Kind.UNREACHABLE, "refused", source="upstream")
FAST = CheckSettings(path="/models", interval="1ms", unhealthy=3, healthy=2)


class Story:
    """A transport that answers with these statuses, one after the other, and then tells that it is at its end."""

    def __init__(self, *answers: int | Problem) -> None:
        self._answers = list(answers)
        self.sent: list[Outbound] = []
        self.over = asyncio.Event()

    def go_on(self, *answers: int | Problem) -> None:
        self._answers = list(answers)
        self.over.clear()

    async def send(self, outbound: Outbound) -> Arrival:
        if not self._answers:
            self.over.set()
            await asyncio.Event().wait()
        self.sent.append(outbound)
        answer = self._answers.pop(0)
        if isinstance(answer, Problem):
            raise answer
        return Arrival(answer, (), Coming([b"{}"]))


async def told(story: Story, settings: CheckSettings = FAST) -> tuple[Bench, HealthChecks]:
    bench = Bench(2)
    running = HealthChecks(bench.tables[0], story)
    running.use(checks(bench.targets[:1], {"u0": settings}))
    await until(story.over.wait, running.run)
    return bench, running


async def until(over: Callable[[], Coroutine[Any, Any, Any]], run: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    task = asyncio.ensure_future(run())
    async with asyncio.timeout(5):
        await over()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def words(bench: Bench) -> list[str]:
    return [shown.word for shown in bench.tables[0].shown()]


@pytest.mark.parametrize(
    ("story", "word"),
    [
        ((200, 200), "well"),
        ((REFUSED, REFUSED), "well"),
        ((REFUSED, REFUSED, REFUSED), "down"),
        ((500, 401, 404), "down"),
        ((500, 500, 200, 500, 500), "well"),
        ((500, 500, 500, 200), "down"),
        ((500, 500, 500, 200, 204), "well"),
        ((429, 429, 429, 429), "well"),
    ],
)
async def test_so_many_in_a_row_decide(story: tuple[int | Problem, ...], word: str) -> None:
    bench, _ = await told(Story(*story))

    assert words(bench) == [word, "well"]


async def test_without_a_path_any_answer_is_well() -> None:
    bench, _ = await told(Story(500, 404, 401, 503), CheckSettings(interval="1ms"))

    assert words(bench) == ["well", "well"]


async def test_a_check_that_is_gone_takes_its_word_with_it() -> None:
    bench, running = await told(Story(500, 500, 500))
    assert words(bench) == ["down", "well"]

    running.use([])

    assert words(bench) == ["well", "well"]


async def test_what_was_counted_stands_when_a_secret_is_renewed() -> None:
    bench, story = Bench(2), Story(500, 500)
    running = HealthChecks(bench.tables[0], story)
    running.use(checks(bench.targets[:1], {"u0": FAST}))
    await until(story.over.wait, running.run)
    assert words(bench) == ["well", "well"]

    renewed = replace(bench.targets[0], provider=anthropic.plugin, credential=Secret("sk-2"))
    running.use(checks([renewed], {"u0": FAST}))
    story.go_on(500)
    await until(story.over.wait, running.run)

    assert words(bench) == ["down", "well"]


async def test_other_checks_begin_while_it_runs() -> None:
    story, bench = Story(200, 200), Bench(2)
    running = HealthChecks(bench.tables[0], story)

    async def change() -> None:
        await asyncio.sleep(0)
        assert not story.sent
        running.use(checks(bench.targets, {"u0": FAST}))
        await story.over.wait()

    await until(change, running.run)

    assert [outbound.target for outbound in story.sent] == ["/v1/models"] * 2


def test_one_question_for_each_credential_and_none_for_those_that_want_none() -> None:
    one, other, third = upstreams(1, 1, 1, names=("a", "a", "b"))
    key, second = Secret("sk-1"), Secret("sk-2")
    claude = replace(one, provider=anthropic.plugin, credential=key)

    found = checks(
        [claude, replace(claude, place=7), replace(other, provider=anthropic.plugin, credential=second), third],
        {"a": FAST},
    )

    assert [each.places for each in found] == [(0, 7), (1,)]
    assert dict(found[0].outbound.headers)[b"x-api-key"] == b"sk-1"
    assert (found[0].outbound.method, found[0].outbound.target) == ("GET", "/v1/models")
    plain = checks([claude], {"a": CheckSettings()})[0]
    assert (plain.outbound.target, plain.outbound.headers) == ("/", ())
    assert isinstance(plain, Check)
