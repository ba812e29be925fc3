"""Asks a safeguard model (Llama Guard, Prompt Guard) that is served behind an OpenAI-compatible chat API."""

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lockgate.core.guard import Finding
from lockgate.core.inquiry import Inquiry, bearer, whole
from lockgate.core.remote_guard import Capacity, GuardPorts, NoVerdict, Piece, RemoteGuard, RemoteGuardConfig
from lockgate.core.secret_ref import SecretRef

SAFE = frozenset(("safe", "benign", "label_0"))
UNSAFE = frozenset(("unsafe", "malicious", "injection", "jailbreak", "label_1"))
"""What Prompt Guard calls a text; its second version has no names for its two classes."""
_UNSAFE = re.compile(r"unsafe\s*\n\s*(S\d{1,2}(?:\s*,\s*S\d{1,2})*)", re.IGNORECASE)
_SCORE = re.compile(r"[01](?:\.\d{1,20})?(?:e-\d{1,3})?")
ASSISTANT = frozenset(("assistant", "thinking", "tool_arguments"))


class plugin(RemoteGuardConfig, frozen=True, tag="llama_guard"):
    """Where the model is served, and which of its categories count."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]] = "neither"

    url: Annotated[str, Meta(max_length=2048, description="Where the API's paths begin, as in http://vllm:8000/v1.")]
    model: Annotated[str, Meta(pattern=r"^[!-~]{1,200}$", description="As it is called there.")]
    api_key: SecretRef | None = None
    categories: tuple[Annotated[str, Meta(pattern=r"^S\d{1,2}$", description="As in S1.")], ...] = ()
    threshold: Annotated[float, Meta(gt=0, le=1, description="For models that answer with a probability.")] = 0.5
    characters: Annotated[int, Meta(ge=500, le=100_000, description="Of one question, at most.")] = 8000

    @property
    def address(self) -> str:
        return self.url

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        return LlamaGuard(self, ports)


class Message(Struct, frozen=True):
    role: str
    content: str


class Question(Struct, frozen=True):
    model: str
    messages: Sequence[Message]
    temperature: int = 0
    max_tokens: int = 64
    stream: bool = False


class Choice(Struct, frozen=True):
    message: Message


class Said(Struct, frozen=True):
    choices: Sequence[Choice]


class LlamaGuard:
    """One text a question: the model judges the last message."""

    def __init__(self, settings: plugin, ports: GuardPorts) -> None:
        key = None if settings.api_key is None else ports.secret(settings.api_key)
        path, private = "/chat/completions", settings.allow_private
        self._inquiry = Inquiry(ports.transport, settings.url, path, bearer(key), allow_private=private)
        self._settings = settings
        self.capacity = Capacity(1, settings.characters)

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        return [await self._found(piece) for piece in pieces]

    async def _found(self, piece: Piece) -> Sequence[Finding]:
        said = await self._inquiry.ask(Question(self._settings.model, _messages(piece)), Said)
        if len(said.choices) != 1:
            raise NoVerdict("bad_answer")
        return [
            each
            for label, score in self._labels(said.choices[0].message.content)
            for each in whole(piece, label, score)
        ]

    def _labels(self, said: str) -> Sequence[tuple[str, float]]:
        """Anything but a verdict word for word is none: a model that begins to chat has not said that a text is safe."""
        text = said.strip()
        if match := _UNSAFE.fullmatch(text):
            codes = [code.strip().upper() for code in match[1].split(",")]
            wanted = self._settings.categories
            return [(code, 1.0) for code in codes if not wanted or code in wanted]
        if _SCORE.fullmatch(text) and (score := float(text)) <= 1:
            return [("malicious", score)] if score >= self._settings.threshold else []
        if (word := text.lower()) in UNSAFE:
            return [(word if word != "label_1" else "malicious", 1.0)]
        if word in SAFE:
            return []
        raise NoVerdict("bad_answer")


def _messages(piece: Piece) -> Sequence[Message]:
    """Its template wants a user to begin. What the model said before or after a text is not shown."""
    if piece.place in ASSISTANT:
        return [Message("user", "Go on."), Message("assistant", piece.text)]
    return [Message("user", piece.text)]
