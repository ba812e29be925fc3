"""Asks any detector that speaks JSON over HTTP, in the form that the README of this folder says."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lockgate.core import address
from lockgate.core.guard import Finding
from lockgate.core.inquiry import Inquiry, bearer, whole
from lockgate.core.remote_guard import Capacity, GuardPorts, NoVerdict, Piece, RemoteGuard, RemoteGuardConfig
from lockgate.core.secret_ref import SecretRef


class plugin(RemoteGuardConfig, frozen=True, tag="webhook"):
    """Where the detector is, and what it is shown."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]] = "both"

    url: Annotated[str, Meta(max_length=2048, description="The whole URL that is posted to.")]
    api_key: SecretRef | None = None
    label: Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,32}$", description="What a finding without one is called.")] = (
        "webhook"
    )

    @property
    def address(self) -> str:
        return self.url

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        return Webhook(self, ports)


class Text(Struct, frozen=True):
    text: str
    place: str


class Question(Struct, frozen=True):
    direction: str
    texts: Sequence[Text]
    version: int = 1


class Span(Struct, frozen=True):
    start: int
    end: int
    label: str = ""
    score: float = 1.0


class Result(Struct, frozen=True):
    """`flagged`: all of the text is meant. Either may be left out, and an answer without both is none."""

    flagged: bool | None = None
    label: str = ""
    findings: Sequence[Span] | None = None


class Said(Struct, frozen=True):
    results: Sequence[Result]


class Webhook:
    capacity = Capacity(pieces=32, characters=50_000)

    def __init__(self, settings: plugin, ports: GuardPorts) -> None:
        key = None if settings.api_key is None else ports.secret(settings.api_key)
        _, path = address.upstream(settings.url)
        slash = "/" if settings.url.endswith("/") or not path else ""
        self._inquiry = Inquiry(ports.transport, settings.url, slash, bearer(key), allow_private=settings.allow_private)
        self._label = settings.label

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        question = Question(pieces[0].direction, [Text(piece.text, piece.place) for piece in pieces])
        said = await self._inquiry.ask(question, Said)
        if len(said.results) != len(pieces):
            raise NoVerdict("bad_answer")
        return [self._found(piece, result) for piece, result in zip(pieces, said.results, strict=True)]

    def _found(self, piece: Piece, result: Result) -> Sequence[Finding]:
        if result.flagged is None and result.findings is None:
            raise NoVerdict("bad_answer")
        spans = [Finding(s.start, s.end, s.label or self._label, s.score) for s in result.findings or ()]
        return [*whole(piece, result.label or self._label), *spans] if result.flagged and not spans else spans
