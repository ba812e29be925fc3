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

    yield request("suffix", "user", suffix=word)
    yield request("template", "system", template=word)
    yield request("image that is none", "opaque", images=[f"{word}!"])
    yield request("option", "opaque", options={"stop": [word]})
    yield request("schema", "opaque", format={"type": "object", "description": word})
    line = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "response": "", "done": True, "done_reason": "stop"}
    yield Sample("image in an answer", "response", "opaque", _encode({**line, "image": word}))
