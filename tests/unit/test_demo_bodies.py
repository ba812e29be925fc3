"""Bodies that mean harm: any JSON gets an answer or a refusal of the dialect, soon, and never a huge one."""

import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockgate.providers.demo.answers import Request, answer

GOOD = b'{"model":"demo","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"contents":[{"parts":[{"text":"hi"}]}]}'
PATHS = [
    "/v1/chat/completions",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1beta/models/demo:generateContent",
    "/v1beta/models/demo:streamGenerateContent",
    "/api/chat",
]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_keys = st.sampled_from(
    [
        "model",
        "messages",
        "role",
        "content",
        "parts",
        "text",
        "tools",
        "function",
        "name",
        "parameters",
        "type",
        "image_url",
        "url",
        "source",
        "tool_calls",
        "id",
        "functionCall",
        "functionResponse",
        "inlineData",
        "contents",
        "system",
        "max_tokens",
        "response_format",
        "stream",
        "format",
        "images",
        "generationConfig",
        "tool_choice",
        "stream_options",
        "options",
        "input",
        "tool_use_id",
        "input_schema",
    ]
)
_words = st.sampled_from(
    ["user", "assistant", "tool", "text", "image", "tool_use", "tool_result", "json_schema", "demo"]
)
_chats = st.recursive(
    _json | _words | st.just([{"role": "user", "content": "x"}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(PATHS),
    model=st.sampled_from(["demo", "demo-echo", "demo-image", "demo-json", "demo-think", "demo-cut"]),
    extra=st.dictionaries(_keys, _chats, max_size=5),
    stream=st.booleans(),
)
def test_any_json_gets_an_answer_or_a_refusal(path, model, extra, stream):
    body = msgspec.json.encode({**msgspec.json.decode(GOOD), **extra, "model": model, "stream": stream})

    made = answer(Request("POST", path, "", body), 1, 0)

    assert made.status in (200, 400)
    assert b"".join(made.pieces)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PATHS), body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_get_a_refusal(path, body):
    assert answer(Request("POST", path, "", body), 1, 0).status == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 100_000,
        b"[" * 1_000_000,
        GOOD.replace(b"{", b'{"model":"demo-echo",', 1),
        GOOD.replace(b'"hi"', b'"\\ud800"'),
        GOOD.replace(b"9", b"9" * 5000),
    ],
)
def test_json_that_readers_disagree_on_is_refused(body):
    assert answer(Request("POST", "/v1/messages", "", body), 1, 0).status == 400


@pytest.mark.parametrize("model", ["demo", "demo-echo", "demo-json"])
def test_a_small_request_never_makes_a_huge_answer(model):
    bomb = {
        "type": "object",
        "properties": {f"p{i}": {"$ref": "#"} for i in range(100)},
        "$defs": {"e": {"enum": ["x" * 50_000]}},
    }
    wide = {"type": "array", "minItems": 100, "items": {"anyOf": [{"$ref": "#/$defs/e"}]}, "$defs": bomb["$defs"]}
    tools = [{"type": "function", "function": {"name": f"t{i}", "parameters": bomb}} for i in range(50)]
    said = [{"role": "user", "content": "a " * 1_000_000}]
    schemas = [bomb, wide, {"type": "array", "minItems": 10**9, "items": {"type": "string", "minLength": 10**9}}]
    started = time.perf_counter()

    for schema in schemas:
        form = {"type": "json_schema", "json_schema": {"schema": schema}}
        body = msgspec.json.encode(
            {
                "model": model,
                "stream": True,
                "messages": said,
                "response_format": form,
                "tools": tools[: 50 if model == "demo" else 0],
            }
        )
        made = answer(Request("POST", "/v1/chat/completions", "", body), 1, 0)
        assert made.status == 200
        assert len(b"".join(made.pieces)) < 2 * len(body) + 5_000_000

    assert time.perf_counter() - started < 10  # it would be hours
