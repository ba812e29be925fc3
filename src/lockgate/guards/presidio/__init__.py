"""Asks the analyzer of a Presidio server where personal data stands."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lockgate.core.guard import Finding
from lockgate.core.inquiry import Inquiry
from lockgate.core.remote_guard import Capacity, GuardPorts, Piece, RemoteGuard, RemoteGuardConfig


class plugin(RemoteGuardConfig, frozen=True, tag="presidio"):
    """Where the analyzer is, and what of its findings counts."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]] = "both"

    url: Annotated[str, Meta(max_length=2048, description="Where the analyzer listens, as in http://presidio:3000.")]
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$", description="Its code, as in en.")] = "en"
    entities: tuple[Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{0,63}$", description="As in PERSON.")], ...] = ()
    min_score: Annotated[float, Meta(ge=0, le=1, description="Findings that are less sure are none.")] = 0.5

    @property
    def address(self) -> str:
        return self.url

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        return Presidio(self, ports)


class Question(Struct, frozen=True):
    text: str
    language: str
    score_threshold: float
    entities: tuple[str, ...] | UnsetType = UNSET


class Recognised(Struct, frozen=True):
    """Places are in characters: the server counts as Python does."""

    entity_type: str
    start: int
    end: int
    score: float


class Presidio:
    """One text a question: servers that take several at once are the newer ones only."""

    capacity = Capacity(pieces=1, characters=20_000)

    def __init__(self, settings: plugin, ports: GuardPorts) -> None:
        self._inquiry = Inquiry(ports.transport, settings.url, "/analyze", allow_private=settings.allow_private)
        self._common: dict[str, Any] = {"language": settings.language, "score_threshold": settings.min_score}
        if settings.entities:
            self._common["entities"] = settings.entities
        self._least = settings.min_score

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        return [await self._found(piece) for piece in pieces]

    async def _found(self, piece: Piece) -> Sequence[Finding]:
        said = await self._inquiry.ask(Question(piece.text, **self._common), list[Recognised])
        return [Finding(r.start, r.end, r.entity_type, r.score) for r in said if r.score >= self._least]
