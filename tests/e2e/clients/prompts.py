"""The official clients where one prompt is completed, behind the face that they have there: `chat`, `stream`, errors."""

from collections.abc import Iterator
from typing import Any

from tests.e2e.clients.ollama_sdk import Ollama
from tests.e2e.clients.openai_sdk import OpenAI


class Generate(Ollama):
    """`ollama`, by its completion of a prompt."""

    def chat(self, model: str, text: str, **more: Any) -> str:
        return str(self._sdk.generate(model=model, prompt=text, **more).response)

    def stream(self, model: str, text: str, **more: Any) -> Iterator[str]:
        lines = self._sdk.generate(model=model, prompt=text, stream=True, **more)
        try:
            for line in lines:
                if line.response:
                    yield line.response
        finally:
            lines.close()  # type: ignore[attr-defined]  # the SDK says Iterator and gives a generator


class Completions(OpenAI):
    """`openai`, by its older completion of a prompt."""

    def chat(self, model: str, text: str, **more: Any) -> str:
        return self._sdk.completions.create(model=model, prompt=text, **more).choices[0].text

    def stream(self, model: str, text: str, **more: Any) -> Iterator[str]:
        with self._sdk.completions.create(model=model, prompt=text, stream=True, **more) as stream:
            for chunk in stream:
                if chunk.choices and chunk.choices[0].text:
                    yield chunk.choices[0].text
