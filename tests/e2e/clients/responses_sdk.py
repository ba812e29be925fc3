"""`openai`, by its other API: Responses."""

import json
from collections.abc import Iterator
from typing import Any

import openai

from tests.e2e.clients import CITY, PICTURE, SCHEMA, URL, Round
from tests.e2e.clients.openai_sdk import OpenAI


class Responses:
    errors = OpenAI.errors
    broken = openai.APIError

    def __init__(self, url: str, key: str) -> None:
        self._sdk = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)

    def _create(self, model: str, said: Any, **more: Any) -> Any:
        return self._sdk.responses.create(model=model, input=said, **more)

    def chat(self, model: str, text: str) -> str:
        return str(self._create(model, text).output_text)

    def stream(self, model: str, text: str) -> Iterator[str]:
        with self._create(model, text, stream=True) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    yield event.delta

    def tools(self, model: str, text: str, result: str) -> Round:
        tool = {"type": "function", "name": "weather", "parameters": CITY, "strict": False}
        asked: Any = [{"role": "user", "content": text}]
        first = self._create(model, asked, tools=[tool], instructions="Use the tool.")
        (call,) = [item for item in first.output if item.type == "function_call"]
        said = [item.model_dump(exclude_none=True) for item in first.output]
        turn = [*asked, *said, {"type": "function_call_output", "call_id": call.call_id, "output": result}]
        second = self._create(model, turn, tools=[tool], instructions="Use the tool.")
        return Round(call.name, json.loads(call.arguments), second.output_text)

    def image(self, model: str, text: str, *, url: bool) -> str:
        place = URL if url else f"data:image/png;base64,{PICTURE}"
        parts = [{"type": "input_text", "text": text}, {"type": "input_image", "image_url": place, "detail": "auto"}]
        return str(self._create(model, [{"role": "user", "content": parts}]).output_text)

    def schema(self, model: str, text: str) -> str:
        wanted: Any = {"format": {"type": "json_schema", "name": "number", "schema": SCHEMA, "strict": True}}
        return str(self._create(model, text, text=wanted).output_text)

    def status(self, error: Any) -> int:
        return int(error.status_code)

    def close(self) -> None:
        self._sdk.close()
