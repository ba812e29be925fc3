"""A gateway whose one model has as many targets as a test wants, and which never really sleeps."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.http import Reply
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import RETRY, Retry
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.retry_budget import RetryBudget
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import CLAUDE, KEY, OPENAI, chat, gateway, policies, whole

REFUSED = Problem(Kind.UNREACHABLE, "refused", source="upstream")
SLOW = Problem(Kind.UPSTREAM_TIMEOUT, "too slow", source="upstream")
LONG = Answered(400, [b'{"error": {"message": "no", "code": "context_length_exceeded"}}'])
FILTERED = Answered(400, [b'{"error": {"message": "no", "code": "content_filter"}}'])


def written(kind: Kind) -> Problem:
    problem = Problem(kind, "broke", source="upstream")
    problem.written = True
    return problem


class Rest:
    """A sleep that only remembers."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def ask(
    *answers: Answered | BaseException,
    retry: Retry = RETRY,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    targets: int = 1,
    path: str = "/v1/chat/completions",
    budget: RetryBudget | None = None,
    **more: Any,
) -> tuple[Reply, bytes, Notebook, Script, Rest]:
    script, notebook, rest = Script(*answers), Notebook(), Rest()
    made = gateway(script, notebook)
    route = Route("fast", (OPENAI, CLAUDE)[:targets], retry=retry)
    made = replace(
        made,
        policies=policies({"fast": route}, shop=Access(models=("fast",))),
        effort=Effort(budget or RetryBudget(), lambda: 0.5, rest),
    )
    body = msgspec.json.encode(chat("fast", **more))
    reply = await serve(made, inbound(path, body, KEY, *headers))
    return reply, await whole(reply), notebook, script, rest
