"""µs per phase of the pipeline without sockets: each function called directly, many times, the best of a few rounds.

A phase is a name, an aim, and a function that makes the call to be timed. It imports what it needs itself, so that a phase whose code is not there is reported and the others are measured.
Add one by adding a line to `PHASES`.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from bench import bodies
from bench.table import Row
from lockgate.core.body import head, parse
from lockgate.core.dialect import Ask, Dialect, Target

ROUNDS = 5
Step = Callable[[], object]
_ASK = Ask("bench", stream=True, request_id="bench", created=1)


@dataclass(frozen=True, slots=True)
class Phase:
    """`prepare` gives the step to time; `per` is how many units (frames, for a stream) one step does."""

    name: str
    prepare: Callable[[], Step]
    most: float | None = None
    per: int = 1


def _dialect(name: str) -> Dialect:
    found = import_module(f"lockgate.dialects.{name}").plugin
    assert isinstance(found, Dialect)
    return found


def _head(size: int) -> Step:
    return partial(head, bodies.chat("bench", size))


def _parse_and_write(size: int) -> Step:
    headed = head(bodies.chat("bench", size))
    return lambda: parse(headed).wire()


def _ask(size: int) -> Step:
    openai, headed, target = _dialect("openai_chat"), head(bodies.chat("bench", size)), Target()
    return lambda: openai.ask(target, headed)


def _texts(size: int) -> Step:
    openai, tree = _dialect("openai_chat"), parse(head(bodies.chat("bench", size))).tree
    return lambda: list(openai.texts(tree))


def _translate_request(size: int) -> Step:
    openai, anthropic = _dialect("openai_chat"), _dialect("anthropic_messages")
    body = bodies.chat("bench", size)
    return lambda: anthropic.encode_chat(openai.decode_chat(body, _ASK))


def _translate_answer() -> Step:
    openai, anthropic = _dialect("openai_chat"), _dialect("anthropic_messages")
    body = bodies.anthropic_answer().encode()
    return lambda: openai.encode_answer(anthropic.decode_answer(body, _ASK), _ASK)


def _watch() -> Step:
    openai, event = _dialect("openai_chat"), bodies.openai_events()[1]

    def step() -> None:
        framing, watch = openai.framing(_ASK), openai.watch()
        for _ in range(100):
            for frame in framing.feed(event):
                watch.feed(frame)

    return step


def _translate_stream() -> Step:
    openai, anthropic = _dialect("openai_chat"), _dialect("anthropic_messages")
    begin, event, end = bodies.anthropic_events()
    chunks = (begin, *(event for _ in range(100)), end)

    def step() -> None:
        framing, decoder, encoder = anthropic.framing(_ASK), anthropic.decoder(_ASK), openai.encoder(_ASK)
        for chunk in chunks:
            for frame in framing.feed(chunk):
                for seen in decoder.feed(frame):
                    encoder.feed(seen)

    return step


def _request(model: str, size: int, *, everything: bool = False) -> Step:
    pipeline = import_module("bench.pipeline")
    gateway, inbound = pipeline.everything() if everything else pipeline.gateway(), pipeline.request(model, size)
    return lambda: pipeline.finished(pipeline.answered(gateway, inbound))


def _stream(model: str) -> Step:
    pipeline = import_module("bench.pipeline")
    gateway, inbound = pipeline.gateway(), pipeline.request(model, 1100, stream=True)
    return lambda: pipeline.finished(pipeline.answered(gateway, inbound))


def _known_token() -> Step:
    known = import_module("bench.identity").Known()
    asyncio.run(known.warm())
    step: Step = known.ask
    return step


def _four_scopes() -> Step:
    step: Step = import_module("bench.limited").Scopes().ask
    return step


def _limited(stream: bool) -> Step:
    pipeline, limited = import_module("bench.pipeline"), import_module("bench.limited")
    gateway, inbound = limited.gateway(), pipeline.request("same", 1100, stream=stream)
    return lambda: pipeline.finished(pipeline.answered(gateway, inbound))


def _from_memory(size: int) -> Step:
    step: Step = import_module("bench.cached").Memory(size).ask
    return step


PHASES: tuple[Phase, ...] = (
    Phase("a token that was checked before (JWT)", _known_token, 5.0),
    Phase("four limits in LMDB, reserved and settled", _four_scopes, 15.0),
    Phase("whole request with three limits and a budget, 1.1 KB", partial(_limited, stream=False)),
    Phase("whole stream with three limits and a budget, per event", partial(_limited, stream=True), per=100),
    Phase("head of 1.1 KB", partial(_head, 1100)),
    Phase("head of 28 KB", partial(_head, 28_000)),
    Phase("parse and write 1.1 KB", partial(_parse_and_write, 1100)),
    Phase("parse and write 28 KB", partial(_parse_and_write, 28_000)),
    Phase("ask, 1.1 KB", partial(_ask, 1100)),
    Phase("texts of 28 KB", partial(_texts, 28_000)),
    Phase("request to Anthropic, 1.1 KB", partial(_translate_request, 1100)),
    Phase("request to Anthropic, 28 KB", partial(_translate_request, 28_000)),
    Phase("answer from Anthropic", _translate_answer),
    Phase("frame, verbatim", _watch, 1.7, per=100),
    Phase("frame, translated", _translate_stream, 6.0, per=100),
    Phase("whole request without rules, 1.1 KB", partial(_request, "same", 1100), 25.0),
    Phase("whole request without rules, 28 KB", partial(_request, "same", 28_000), 41.0),
    Phase("whole request as a worker has it, 1.1 KB", partial(_request, "same", 1100, everything=True)),
    Phase("whole request answered from memory, 1.1 KB", partial(_from_memory, 1100), 60.0),
    Phase("whole request translated, 1.1 KB", partial(_request, "translated", 1100)),
    Phase("whole request translated, 28 KB", partial(_request, "translated", 28_000)),
    Phase("whole stream verbatim, per event", partial(_stream, "same"), per=100),
    Phase("whole stream translated, per event", partial(_stream, "translated"), per=100),
)


def rows(seconds: float) -> list[Row]:
    """About `seconds` for each phase."""
    return [_row(phase, seconds) for phase in PHASES]


def _row(phase: Phase, seconds: float) -> Row:
    try:
        step = phase.prepare()
        step()
    except ImportError as error:
        return Row(phase.name, "µs", note=f"not there yet: {error.name}")
    return Row(phase.name, "µs", gateway=best(step, seconds) / phase.per, most=phase.most)


def best(step: Step, seconds: float, rounds: int = ROUNDS) -> float:
    """µs of a call in the quickest round: other work on the machine only ever adds."""
    times = 1
    while (took := _timed(step, times)) < seconds / rounds / 4:
        times = max(times * 2, int(times * seconds / rounds / max(took, 1e-6) / 2))
    return min(_timed(step, times) for _ in range(rounds)) / times * 1e6


def _timed(step: Step, times: int) -> float:
    repeated: Sequence[None] = (None,) * times
    was_on = gc.isenabled()
    gc.disable()
    try:
        started = time.perf_counter()
        for _ in repeated:
            step()
        return time.perf_counter() - started
    finally:
        if was_on:
            gc.enable()
