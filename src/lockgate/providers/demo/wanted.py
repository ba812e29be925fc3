"""What a request to the demo asks for, whatever its dialect, and the strict reading of untrusted JSON trees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from lockgate.core.body import Tree
from lockgate.core.problem import Kind, Problem

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool that may be called. `schema` describes its arguments."""

    name: str
    schema: Tree


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool said."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that came along: its bytes counted, or its address kept, never fetched."""

    mime: str
    size: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A request, as far as the script needs to know it. `characters` counts all of the prompt's text.

    `results` is not empty when the conversation ends with what tools said. `forced` is the one tool that must be called.
    `parallel` is None when the client said nothing of it. `schema` is how the answer must look, None for free text.
    """

    model: str
    stream: bool
    text: str = ""
    tools: tuple[Offer, ...] = ()
    forced: str = ""
    silent: bool = False
    """Tools are named and must not be called."""
    parallel: bool | None = None
    results: tuple[Result, ...] = ()
    pictures: tuple[Picture, ...] = ()
    schema: Tree | None = None
    max_tokens: int | None = None
    characters: int = 0


class Prompt:
    """Gathers a conversation while a dialect reads it: the last user's text, the tools' results, the images."""

    def __init__(self) -> None:
        self.text = ""
        self.results: list[Result] = []
        self.pictures: list[Picture] = []
        self.calls: dict[str, str] = {}
        self.characters = 0

    def heard(self, text: str) -> str:
        """Counts a text of the prompt."""
        self.characters += len(text)
        return text

    def user(self, texts: list[str]) -> None:
        """A user's turn. Results of tools before it are old news."""
        self.text = "\n".join(texts)
        self.results.clear()

    def assistant(self) -> None:
        self.results.clear()

    def called(self, call: str, name: str, where: str) -> None:
        """An earlier call of a tool, which a result may answer."""
        if not call:
            raise wrong(where, "a call needs an id")
        self.calls[call] = name

    def answered(self, call: str, text: str, where: str) -> None:
        """The result of an earlier call. One that answers nothing is refused, as the real services do."""
        if call not in self.calls:
            raise wrong(where, f"no tool call has the id {call[:80]!r}")
        self.results.append(Result(self.calls[call], self.heard(text)))

    def offered(self, tools: tuple[Offer, ...]) -> tuple[Offer, ...]:
        """Tools cost tokens too."""
        self.characters += sum(len(tool.name) + len(_encode(tool.schema)) for tool in tools)
        return tools


@dataclass(frozen=True, slots=True)
class Parts:
    """What a dialect calls its parts: those with a text, and the one with an `image_url`, which `url` reads."""

    texts: tuple[str, ...]
    picture: str
    url: Callable[[Any, str], str]


def heard(prompt: Prompt, content: Any, where: str, parts: Parts) -> list[str]:
    """Texts of a content in either of OpenAI's forms: one text, or parts."""
    if content is None or isinstance(content, str):
        return [prompt.heard(content or "")]
    texts = []
    for i, part in enumerate(items(content, where)):
        here = f"{where}[{i}]"
        part = mapping(part, here)
        if part.get("type") in parts.texts:
            texts.append(prompt.heard(word(part.get("text"), f"{here}.text")))
        elif part.get("type") == parts.picture:
            prompt.pictures.append(image(parts.url(part.get("image_url"), f"{here}.image_url")))
    return texts


def wrong(where: str, what: str) -> Problem:
    return Problem(Kind.INVALID, f"{where}: {what}", where=where)


def mapping(value: Any, where: str) -> Tree:
    """A JSON object; null counts as an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(where, "must be an object")
    return value


def items(value: Any, where: str) -> list[Any]:
    """A JSON array; null counts as an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(where, "must be an array")
    return value


def word(value: Any, where: str) -> str:
    """A JSON string; null counts as an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise wrong(where, "must be a string")
    return value


def switch(value: Any, where: str, *, default: bool = False) -> bool:
    if value is None:
        return default
    if not isinstance(value, bool):
        raise wrong(where, "must be true or false")
    return value


def count(value: Any, where: str) -> int | None:
    """A whole number of at least one."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise wrong(where, "must be a whole number of at least 1")
    return value


def decoded_size(data: str) -> int:
    """How many bytes a base64 text stands for."""
    bare = len(data.rstrip("="))
    return bare * 3 // 4


def image(url: str) -> Picture:
    """An image given as an address or as a data URL (RFC 2397)."""
    if not url.startswith("data:"):
        return Picture("", url=url)
    head, _, data = url[5:].partition(",")
    return Picture(head.partition(";")[0], decoded_size(data))


def offer(name: str, schema: Any, where: str) -> Offer:
    if not name:
        raise wrong(where, "a tool needs a name")
    return Offer(name, mapping(schema, where))
