"""A stream may tell of a call wherever a client finds it: as an item begins, as it ends, or in a whole response."""

from typing import Any

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.core.dialect import Ask
from lockgate.core.events import BlockGiven, RunStarted, ToolDelta, ToolStarted
from lockgate.dialects.openai_responses import plugin

CALL = {"id": "f", "type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}", "status": "completed"}
CUSTOM = {"id": "f", "type": "custom_tool_call", "call_id": "c", "name": "weather", "input": "{}"}
SEARCH = {"id": "f", "type": "web_search_call", "action": {"type": "search", "query": "x"}, "status": "completed"}
NEW = {"id": "f", "type": "brand_new_call", "thing": 1}
EMPTY: dict[str, Any] = {"id": "resp_1", "object": "response", "model": "m", "status": "in_progress", "output": []}


def whole(*items: Any) -> dict[str, Any]:
    return {**EMPTY, "status": "completed", "output": items}


def ends(*items: Any) -> dict[str, Any]:
    return {"type": "response.completed", "response": whole(*items)}


def added(item: Any) -> dict[str, Any]:
    return {"type": "response.output_item.added", "output_index": 0, "item": item}


def done(item: Any) -> dict[str, Any]:
    return {"type": "response.output_item.done", "output_index": 0, "item": item}


BEGINS = {"type": "response.created", "response": EMPTY}
WAYS: dict[str, Any] = {
    "as it should": lambda item: [BEGINS, added(item), done(item), ends(item)],
    "as it ends": lambda item: [BEGINS, done(item), ends()],
    "as another ends": lambda item: [BEGINS, added({"id": "m", "type": "message", "content": []}), done(item), ends()],
    "in the end": lambda item: [BEGINS, ends(item)],
    "in the beginning": lambda item: [{"type": "response.created", "response": whole(item)}, ends()],
    "between": lambda item: [BEGINS, {"type": "response.in_progress", "response": whole(item)}, ends()],
}


def events(frames: list[dict[str, Any]]) -> list[Any]:
    decoder = plugin.decoder(Ask("m", stream=True))
    return [each for frame in frames for each in decoder.feed(sse.frame(msgspec.json.encode(frame), frame["type"]))]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("item", [CALL, CUSTOM], ids=lambda item: item["type"])
def test_S63_a_call_is_seen_once_wherever_it_is_told(item: dict[str, Any], way: str) -> None:
    found = events(WAYS[way](item))

    assert [each.name for each in found if isinstance(each, ToolStarted)] == ["weather"]
    assert "".join(each.arguments for each in found if isinstance(each, ToolDelta)) == "{}"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("item", "name"), [(SEARCH, "web_search"), (NEW, "")], ids=["search", "unknown"])
def test_S63_what_the_provider_ran_is_seen_wherever_it_is_told(item: dict[str, Any], name: str, way: str) -> None:
    found = events(WAYS[way](item))

    assert [each.name for each in found if isinstance(each, RunStarted)] == [name]
    assert len([each for each in found if isinstance(each, BlockGiven)]) == 1


def test_S63_a_call_that_ends_under_another_name_is_seen_under_both() -> None:
    found = events([BEGINS, added({**CALL, "name": "search", "arguments": ""}), done(CALL), ends(CALL)])

    assert [each.name for each in found if isinstance(each, ToolStarted)] == ["search", "weather"]


@pytest.mark.parametrize(
    ("kind", "runs"),
    [("brand_new_call", ("",)), ("shell_call_output", ("shell",)), ("compaction", ()), ("message", ())],
)
def test_a_whole_answer_and_a_stream_tell_the_same_of_what_ran(kind: str, runs: tuple[str, ...]) -> None:
    item = {"id": "x", "type": kind}

    told = plugin.decode_answer(msgspec.json.encode(whole(item)), Ask("m"))
    streamed = [each.name for each in events(WAYS["as it should"](item)) if isinstance(each, RunStarted)]

    assert (told.runs, tuple(streamed)) == (runs, runs)
