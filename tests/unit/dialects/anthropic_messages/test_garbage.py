"""Hostile bytes give a `Problem` or nothing at all, and in good time."""

from contextlib import suppress
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lockgate.codec import sse
from lockgate.core.problem import Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import ASK, STREAM, frames, golden

KEYS = st.sampled_from(
    [
        "type",
        "index",
        "delta",
        "content_block",
        "message",
        "usage",
        "error",
        "id",
        "model",
        "content",
        "text",
        "input",
        "name",
        "thinking",
        "signature",
        "partial_json",
        "stop_reason",
        "stop_details",
        "explanation",
        "input_tokens",
        "messages",
        "role",
        "system",
        "tools",
        "source",
        "data",
    ]
)
VALUES = st.sampled_from(
    [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "error",
        "text",
        "tool_use",
        "thinking",
        "redacted_thinking",
        "text_delta",
        "input_json_delta",
        "user",
        "assistant",
        "base64",
        "document",
    ]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | VALUES | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
RECORDED = [frame for path in golden("stream.txt") for frame in frames(path.read_bytes())]
BODIES = [path.read_bytes() for path in [*golden("request.json"), *golden("answer.json")]]
MUTATION = st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.binary(max_size=4))


def mutated(raw: bytes, mutation: tuple[int, int, bytes]) -> bytes:
    start, length, instead = mutation
    start %= len(raw) + 1
    return raw[:start] + instead + raw[start + length % 8 :]


def fed(pieces: list[bytes]) -> None:
    decoder, encoder, watch = plugin.decoder(STREAM), plugin.encoder(STREAM), plugin.watch()
    for frame in pieces:
        watch.feed(frame)
    with suppress(Problem):
        for frame in pieces:
            for event in decoder.feed(frame):
                encoder.feed(event)
        for event in decoder.end():
            encoder.feed(event)


@given(st.lists(st.binary(), max_size=5))
def test_bytes_as_frames(pieces: list[bytes]) -> None:
    fed(pieces)


@given(st.lists(TREES.map(lambda tree: sse.frame(msgspec.json.encode(tree))), max_size=6))
def test_trees_as_frames(pieces: list[bytes]) -> None:
    fed(pieces)


@given(st.lists(st.tuples(st.sampled_from(RECORDED), MUTATION), max_size=12))
def test_mutated_frames(pieces: list[Any]) -> None:
    fed([mutated(frame, mutation) for frame, mutation in pieces])


@given(st.permutations(RECORDED))
def test_frames_in_any_order(pieces: list[bytes]) -> None:
    fed(pieces)


@given(st.sampled_from(BODIES), MUTATION)
def test_mutated_bodies(raw: bytes, mutation: Any) -> None:
    body = mutated(raw, mutation)
    plugin.unary_usage(body)
    with suppress(Problem):
        plugin.encode_chat(plugin.decode_chat(body, ASK))
    with suppress(Problem):
        plugin.encode_answer(plugin.decode_answer(body, ASK), ASK)


@given(TREES)
def test_trees_as_bodies(tree: Any) -> None:
    body = msgspec.json.encode(tree)
    plugin.unary_usage(body)
    with suppress(Problem):
        plugin.encode_chat(plugin.decode_chat(body, ASK))
    with suppress(Problem):
        plugin.encode_answer(plugin.decode_answer(body, ASK), ASK)


def test_ten_thousand_open_calls_take_no_quadratic_time() -> None:
    begin = (
        b'data: {"type":"content_block_start","index":%d,"content_block":{"type":"tool_use","id":"a","name":"f"}}\n\n'
    )
    more = b'data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}\n\n'

    fed([begin % 0, *(frame for i in range(1, 10_000) for frame in (begin % i, more))])
