"""Requests and answers with a word in a text that no chat has, for trying out where rules look."""

from collections.abc import Iterator
from typing import Any

import msgspec

from lockgate.core.dialect import Place
from lockgate.core.sample import Sample

_encode = msgspec.json.Encoder().encode


def samples(word: str) -> Iterator[Sample]:
    def request(slot: str, place: Place, **more: Any) -> Sample:
        return Sample(slot, "request", place, _encode({"model": "m", "prompt": "hi", **more}))

    yield request("prompt of a list", "user", prompt=[word])
    yield request("suffix", "user", suffix=word)
    yield request("stop sequence", "opaque", stop=[word])
    yield request("end user", "opaque", user=word)
    choice = {"text": "hi", "index": 0, "finish_reason": "stop", "logprobs": {"tokens": [word]}}
    top = {"id": "a", "object": "text_completion", "created": 1, "model": "m"}
    yield Sample("log probabilities", "response", "opaque", _encode({**top, "choices": [choice]}))
