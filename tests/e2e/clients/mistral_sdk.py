"""`mistralai`."""

import json
from collections.abc import Iterator
from typing import Any

import mistralai.client as sdk
from mistralai.client.errors import ResponseValidationError, SDKError

from tests.e2e.clients import CITY, PICTURE, SCHEMA, URL, Round


class Mistral:
    errors = dict.fromkeys((400, 401, 404, 429, 500, 502, 529), SDKError)
    broken = ResponseValidationError  # it has no type for an error in the middle of a stream

    def __init__(self, url: str, key: str) -> None:
        self._sdk: Any = sdk.Mistral(api_key=key, server_url=url)

    def _ask(self, model: str, content: Any, **more: Any) -> Any:
        asked = (
            content if isinstance(content, list) and "role" in content[0] else [{"role": "user", "content": content}]
        )
        return self._sdk.chat.complete(model=model, messages=asked, **more).choices[0].message

    def chat(self, model: str, text: str) -> str:
        return str(self._ask(model, text).content)

    def stream(self, model: str, text: str) -> Iterator[str]:
        asked: Any = [{"role": "user", "content": text}]
        with self._sdk.chat.stream(model=model, messages=asked) as stream:
            for event in stream:
                if event.data.choices and event.data.choices[0].delta.content:
                    yield str(event.data.choices[0].delta.content)

    def tools(self, model: str, text: str, result: str) -> Round:
        tool = {"type": "function", "function": {"name": "weather", "parameters": CITY}}
        asked = [{"role": "user", "content": text}]
        first = self._ask(model, asked, tools=[tool])
        (call,) = first.tool_calls
        answer = {"role": "tool", "tool_call_id": call.id, "name": "weather", "content": result}
        turn = [*asked, {"role": "assistant", "content": "", "tool_calls": first.tool_calls}, answer]
        arguments = call.function.arguments
        read = json.loads(arguments) if isinstance(arguments, str) else arguments
        return Round(call.function.name, read, self._ask(model, turn, tools=[tool]).content)

    def image(self, model: str, text: str, *, url: bool) -> str:
        place = URL if url else f"data:image/png;base64,{PICTURE}"
        return str(
            self._ask(model, [{"type": "text", "text": text}, {"type": "image_url", "image_url": place}]).content
        )

    def schema(self, model: str, text: str) -> str:
        wanted = {"type": "json_schema", "json_schema": {"name": "number", "schema": SCHEMA, "strict": True}}
        return str(self._ask(model, text, response_format=wanted).content)

    def status(self, error: Any) -> int:
        return int(error.status_code)

    def close(self) -> None:
        self._sdk.__exit__(None, None, None)
