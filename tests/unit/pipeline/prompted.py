"""The two formats in which one prompt is completed: how each asks, and how its answers are read. Nothing of ours reads them."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.fakes import Answered
from tests.unit.pipeline.gateway import claude_stream, openai_answer, openai_stream
from tests.unit.pipeline.kept import claude_answer


class Prompted(NamedTuple):
    """`text` and `whole` read a stream or an answer: what it says, and whether it came to its end. `error` is where its text stands."""

    dialect: str
    path: str
    streams: dict[str, Any]
    limit: Callable[[int], dict[str, Any]]
    text: Callable[[bytes], str]
    whole: Callable[[bytes], bool]
    error: Callable[[bytes], str]

    def body(self, text: str, model: str = "fast", *, stream: bool = False, **more: Any) -> dict[str, Any]:
        return {"model": model, "prompt": text, **self.streams[str(stream)], **more}


def lines(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in raw.splitlines()]


GENERATE = Prompted(
    "ollama_generate",
    "/api/generate",
    {"False": {"stream": False}, "True": {}},
    lambda most: {"options": {"num_predict": most}},
    lambda raw: "".join(line.get("response", "") for line in lines(raw)),
    lambda raw: lines(raw)[-1].get("done", False),
    lambda raw: lines(raw)[-1].get("error", ""),
)


def chunks(raw: bytes) -> list[dict[str, Any]]:
    """Of an answer the one; of a stream each, and an empty one for its end."""
    if raw.startswith(b"{"):
        return [json.loads(raw), {}]
    said = [line[6:] for line in raw.splitlines() if line.startswith(b"data: ")]
    return [{} if each == b"[DONE]" else json.loads(each) for each in said]


COMPLETIONS = Prompted(
    "openai_completions",
    "/v1/completions",
    {"False": {}, "True": {"stream": True}},
    lambda most: {"max_tokens": most},
    lambda raw: "".join(choice["text"] for chunk in chunks(raw) for choice in chunk.get("choices", ())),
    lambda raw: chunks(raw)[-1] == {},
    lambda raw: next((chunk["error"]["message"] for chunk in chunks(raw) if "error" in chunk), ""),
)
PROMPTED = {each.dialect: each for each in (GENERATE, COMPLETIONS)}
prompts = pytest.mark.parametrize("one", PROMPTED.values(), ids=PROMPTED)
streams = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def answers(model: str, *texts: str, stream: bool) -> Answered:
    if stream:
        return claude_stream(*texts) if model == "cross" else openai_stream(*texts)
    return claude_answer("".join(texts)) if model == "cross" else openai_answer("".join(texts))
