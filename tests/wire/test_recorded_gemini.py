"""Recordings of Gemini that nobody here made: each is decoded, carried through, and compared where it states a result."""

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.core.chat import Chat, Message, Text, ToolCall
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    Started,
    TextDelta,
    ThinkingSigned,
    ToolDelta,
    ToolPieces,
    ToolStarted,
)
from lockgate.core.problem import Problem
from lockgate.dialects.gemini_generate import plugin

SHARED = Path(os.environ.get("LOCKGATE_SHARED") or Path(__file__).resolve().parents[2] / "../shared").resolve()
GOOGLE = SHARED / "fixtures/vercel/packages/google/src/__fixtures__"
KONG = SHARED / "fixtures/kong/spec/fixtures/ai-proxy"
pytestmark = pytest.mark.skipif(not GOOGLE.is_dir(), reason=f"no recordings in {SHARED}")

ASK = Ask("gemini-pro", request_id="r1")
STREAM = Ask("gemini-3-pro", stream=True, request_id="r1")
ARRAY = Ask("gemini-3-pro", stream=True, array=True, request_id="r1")
ERROR = "google-429-retry-info.json"


def found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def decode(frames: Sequence[bytes], ask: Ask = STREAM) -> list[Event]:
    decoder = plugin.decoder(ask)
    return [event for frame in frames for event in decoder.feed(frame)] + list(decoder.end())


def recorded(name: str) -> list[bytes]:
    return [sse.frame(line) for line in (GOOGLE / name).read_bytes().splitlines() if line.strip()]


@pytest.mark.parametrize("path", found(GOOGLE, "*.json"), ids=lambda path: path.name)
def test_answers(path: Path) -> None:
    raw = path.read_bytes()
    if path.name == ERROR:
        problem = plugin.read_problem(429, raw)
        assert (problem.status, problem.retry_after) == (429, 34.4)
        return
    told = msgspec.json.decode(raw)

    answer = plugin.decode_answer(raw, ASK)
    again = plugin.decode_answer(plugin.encode_answer(answer, ASK).wire, ASK)

    assert again == answer
    counted = told["usageMetadata"]
    assert answer.usage.input + answer.usage.output == counted["totalTokenCount"]
    called = any("functionCall" in part for part in told["candidates"][0]["content"]["parts"])
    assert answer.choices[0].finish == ("tool_use" if called else "stop")


@pytest.mark.parametrize("path", found(GOOGLE, "*.chunks.txt"), ids=lambda path: path.name)
def test_streams(path: Path) -> None:
    frames = recorded(path.name)

    events = decode(frames)
    watch = plugin.watch()
    for frame in frames:
        watch.feed(frame)
    lanes = []
    for ask in (STREAM, ARRAY):
        encoder, framing = plugin.encoder(ask), plugin.framing(ask)
        written = b"".join(encoder.feed(event) for event in events)
        assert encoder.lost == []
        lanes.append(decode([*framing.feed(written), *framing.end()], ask))

    assert isinstance(events[-1], Ended)
    assert (watch.usage, watch.ended) == (events[-1].usage, True)
    # Pieces are only for those who hold a call back until it is whole.
    said = [event for event in events if not isinstance(event, ToolPieces)]
    for lane in lanes:
        # The counts of the first chunk are the one thing that a translated stream tells later.
        assert lane[1:] == said[1:] or sorted(map(str, lane[1:])) == sorted(map(str, said[1:]))
    for cut in range(len(frames) - 1):
        if b"finishReason" not in b"".join(frames[: cut + 1]):
            with pytest.raises(Problem, match="closed before"):
                decode(frames[: cut + 1])


def called(events: Sequence[Event]) -> list[tuple[str, Any]]:
    names = [event.name for event in events if isinstance(event, ToolStarted)]
    arguments = [msgspec.json.decode(event.arguments) for event in events if isinstance(event, ToolDelta)]
    return list(zip(names, arguments, strict=True))


def test_arguments_in_pieces() -> None:
    items = called(
        decode(recorded("google-stream-tool-call-array-arguments-missing-terminal-function-call.chunks.txt"))
    )
    recipe = called(decode(recorded("google-vertex-stream-tool-call-arguments-nested.1.chunks.txt")))[0][1]["recipe"]

    assert called(decode(recorded("google-stream-tool-call-arguments.chunks.txt"))) == [
        ("getWeather", {"location": "Boston"}),
        ("getWeather", {"location": "San Francisco"}),
    ]
    assert called(decode(recorded("google-stream-no-args-tool-call.chunks.txt"))) == [
        ("read_theme", {}),
        *(("read_screen", {"id": screen}) for screen in "ABC"),
    ]
    assert [operation["itemid"] for operation in items[0][1]["operations"]] == ["apple_001", "banana_001"]
    assert (len(recipe["ingredients"]), len(recipe["steps"]), recipe["name"]) == (10, 10, "Lasagna")
    assert recipe["steps"][1] == "Cook lasagna noodles according to package directions, drain and set aside."


def test_a_signature_behind_the_text_is_kept() -> None:
    events = decode(recorded("google-text.chunks.txt"))

    assert "".join(event.text for event in events if isinstance(event, TextDelta)).startswith("There are **3**")
    assert any(isinstance(event, ThinkingSigned) and len(event.signature) > 100 for event in events)


def test_kong_requests() -> None:
    """Ours on purpose differs: the call of a model that signed nothing gets the signature Gemini 3 demands."""
    for path in found(KONG / "native/gemini/request", "*.json"):
        chat = plugin.decode_chat(path.read_bytes(), ASK)
        encoded = plugin.encode_chat(chat)

        assert chat.unsaid == encoded.lost == ()
        assert plugin.decode_chat(encoded.wire, ASK).tools == chat.tools
    ids = [block.id for message in chat.messages for block in message.blocks if isinstance(block, ToolCall)]
    assert ids == []  # the last one by name is with-functions.json: no calls yet


def test_kong_expected_request() -> None:
    """A request of OpenAI's, as Kong writes it for Gemini."""
    expected = msgspec.json.decode((KONG / "unit/expected-requests/gemini/llm-v1-chat.json").read_bytes())
    turns = [
        ("assistant" if turn["role"] == "model" else "user", turn["parts"][0]["text"]) for turn in expected["contents"]
    ]
    system = Message("system", (Text("You are a mathematician."),))
    spoken = tuple(Message(role, (Text(text),)) for role, text in turns)  # type: ignore[arg-type]

    encoded = plugin.encode_chat(
        Chat(model="gemini-pro", messages=(system, *spoken), temperature=0.8, top_p=0.6, top_k=1, max_tokens=8192)
    )

    assert msgspec.json.decode(encoded.wire) == expected


def test_kong_answers() -> None:
    good = plugin.decode_answer((KONG / "unit/real-responses/gemini/llm-v1-chat.json").read_bytes(), ASK)
    expected = msgspec.json.decode((KONG / "unit/expected-responses/gemini/llm-v1-chat.json").read_bytes())
    unsafe = plugin.decode_answer((KONG / "gemini/llm-v1-chat/responses/fails_safety.json").read_bytes(), ASK)
    plain = plugin.decode_answer((KONG / "gemini/llm-v1-chat/responses/good.json").read_bytes(), ASK)
    json = plugin.decode_answer((KONG / "gemini/request-transformer/response-in-json.json").read_bytes(), ASK)

    told = expected["choices"][0]
    assert good.choices[0].blocks == (Text(told["message"]["content"]),)
    assert (good.choices[0].finish, good.model) == (told["finish_reason"], expected["model"])
    assert (unsafe.choices[0].finish, unsafe.choices[0].blocks, unsafe.usage.input) == ("filtered", (), 319)
    assert plain.choices[0].blocks == (Text("Everything is okay."),)
    assert '"persons"' in str(json.choices[0].blocks[0])


@pytest.mark.parametrize("name", ["partial-json-split", "partial-json-split-three-parts"])
def test_kong_arrays_cut_anywhere(name: str) -> None:
    """These recordings stop before the `]`; every chunk has a finish reason, so the answer counts as whole."""
    folder = KONG / "unit/streaming-chunk-formats" / name
    pieces = [path.read_bytes() for path in found(folder, "input-*.bin")]
    raw = b"".join(pieces)
    framing = plugin.framing(ARRAY)

    frames = [frame for piece in pieces for frame in framing.feed(piece)]
    events = decode(frames, ARRAY)

    assert raw.startswith(b"".join(frames))
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert text.strip() == (folder / "expected-output.bin").read_text().strip()
    assert sum(isinstance(event, Finished) for event in events) == 1
    for a, b in pairwise(range(0, len(raw), 97)):
        other = plugin.framing(ARRAY)
        assert [*other.feed(raw[:a]), *other.feed(raw[a:b]), *other.feed(raw[b:])] == frames


def test_kong_pieces_of_arrays() -> None:
    for name in ("partial-json-beginning", "partial-json-end"):
        folder = KONG / "unit/streaming-chunk-formats" / name
        framing = plugin.framing(ARRAY)
        items = msgspec.json.decode((folder / "expected-output.json").read_bytes())
        expected = [msgspec.json.decode(item["data"]) for item in items if item["data"] != "[DONE]"]  # Kong's own end
        # Out of the middle of a stream: the array's beginning has to be put back.
        raw = (folder / "input.bin").read_bytes()
        raw = raw if raw.startswith(b"[") else b"[" + raw.lstrip(b",")

        decoder = plugin.decoder(ARRAY)
        events = [event for frame in framing.feed(raw) for event in decoder.feed(frame)]

        texts = [chunk["candidates"][0]["content"]["parts"][0]["text"] for chunk in expected]
        assert [event.text for event in events if isinstance(event, TextDelta)] == texts
        assert isinstance(events[0], Started)
