"""Asks OpenAI's moderation endpoint, or one that speaks like it, whether a text is harmful."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lockgate.core.guard import Finding
from lockgate.core.inquiry import Inquiry, bearer, whole
from lockgate.core.remote_guard import Capacity, GuardPorts, NoVerdict, Piece, RemoteGuard, RemoteGuardConfig
from lockgate.core.secret_ref import SecretRef

Category = Annotated[str, Meta(pattern=r"^[a-z][a-z/_-]{0,47}$", description="As the endpoint calls it.")]


class plugin(RemoteGuardConfig, frozen=True, tag="openai_moderation"):
    """Whose key pays, and which categories count."""

    status: ClassVar[Literal["stable", "experimental"]] = "experimental"
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]] = "both"

    api_key: SecretRef
    url: Annotated[str, Meta(max_length=2048, description="Where the API's paths begin.")] = "https://api.openai.com/v1"
    model: Annotated[str, Meta(pattern=r"^[!-~]{1,100}$", description="The moderation model.")] = (
        "omni-moderation-latest"
    )
    categories: tuple[Category, ...] = ()
    threshold: Annotated[float, Meta(gt=0, le=1, description="In place of the model's own.")] | None = None

    @property
    def address(self) -> str:
        return self.url

    def connect(self, ports: GuardPorts) -> RemoteGuard:
        return Moderation(self, ports)


class Question(Struct, frozen=True):
    model: str
    input: Sequence[str]


class Result(Struct, frozen=True):
    flagged: bool
    categories: Mapping[str, bool | None]
    category_scores: Mapping[str, float | None]


class Said(Struct, frozen=True):
    results: Sequence[Result]


class Moderation:
    capacity = Capacity(pieces=16, characters=20_000)

    def __init__(self, settings: plugin, ports: GuardPorts) -> None:
        headers = bearer(ports.secret(settings.api_key))
        private = settings.allow_private
        self._inquiry = Inquiry(ports.transport, settings.url, "/moderations", headers, allow_private=private)
        self._settings = settings

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        said = await self._inquiry.ask(Question(self._settings.model, [piece.text for piece in pieces]), Said)
        if len(said.results) != len(pieces):
            raise NoVerdict("bad_answer")
        return [self._found(piece, result) for piece, result in zip(pieces, said.results, strict=True)]

    def _found(self, piece: Piece, result: Result) -> Sequence[Finding]:
        wanted = self._settings.categories
        if wanted and not set(wanted) <= set(result.category_scores):
            raise NoVerdict("bad_answer")  # it does not know what it was to look for
        scores = {name: score or 0.0 for name, score in result.category_scores.items() if not wanted or name in wanted}
        labels = [name for name, score in scores.items() if self._counts(result, name, score)]
        if not labels and not wanted and self._settings.threshold is None and result.flagged:
            labels = ["flagged"]
        return [each for name in labels for each in whole(piece, name, scores.get(name, 1.0))]

    def _counts(self, result: Result, name: str, score: float) -> bool:
        least = self._settings.threshold
        return bool(result.categories.get(name)) if least is None else score >= least
