"""A gateway with everything it can have, the requests that are made of it, and what became of one."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from lockgate.core.access import Access
from lockgate.core.allowance import Limits, Tally
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.cache import CachePolicy
from lockgate.core.exchange import Route
from lockgate.core.guard import Rules
from lockgate.core.key_digest import Pepper
from lockgate.core.names import Names
from lockgate.core.retry import Hedge
from lockgate.core.sink import Record
from lockgate.pipeline.admit import Admission
from lockgate.pipeline.applies import Applies
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.local_limits import LocalLimits
from lockgate.pipeline.pace import LEAST, Paces
from lockgate.pipeline.question import Caching
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.retry_budget import RetryBudget, target
from lockgate.pipeline.serve import Gateway, serve
from lockgate.stores.answers import SealedAnswers
from lockgate.stores.repeats import SealedRepeats
from lockgate.stores.repeats.file import RepeatFile
from lockgate.tokens.keeper import Keeper, Terms
from lockgate.tokens.seal import Seal
from tests.contract.limits.twin import Memory, Time
from tests.fakes import Answered, Script, inbound
from tests.nth.ports import Calls, Counting, Flowing, Keeping, Knowing, Recording, Remembering, Upstreams
from tests.unit.pipeline.gateway import KEY, claude_stream, gateway, openai_answer, openai_stream, policies
from tests.unit.pipeline.kept import claude_answer
from tests.unit.pipeline.limited import CHEAP, DEAR, a_budget, a_limit
from tests.unit.pipeline.persistent import Rest
from tests.unit.pipeline.tokened import ENGINE, MAIL, TOKENIZE

Many = Callable[[], list[Answered]]
PATIENCE = 5
BROKEN = Answered(503, [b'{"error": {"message": "no"}}'])
TEXT = "hello there, world"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`ports` are those that it has to call, or it tests less than it says."""

    ports: tuple[str, ...]
    model: str = "both"
    text: str = "hi"
    stream: bool = False
    path: str = "/v1/chat/completions"
    openai: Many = lambda: [openai_answer(TEXT)]
    claude: Many = lambda: [claude_answer(TEXT)]
    before: int = 0
    """The same question was answered so many times already."""
    sends: int = 1
    """How often an upstream is asked, when nothing fails."""
    pause: float = 0.0
    """Seconds until the upstream begins to answer."""
    key: bytes = b""
    """An `Idempotency-Key`."""


ALWAYS = ("authenticate", "reserve", "audit", "send", "body")
SCENARIOS = {
    "whole": Scenario(ALWAYS),
    "stream": Scenario(ALWAYS, stream=True, openai=lambda: [openai_stream("hello ", "there, ", "world")]),
    "other dialect": Scenario(ALWAYS, "cross"),
    "stream of another dialect": Scenario(
        ALWAYS, "cross", stream=True, claude=lambda: [claude_stream("hello ", "there, ", "world")]
    ),
    "anthropic client": Scenario(
        ALWAYS, path="/v1/messages", stream=True, openai=lambda: [openai_stream("hello there, ", "world")]
    ),
    "fall-back": Scenario(ALWAYS, openai=lambda: [BROKEN], sends=2),
    "fall-back of a stream": Scenario(
        ALWAYS, stream=True, openai=lambda: [BROKEN], sends=2,
        claude=lambda: [claude_stream("hello ", "there, ", "world")],
    ),
    "tokens": Scenario((*ALWAYS, "tokens.read", "tokens.put"), "private", f"mail {MAIL}"),
    "tokens in a stream": Scenario(
        (*ALWAYS, "tokens.read", "tokens.put"), "private", f"mail {MAIL}", stream=True,
        openai=lambda: [openai_stream("hello ", "there, ", "world")],
    ),
    "signs of life": Scenario(
        ALWAYS, "patient", stream=True, openai=lambda: [openai_stream("hello ", "there, ", "world")], pause=0.005
    ),
    "signs of life and a fall-back": Scenario(
        ALWAYS, "patient", stream=True, openai=lambda: [BROKEN], sends=2,
        claude=lambda: [claude_stream("hello ", "there, ", "world")], pause=0.005,
    ),
    "hedged": Scenario(ALWAYS, "hedged", sends=2, pause=0.005),
    "hedged stream": Scenario(
        ALWAYS, "hedged", stream=True, sends=2, openai=lambda: [openai_stream("hello ", "there, ", "world")],
        claude=lambda: [claude_stream("hello ", "there, ", "world")], pause=0.005,
    ),
    "a key": Scenario(ALWAYS, key=b"one"),
    "a key that was answered": Scenario(("authenticate", "audit"), key=b"one", before=1, sends=0),
    "cache, cold": Scenario((*ALWAYS, "cache"), "kept"),
    "cache, warm": Scenario(("authenticate", "reserve", "audit", "cache"), "kept", before=1, sends=0),
}  # fmt: skip


@dataclass
class Run:
    """What became of a request. `cancelled`: the client left, and there is nobody who could have got anything. `cut`: the stream
    ended by an exception, with which the edge breaks the connection.
    """

    calls: Calls
    records: list[Record]
    memory: Memory
    tally: Tally
    bodies: list[Flowing]
    status: int = 0
    body: bytes = b""
    cancelled: bool = False
    cut: bool = False
    left: int = 0
    """Tasks that still run."""


async def run(scenario: Scenario, folder: Path, at: int = 0, mode: str = "") -> Run:
    """`folder` is for what is kept on disk, and new each time."""
    calls = Calls()
    made, notes, memory, upstreams = world(scenario, folder, calls)
    for _ in range(scenario.before):
        await _asked(made, scenario)
        notes.records.clear()
        upstreams.bodies.clear()
    calls.at, calls.mode = at, mode
    calls.seen.clear()
    assert made.admission is not None
    done = Run(calls, notes.records, memory, made.admission.tally, upstreams.bodies)
    task = asyncio.create_task(_asked(made, scenario))
    calls.leave = task.cancel
    try:
        done.status, done.body = await asyncio.wait_for(asyncio.shield(task), PATIENCE)
    except asyncio.CancelledError:
        done.cancelled = True
    except ArithmeticError:
        done.cut = True
    await asyncio.sleep(0)
    done.left = len(asyncio.all_tasks()) - 1
    return done


async def _asked(made: Gateway, scenario: Scenario) -> tuple[int, bytes]:
    """The body is closed whatever happens, as the edge does."""
    body: dict[str, Any] = {"model": scenario.model, "max_tokens": 50, "stream": scenario.stream, "temperature": 0}
    body["messages"] = [{"role": "user", "content": scenario.text}]
    named = ((b"idempotency-key", scenario.key),) if scenario.key else ()
    reply = await serve(made, inbound(scenario.path, msgspec.json.encode(body), KEY, *named))
    if isinstance(reply.body, bytes):
        return reply.status, reply.body
    try:
        return reply.status, b"".join([chunk async for chunk in reply.body])
    finally:
        await reply.body.aclose()  # type: ignore[attr-defined]


def world(scenario: Scenario, folder: Path, calls: Calls) -> tuple[Gateway, Recording, Memory, Upstreams]:
    notes, memory = Recording(calls), Memory(Time(), epoch=1)
    upstreams = Upstreams(calls, scenario.openai(), scenario.claude(), scenario.pause)
    request, response = Rules((TOKENIZE,), ENGINE, "request"), Rules((TOKENIZE,), ENGINE, "response")
    routes = {
        "both": Route("both", (CHEAP, DEAR)),
        "cross": Route("cross", (DEAR,)),
        "patient": Route("patient", (CHEAP, DEAR), ping=0.001),
        "hedged": Route("hedged", (CHEAP, DEAR), hedge=Hedge(95, 0.001)),
        "private": Route("private", (CHEAP,), request, response),
        "kept": Route("kept", (CHEAP,), cache=CachePolicy(60, "team")),
    }
    limits = Limits.of((a_budget(1000), a_limit("concurrency", 5, None), a_limit("tokens", 100_000)))
    terms = Terms(1000, (), Names(("*",)))
    keeper = Keeper(Remembering(calls), (Seal(b"n" * 32, secrets.token_bytes),), lambda: 1_767_225_600.0, terms)
    paces = Paces()
    for _ in range(LEAST):
        paces.note(target(CHEAP), 0.001)
    flights = None
    if scenario.key:
        folder.mkdir()
        flights = Flights(SealedRepeats(RepeatFile(folder), Pepper(b"p" * 32)))
    made = replace(
        gateway(Script(), notes),
        transport=upstreams,
        entrance=Entrance((Knowing(calls, {b"lg-good": Caller("key_1", "shop")}),)),
        policies=policies(routes, shop=Access(models=("*",))),
        books=Books(notes),
        admission=Admission(Applies(limits), Counting(calls, memory), LocalLimits(1, memory.time), Tally()),
        caching=Caching(SealedAnswers(Keeping(calls), Pepper(b"p" * 32)), "one"),
        tokens=keeper,
        effort=Effort(RetryBudget(), lambda: 0.5, Rest(), paces),
        flights=flights,
    )
    return made, notes, memory, upstreams
