"""`headers`: which a request must have, which go on, and which are added. The same at the gateway, above teams and at models."""

from typing import Annotated, Literal

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.access import Listed
from lockgate.core.header_policy import Identity, Unknown
from lockgate.core.store import MetadataName

HeaderName = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="A header's name in small letters, with `-`.")
]
HeaderValue = Annotated[
    str, Meta(pattern=r"^[!-~]([ -~]{0,1022}[!-~])?$", description="Visible ASCII, no blank at its ends.")
]
Length = Annotated[int, Meta(ge=0, le=8192)]
ClaimName = Annotated[str, Meta(min_length=1, max_length=200, description="A claim of a token, as it was mapped.")]


class SourceSettings(Settings, frozen=True, rename={"identity": "from"}):
    """Where a header's value comes from."""

    advice = "one of {from: team}, {const: TEXT}, {claim: NAME} or {metadata: NAME}"

    identity: Identity | None = None
    const: HeaderValue | None = None
    claim: ClaimName | None = None
    metadata: MetadataName | None = None

    def __post_init__(self) -> None:
        if sum(value is not None for value in (self.identity, self.const, self.claim, self.metadata)) != 1:
            raise ValueError(self.advice)


class RequiredSettings(Settings, frozen=True):
    """What a header has to be like; nothing said: it has to be there, and not empty."""

    pattern: Annotated[str, Meta(min_length=1, max_length=1024, description="The whole value has to fit.")] | None = (
        None
    )
    values: Annotated[tuple[HeaderValue, ...], Meta(min_length=1)] | None = None
    min_length: Length = 1
    max_length: Length = 4096
    claim: ClaimName | None = None
    metadata: MetadataName | None = None

    def __post_init__(self) -> None:
        if self.min_length > self.max_length:
            raise ValueError("a `max_length` that is not below `min_length`")
        if self.claim is not None and self.metadata is not None:
            raise ValueError("equality with a claim or with a note on the key, not with both")


class ReplyHeaderSettings(Settings, frozen=True):
    """What clients get besides, and what they do not get."""

    add: dict[HeaderName, SourceSettings] = {}
    remove: tuple[HeaderName, ...] = ()


class HeaderSettings(Settings, frozen=True):
    """Additional parameters of requests and replies."""

    require: dict[HeaderName, RequiredSettings] = {}
    unknown: (
        Annotated[Unknown, Meta(description="What becomes of `x-` headers nobody knows; left out: strip.")] | None
    ) = None
    forward: Annotated[tuple[HeaderName, ...], Meta(description="Headers of the client that go upstream.")] = ()
    add: dict[HeaderName, SourceSettings] = {}
    response: ReplyHeaderSettings = ReplyHeaderSettings()


Preflight = Literal["GET", "HEAD", "POST", "OPTIONS"]
Origin = Annotated[
    str, Meta(pattern=r"^(\*|https?://[a-z0-9.\[\]:-]{1,253})$", description="Like https://app.example.com, or `*`.")
]


class CorsSettings(Settings, frozen=True):
    """Which pages of other origins may call the gateway from a browser. Cookies and the like never go with it."""

    origins: Annotated[tuple[Origin, ...], Meta(min_length=1)]
    methods: Annotated[tuple[Preflight, ...], Meta(min_length=1)] = ("GET", "POST")
    headers: Annotated[
        tuple[Listed, ...], Meta(description="Headers that a page may send; `*` stands for anything.")
    ] = (
        "authorization",
        "content-type",
        "x-api-key",
        "x-goog-api-key",
        "x-goog-api-client",
        "x-stainless-*",
        "anthropic-*",
        "openai-*",
    )
    expose: tuple[HeaderName, ...] = ("x-request-id",)
    max_age: Annotated[int, Meta(ge=0, le=86400, description="Seconds that a browser remembers the answer.")] = 600
