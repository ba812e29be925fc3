"""`openai`."""

import json
from collections.abc import Iterator
from typing import Any

import openai

from tests.e2e.clients import CITY, PICTURE, SCHEMA, URL, Round


class OpenAI:
    errors = {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        404: openai.NotFoundError,
        429: openai.RateLimitError,
        500: openai.InternalServerError,
        502: openai.InternalServerError,
        529: openai.InternalServerError,
    }
    broken = openai.APIError

    def __init__(self, url: str, key: str) -> None:
        self._sdk = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)

    def _create(self, model: str, content: Any, **more: Any) -> Any:
        asked = (
            content if isinstance(content, list) and "role" in content[0] else [{"role": "user", "content": content}]
        )
        return self._sdk.chat.completions.create(model=model, messages=asked, **more)

    def chat(self, model: str, text: str) -> str:
        return str(self._create(model, text).choices[0].message.content)

    def stream(self, model: str, text: str) -> Iterator[str]:
        with self._create(model, text, stream=True) as stream:
            for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content

    def tools(self, model: str, text: str, result: str) -> Round:
        tool: Any = {"type": "function", "function": {"name": "weather", "parameters": CITY}}
        asked: Any = [{"role": "user", "content": text}]
        first = self._create(model, asked, tools=[tool])
        assert first.choices[0].finish_reason == "tool_calls"
        (call,) = first.choices[0].message.tool_calls
        said = first.choices[0].message.model_dump(exclude_none=True)
        turn = [*asked, said, {"role": "tool", "tool_call_id": call.id, "content": result}]
        second = self._create(model, turn, tools=[tool])
        return Round(call.function.name, json.loads(call.function.arguments), second.choices[0].message.content)

    def image(self, model: str, text: str, *, url: bool) -> str:
        place = URL if url else f"data:image/png;base64,{PICTURE}"
        parts = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": place}}]
        return str(self._create(model, parts).choices[0].message.content)

    def schema(self, model: str, text: str) -> str:
        wanted: Any = {"type": "json_schema", "json_schema": {"name": "number", "schema": SCHEMA, "strict": True}}
        return str(self._create(model, text, response_format=wanted).choices[0].message.content)

    def status(self, error: Any) -> int:
        return int(error.status_code)

    def close(self) -> None:
        self._sdk.close()
