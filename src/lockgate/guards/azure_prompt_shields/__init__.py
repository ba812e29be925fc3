"""Asks Azure AI Content Safety, Prompt Shields, whether a text attacks the model: as a user's prompt, or as a document."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lockgate.core.guard import Finding
from lockgate.core.inquiry import Inquiry, whole
from lockgate.core.remote_guard import Capacity, GuardPorts, NoVerdict, Piece, RemoteGuard, RemoteGuardConfig
from lockgate.core.secret_ref import SecretRef

DOCUMENTS = frozenset(("tool_result", "document", "tool", "opaque"))
"""Places of texts that no user typed."""


class plugin(RemoteGuardConfig, frozen=True, tag="azure_prompt_shields"):
    """The resource, and its key."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]] = "both"

    url: Annotated[str, Meta(max_length=2048, description="As in https://NAME.cognitiveservices.azure.com.")]
    api_key: SecretRef
    api_version: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d(-preview)?$", description="Of the API.")] = "2024-09-01"

    @property
    def address(self) -> str:
        return self.url

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        return PromptShields(self, ports)


class Question(Struct, frozen=True, rename="camel"):
    user_prompt: str | UnsetType = UNSET
    documents: Sequence[str] | UnsetType = UNSET


class Analysis(Struct, frozen=True, rename="camel"):
    attack_detected: bool


class Said(Struct, frozen=True, rename="camel"):
    user_prompt_analysis: Analysis | None = None
    documents_analysis: Sequence[Analysis] | None = None


class PromptShields:
    """One text a question: there is room for one prompt in it, and for 10,000 characters."""

    capacity = Capacity(pieces=1, characters=10_000)

    def __init__(self, settings: plugin, ports: GuardPorts) -> None:
        key = ports.secret(settings.api_key).reveal().encode()
        path = f"/contentsafety/text:shieldPrompt?api-version={settings.api_version}"
        headers = ((b"ocp-apim-subscription-key", key),)
        self._inquiry = Inquiry(ports.transport, settings.url, path, headers, allow_private=settings.allow_private)

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        return [await self._found(piece) for piece in pieces]

    async def _found(self, piece: Piece) -> Sequence[Finding]:
        document = piece.place in DOCUMENTS
        question = Question(documents=[piece.text]) if document else Question(user_prompt=piece.text)
        said = await self._inquiry.ask(question, Said)
        analyses = said.documents_analysis if document else [said.user_prompt_analysis]
        if analyses is None or len(analyses) != 1 or analyses[0] is None:
            raise NoVerdict("bad_answer")
        return whole(piece, "prompt_attack") if analyses[0].attack_detected else ()
