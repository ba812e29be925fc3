"""The five official clients behind one face, OpenAI's twice, so that a test can be written once and run for each of them.

chat, stream, image, schema   the text that came back      tools   a call, its result sent back, the text then
errors, broken                the exception that this client raises for a status; for a stream that breaks
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = base64.b64encode(PNG).decode()
URL = "https://pictures.example/a%20cat.png"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}
CITY: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


class Round(NamedTuple):
    """A tool's name and arguments as the client read them, and what the model said to its result."""

    name: str
    arguments: Any
    said: str


class Client(Protocol):
    """One official client. Closing the iterator of `stream` leaves the stream, as this client lets one leave it."""

    def __init__(self, url: str, key: str) -> None: ...
    @property
    def errors(self) -> Mapping[int, type[Exception]]: ...
    @property
    def broken(self) -> type[Exception]: ...
    def chat(self, model: str, text: str) -> str: ...
    def stream(self, model: str, text: str) -> Iterator[str]: ...
    def tools(self, model: str, text: str, result: str) -> Round: ...
    def image(self, model: str, text: str, *, url: bool) -> str: ...
    def schema(self, model: str, text: str) -> str: ...
    def status(self, error: Any) -> int: ...
    def close(self) -> None: ...
