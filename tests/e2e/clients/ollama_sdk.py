"""`ollama`."""

from collections.abc import Iterator
from typing import Any

import ollama

from tests.e2e.clients import CITY, PNG, SCHEMA, Round


class Ollama:
    errors = dict.fromkeys((400, 401, 404, 429, 500, 502, 529), ollama.ResponseError)
    broken = ollama.ResponseError

    def __init__(self, url: str, key: str) -> None:
        self._sdk = ollama.Client(host=url, headers={"authorization": f"Bearer {key}"})

    def _ask(self, model: str, asked: Any, **more: Any) -> Any:
        messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
        return self._sdk.chat(model=model, messages=messages, **more).message

    def chat(self, model: str, text: str) -> str:
        return str(self._ask(model, text).content)

    def stream(self, model: str, text: str) -> Iterator[str]:
        lines = self._sdk.chat(model=model, messages=[{"role": "user", "content": text}], stream=True)
        try:
            for line in lines:
                if line.message.content:
                    yield line.message.content
        finally:
            lines.close()  # type: ignore[attr-defined]  # the SDK says Iterator and gives a generator

    def tools(self, model: str, text: str, result: str) -> Round:
        tool = {"type": "function", "function": {"name": "weather", "description": "", "parameters": CITY}}
        asked = [{"role": "user", "content": text}]
        first = self._ask(model, asked, tools=[tool])
        (call,) = first.tool_calls
        turn = [*asked, first, {"role": "tool", "tool_name": "weather", "content": result}]
        second = self._ask(model, turn, tools=[tool])
        return Round(call.function.name, dict(call.function.arguments), second.content)

    def image(self, model: str, text: str, *, url: bool) -> str:
        assert not url, "this client knows no images by URL"
        return str(self._ask(model, [{"role": "user", "content": text, "images": [PNG]}]).content)

    def schema(self, model: str, text: str) -> str:
        return str(self._ask(model, text, format=SCHEMA).content)

    def status(self, error: Any) -> int:
        return int(error.status_code)

    def close(self) -> None:
        self._sdk._client.close()
