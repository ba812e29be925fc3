"""Token counts that cost other money: sound, pictures, cache writes by their time, searches, service tiers."""

from typing import Any

import msgspec
import pytest

from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask
from lockgate.core.events import Ended
from lockgate.dialects.anthropic_messages import plugin as anthropic
from lockgate.dialects.gemini_generate import plugin as gemini
from lockgate.dialects.openai_chat import plugin as openai

OPENAI = {
    "prompt_tokens": 110,
    "completion_tokens": 120,
    "prompt_tokens_details": {"audio_tokens": 100, "image_tokens": 4, "cached_tokens": 5, "cache_write_tokens": 6},
    "completion_tokens_details": {"audio_tokens": 90, "reasoning_tokens": 7},
}
ANTHROPIC = {
    "input_tokens": 100,
    "output_tokens": 50,
    "cache_read_input_tokens": 30,
    "cache_creation_input_tokens": 20,
    "cache_creation": {"ephemeral_5m_input_tokens": 12, "ephemeral_1h_input_tokens": 8},
    "server_tool_use": {"web_search_requests": 3},
    "service_tier": "standard",
    "speed": "fast",
}
GEMINI = {
    "promptTokenCount": 500,
    "cachedContentTokenCount": 200,
    "candidatesTokenCount": 1300,
    "thoughtsTokenCount": 11,
    "toolUsePromptTokenCount": 40,
    "promptTokensDetails": [
        {"modality": "TEXT", "tokenCount": 100},
        {"modality": "AUDIO", "tokenCount": 300},
        {"modality": "VIDEO", "tokenCount": 90},
        {"modality": "IMAGE", "tokenCount": 10},
    ],
    "toolUsePromptTokensDetails": [{"modality": "IMAGE", "tokenCount": 30}, {"tokenCount": 10}],
    "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 150}, {"modality": "IMAGE", "tokenCount": 5}],
    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1290}],
}


def test_openai_counts_sound_pictures_and_the_tier() -> None:
    raw = msgspec.json.encode({"usage": OPENAI, "service_tier": "priority"})

    assert openai.unary_usage(raw) == Usage(
        110, 120, 5, 6, 7, input_audio=100, output_audio=90, input_image=4, tier="priority"
    )


def test_openai_s_usual_tiers_and_nonsense_are_the_standard_one() -> None:
    for word in (None, "auto", "default", "x" * 1000, 7, {}):
        used = openai.unary_usage(msgspec.json.encode({"usage": {"prompt_tokens": 1}, "service_tier": word}))

        assert used == Usage(1)


def test_openai_s_stream_tells_the_tier_too() -> None:
    """To who looks at it in passing, and to who reads it: rules over the answer do not change what it cost."""
    watch, decoder = openai.watch(), openai.decoder(Ask("m", stream=True))
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": OPENAI, "service_tier": "flex"}
    frame = b"data: " + msgspec.json.encode(end) + b"\n\n"

    watch.feed(frame)
    decoder.feed(frame)

    assert watch.usage is not None
    assert (watch.usage.tier, watch.usage.output_audio) == ("flex", 90)
    ended = decoder.end()[-1]
    assert isinstance(ended, Ended)
    assert ended.usage == watch.usage


def test_anthropic_counts_writes_for_an_hour_searches_and_speed() -> None:
    usage = anthropic.unary_usage(msgspec.json.encode({"usage": ANTHROPIC}))

    assert usage == Usage(150, 50, 30, 20, written_hour=8, searches=3, tier="fast")


def test_anthropic_s_stream_keeps_what_its_beginning_said() -> None:
    watch = anthropic.watch()
    began = {"type": "message_start", "message": {"type": "message", "usage": ANTHROPIC}}
    ended = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 60}}

    for frame in (began, ended):
        watch.feed(f"event: {frame['type']}\ndata: ".encode() + msgspec.json.encode(frame) + b"\n\n")

    assert watch.usage == Usage(150, 60, 30, 20, written_hour=8, searches=3, tier="fast")


def test_gemini_counts_what_each_token_is() -> None:
    usage = gemini.unary_usage(msgspec.json.encode({"candidates": [], "usageMetadata": GEMINI}))

    assert usage == Usage(
        540,
        1311,
        200,
        reasoning=11,
        input_audio=300,
        input_image=40,
        input_video=90,
        cached_audio=150,
        cached_image=5,
        output_image=1290,
    )


def test_what_is_zero_is_not_written() -> None:
    assert msgspec.json.encode(Usage(3, 4)) == b'{"input":3,"output":4}'
    assert msgspec.json.decode(b'{"input":3}', type=Usage) == Usage(3)


MAPS = {"groundingChunks": [{"maps": {"uri": "https://maps.example/x", "title": "x", "placeId": "places/x"}}]}


@pytest.mark.parametrize(
    ("metadata", "searches"),
    [
        ({"webSearchQueries": ["a", "b"]}, 2),
        ({"webSearchQueries": ["a"], "imageSearchQueries": ["b"], **MAPS}, 2),
        (MAPS, 1),
        ({"googleMapsWidgetContextToken": "widget/1"}, 1),
        ({"groundingChunks": [{"web": {"uri": "https://h.example"}}]}, 0),
        ({}, 0),
        (None, 0),
        ([], 0),
        ({"webSearchQueries": 7, "groundingChunks": [3, None]}, 0),
    ],
)
def test_googles_searches_are_counted_whole_and_in_streams(metadata: Any, searches: int) -> None:
    counted = {"usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2}}
    part = {"content": {"parts": [{"text": "x"}], "role": "model"}}
    whole = {"candidates": [{**part, "finishReason": "STOP", "groundingMetadata": metadata}], **counted}
    chunks = [
        {"candidates": [{**part, "groundingMetadata": metadata}]},
        {"candidates": [{**part, "finishReason": "STOP"}], **counted},
    ]
    frames = [b"data: " + msgspec.json.encode(chunk) + b"\r\n\r\n" for chunk in chunks]
    ask, watch = Ask("m", stream=True), gemini.watch()
    decoder, wire = gemini.decoder(ask), msgspec.json.encode(whole)
    for frame in frames:
        watch.feed(frame)
    events = [event for frame in frames for event in decoder.feed(frame)] + list(decoder.end())

    expected = Usage(5, 2, searches=searches)
    assert gemini.unary_usage(wire) == gemini.decode_answer(wire, ask).usage == watch.usage == expected
    assert [event.usage for event in events if isinstance(event, Ended)] == [expected]
