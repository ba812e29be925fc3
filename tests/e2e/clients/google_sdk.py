"""`google-genai`."""

from collections.abc import Iterator
from typing import Any

from google import genai
from google.genai import types
from google.genai.errors import ClientError, ServerError

from tests.e2e.clients import CITY, PNG, SCHEMA, URL, Round


class Google:
    errors = {
        **dict.fromkeys((400, 401, 404, 429), ClientError),
        **dict.fromkeys((500, 502, 529), ServerError),
    }
    broken = ServerError

    def __init__(self, url: str, key: str) -> None:
        options = types.HttpOptions(base_url=url, retry_options=types.HttpRetryOptions(attempts=1))
        self._sdk = genai.Client(api_key=key, http_options=options)

    def _ask(self, model: str, contents: Any, **config: Any) -> Any:
        settings = types.GenerateContentConfig(**config)
        return self._sdk.models.generate_content(model=model, contents=contents, config=settings)

    def chat(self, model: str, text: str) -> str:
        return str(self._ask(model, text).text)

    def stream(self, model: str, text: str) -> Iterator[str]:
        chunks = self._sdk.models.generate_content_stream(model=model, contents=text)
        try:
            for chunk in chunks:
                if chunk.text:
                    yield chunk.text
        finally:
            chunks.close()  # type: ignore[attr-defined]  # the SDK says Iterator and gives a generator

    def tools(self, model: str, text: str, result: str) -> Round:
        declared = types.FunctionDeclaration(name="weather", parameters_json_schema=CITY)
        config: Any = {
            "tools": [types.Tool(function_declarations=[declared])],
            "automatic_function_calling": types.AutomaticFunctionCallingConfig(disable=True),
        }
        asked: Any = types.Content(role="user", parts=[types.Part(text=text)])
        first = self._ask(model, [asked], **config)
        (call,) = first.function_calls
        part = types.Part(
            function_response=types.FunctionResponse(id=call.id, name=call.name, response={"result": result})
        )
        turn = [asked, first.candidates[0].content, types.Content(role="user", parts=[part])]
        return Round(call.name, call.args, self._ask(model, turn, **config).text)

    def image(self, model: str, text: str, *, url: bool) -> str:
        part = (
            types.Part.from_uri(file_uri=URL, mime_type="image/png")
            if url
            else types.Part.from_bytes(data=PNG, mime_type="image/png")
        )
        return str(self._ask(model, [text, part]).text)

    def schema(self, model: str, text: str) -> str:
        return str(self._ask(model, text, response_mime_type="application/json", response_json_schema=SCHEMA).text)

    def status(self, error: Any) -> int:
        return int(error.code)

    def close(self) -> None:
        self._sdk.close()
