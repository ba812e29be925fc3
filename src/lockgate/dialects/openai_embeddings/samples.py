"""Requests and answers with a word in one of their texts, for trying out where rules look."""

from collections.abc import Iterator
from typing import Any

import msgspec

from lockgate.core.sample import Sample

_encode = msgspec.json.Encoder().encode


def samples(word: str) -> Iterator[Sample]:
    def request(slot: str, place: str, **more: Any) -> Sample:
        return Sample(slot, "request", place, _encode({"model": "m", "input": "hi", **more}))

    def answer(slot: str, item: dict[str, Any], **more: Any) -> Sample:
        vector = {"object": "embedding", "index": 0, "embedding": [0.5, -0.25], **item}
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        document = {"object": "list", "data": [vector], "model": "m", "usage": usage, **more}
        return Sample(slot, "response", "opaque", _encode(document))

    yield request("input", "user", input=word)
    yield request("one input of many", "user", input=["hi", word])
    yield request("user", "opaque", user=word)
    yield request("unknown field", "opaque", brand_new={"of_it": [word]})
    yield answer("embedding that is none", {"embedding": word})
    yield answer("field of a vector", {"brand_new": word})
    yield answer("unknown field", {}, brand_new={"of_it": [word]})
