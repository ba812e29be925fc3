"""`anthropic`."""

from collections.abc import Iterator
from typing import Any

import anthropic
from anthropic._exceptions import OverloadedError

from tests.e2e.clients import CITY, PICTURE, SCHEMA, URL, Round


class Anthropic:
    errors = {
        400: anthropic.BadRequestError,
        401: anthropic.AuthenticationError,
        404: anthropic.NotFoundError,
        429: anthropic.RateLimitError,
        500: anthropic.InternalServerError,
        502: anthropic.InternalServerError,
        529: OverloadedError,
    }
    broken = anthropic.APIStatusError

    def __init__(self, url: str, key: str) -> None:
        self._sdk = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)

    def _create(self, model: str, messages: Any, **more: Any) -> Any:
        asked: Any = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
        return self._sdk.messages.create(model=model, max_tokens=500, messages=asked, **more)

    def chat(self, model: str, text: str) -> str:
        return _text(self._create(model, text))

    def stream(self, model: str, text: str) -> Iterator[str]:
        asked: Any = [{"role": "user", "content": text}]
        with self._sdk.messages.stream(model=model, max_tokens=500, messages=asked) as stream:
            yield from stream.text_stream

    def tools(self, model: str, text: str, result: str) -> Round:
        tools = [{"name": "weather", "description": "", "input_schema": CITY}]
        asked = [{"role": "user", "content": text}]
        first = self._create(model, asked, tools=tools)
        assert first.stop_reason == "tool_use"
        (call,) = [block for block in first.content if block.type == "tool_use"]
        answer = [{"type": "tool_result", "tool_use_id": call.id, "content": result}]
        turn = [*asked, {"role": "assistant", "content": first.content}, {"role": "user", "content": answer}]
        return Round(call.name, call.input, _text(self._create(model, turn, tools=tools)))

    def image(self, model: str, text: str, *, url: bool) -> str:
        place = {"type": "base64", "media_type": "image/png", "data": PICTURE}
        source = {"type": "url", "url": URL} if url else place
        parts = [{"type": "image", "source": source}, {"type": "text", "text": text}]
        return _text(self._create(model, [{"role": "user", "content": parts}]))

    def schema(self, model: str, text: str) -> str:
        return _text(self._create(model, text, output_config={"format": {"type": "json_schema", "schema": SCHEMA}}))

    def status(self, error: Any) -> int:
        return int(error.status_code)

    def close(self) -> None:
        self._sdk.close()


def _text(answer: Any) -> str:
    return "".join(block.text for block in answer.content if block.type == "text")
