"""Tools that a provider runs by itself, under lists of tools and flow rules."""

from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.events import RunStarted
from lockgate.core.exchange import Upstream
from lockgate.core.flow_rule import FlowRule
from lockgate.core.names import Names
from lockgate.core.secret import Secret
from lockgate.providers import gemini as google
from tests.fakes import SSE, Answered
from tests.unit.pipeline.gateway import CLAUDE, ORIGIN
from tests.unit.pipeline.test_provider_runs import ASK, CLAUDES, SEARCH, block, claude, gemini
from tests.unit.pipeline.untrusted import TURNS, asked

GOOGLE = Upstream("goo", google.plugin, ORIGIN, "", Secret("k"), "gemini-real")


def whole(blocks_: list[dict[str, Any]]) -> Answered:
    message = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": blocks_}
    return Answered(200, [msgspec.json.encode({**message, "stop_reason": "end_turn"})])


def printing(*, stream: bool) -> Answered:
    code = {"executableCode": {"language": "PYTHON", "code": "print(1)"}}
    if stream:
        return Answered(200, [gemini(code, {"text": "done"})], SSE)
    candidate = {"content": {"parts": [code], "role": "model"}, "finishReason": "STOP"}
    return Answered(200, [msgspec.json.encode({"candidates": [candidate]})])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("allowed", "passes"), [("web_search", True), ("search", False)])
async def test_lists_of_tools_hold_for_what_the_provider_ran(allowed: str, *, stream: bool, passes: bool) -> None:
    run = SEARCH | {"input": {"query": "x"}}
    answer = Answered(200, [claude(*block(0, SEARCH, '{"query":"x"}'))], SSE) if stream else whole([run])
    body = {"model": "m", "max_tokens": 9, "stream": stream, "messages": [{"role": "user", "content": "hi"}]}

    _, raw, notebook, _ = await asked(answer, "anthropic", body, upstream=CLAUDE, access=Access(tools=(allowed,)))

    assert (b"query" in raw) == passes
    assert notebook.outcome.end == ("complete" if passes else "blocked")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_flow_rule_holds_for_what_the_provider_ran(stream: bool) -> None:
    answer = printing(stream=stream)
    flow = FlowRule("no-way-out", Names(("code*",)))
    body = TURNS["openai"][1] | {"stream": stream}

    _, _, notebook, _ = await asked(answer, "openai", body, upstream=GOOGLE, flows=(flow,))

    assert notebook.outcome.end == "blocked"
    assert [found.rule for found in notebook.outcome.findings] == ["no-way-out"]


@pytest.mark.parametrize("name", ["bash_code_execution", "text_editor_code_execution", "code_execution"])
def test_the_two_tools_of_code_execution_are_called_as_what_is_offered(name: str) -> None:
    (started, *_) = [
        event
        for frame in claude(*block(0, SEARCH | {"name": name}, "{}")).split(b"\n\n")[1:2]
        for event in CLAUDES.decoder(ASK).feed(frame + b"\n\n")
        if isinstance(event, RunStarted)
    ]

    assert started.name == "code_execution"
