"""What the tests of stream_read and stream_written are made of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from lockgate.codec import sse
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Event,
    TextDelta,
    ThinkingDelta,
)
from lockgate.dialects.gemini_generate import plugin

WIRE = Path(__file__).parents[3] / "wire/gemini_generate"


ASK = Ask("gemini-3-pro", stream=True, usage=True, request_id="r1")


ARRAY = Ask("gemini-3-pro", stream=True, usage=True, array=True, request_id="r1")


WHOLE = ["text.stream.txt", "tools.stream.txt", "filtered.stream.txt", "array.stream.txt"]


def asked(name: str) -> Ask:
    return ARRAY if name.startswith("array") else ASK


def decode(pieces: Sequence[bytes], ask: Ask = ASK) -> list[Event]:
    framing, decoder = plugin.framing(ask), plugin.decoder(ask)
    frames = [frame for piece in pieces for frame in framing.feed(piece)] + list(framing.end())
    return [event for frame in frames for event in decoder.feed(frame)] + list(decoder.end())


def chunks(*trees: object) -> list[bytes]:
    return [sse.frame(msgspec.json.encode(tree)) for tree in trees]


def parts(*given: object, **more: object) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(given), "role": "model"}, **more}]}


STOP = {"candidates": [{"finishReason": "STOP"}]}


def encode(events: Sequence[Event], ask: Ask = ASK) -> tuple[bytes, list[str]]:
    encoder = plugin.encoder(ask)
    return b"".join(encoder.feed(event) for event in events), encoder.lost


def sent(events: Sequence[Event]) -> list[Any]:
    return [msgspec.json.decode(sse.data(frame)) for frame in sse.Splitter().feed(encode(events)[0])]


def told(events: Sequence[Event]) -> dict[str, str]:
    """What is told per choice and kind, however it was cut."""
    said: dict[str, str] = {}
    for event in events:
        match event:
            case TextDelta(text, choice) | ThinkingDelta(text, choice):
                key = f"{choice} {type(event).__name__}"
                said[key] = said.get(key, "") + text
    return said


def call(**fields: object) -> dict[str, Any]:
    return {"functionCall": fields}


def piece(path: str, **value: object) -> dict[str, Any]:
    return {"jsonPath": path, **value}


PIECES = st.lists(
    st.fixed_dictionaries(
        {"jsonPath": st.text("$.a[0]1'", max_size=8)},
        optional={"stringValue": st.text(max_size=2), "numberValue": st.integers(), "willContinue": st.booleans()},
    ),
    max_size=5,
)


CHUNKS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "candidates": st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "index": st.integers(-1, 3),
                        "finishReason": st.sampled_from(["STOP", "", "ODD", None]),
                        "content": st.fixed_dictionaries(
                            {},
                            optional={
                                "parts": st.lists(
                                    st.fixed_dictionaries(
                                        {},
                                        optional={
                                            "text": st.text(max_size=3),
                                            "thought": st.booleans(),
                                            "thoughtSignature": st.text(max_size=3),
                                            "functionCall": st.fixed_dictionaries(
                                                {},
                                                optional={
                                                    "name": st.sampled_from(["f", ""]),
                                                    "willContinue": st.booleans(),
                                                    "partialArgs": PIECES,
                                                    "args": st.none() | st.dictionaries(st.text(max_size=1), st.none()),
                                                },
                                            ),
                                        },
                                    ),
                                    max_size=3,
                                )
                            },
                        ),
                    },
                ),
                max_size=3,
            ),
            "usageMetadata": st.none() | st.dictionaries(st.just("promptTokenCount"), st.integers(0, 9) | st.text()),
            "promptFeedback": st.none() | st.just({"blockReason": "SAFETY"}),
        },
    ),
    max_size=5,
)


def watched(frames: Sequence[bytes]) -> Any:
    watch = plugin.watch()
    for frame in frames:
        watch.feed(frame)
    return watch
