"""Asks Lakera Guard (Check Point AI Guardrails) what a project's policy says of a text."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lockgate.core.guard import Finding
from lockgate.core.inquiry import Inquiry, bearer, whole
from lockgate.core.remote_guard import Capacity, GuardPorts, Piece, RemoteGuard, RemoteGuardConfig
from lockgate.core.secret_ref import SecretRef

ROLES = {"system": "system", "assistant": "assistant", "thinking": "assistant", "tool_arguments": "assistant"}


class plugin(RemoteGuardConfig, frozen=True, tag="lakera"):
    """Whose key, and which project's policy."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]] = "both"

    api_key: SecretRef
    project_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,100}$", description="As in project-1234.")] | None = None
    url: Annotated[str, Meta(max_length=2048, description="Where the API's paths begin.")] = "https://api.lakera.ai/v2"

    @property
    def address(self) -> str:
        return self.url

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        return Lakera(self, ports)


class Message(Struct, frozen=True):
    role: str
    content: str


class Question(Struct, frozen=True):
    messages: Sequence[Message]
    project_id: str | UnsetType
    breakdown: bool = True


class Detected(Struct, frozen=True):
    detector_type: str
    detected: bool


class Said(Struct, frozen=True):
    flagged: bool
    breakdown: Sequence[Detected] = ()


class Lakera:
    """One text a question, so that it is known which one was flagged."""

    capacity = Capacity(pieces=1, characters=20_000)

    def __init__(self, settings: plugin, ports: GuardPorts) -> None:
        headers = bearer(ports.secret(settings.api_key))
        private = settings.allow_private
        self._inquiry = Inquiry(ports.transport, settings.url, "/guard", headers, allow_private=private)
        self._project = settings.project_id or UNSET

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        return [await self._found(piece) for piece in pieces]

    async def _found(self, piece: Piece) -> Sequence[Finding]:
        message = Message(ROLES.get(piece.place, "user"), piece.text)
        said = await self._inquiry.ask(Question([message], self._project), Said)
        labels = dict.fromkeys(each.detector_type for each in said.breakdown if each.detected)
        if not said.flagged:
            return ()
        return [each for label in labels or ("flagged",) for each in whole(piece, label)]
