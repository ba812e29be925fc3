"""`models.NAME.targets.N.when`: for which requests a target is there."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.headers import ClaimName, HeaderName
from lockgate.app.settings.prices import Usd
from lockgate.app.settings.section import Settings
from lockgate.core.access import Hours
from lockgate.core.store import MetadataName

Values = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=1024)], ...],
    Meta(min_length=1, description='Values, one of which it has to be; "*" is any.'),
]


class MaxPriceSettings(Settings, frozen=True):
    """Dollars for a million tokens, at most."""

    input: Usd | None = None
    output: Usd | None = None


class WhenSettings(Settings, frozen=True):
    """All that is said has to hold."""

    vision: (
        Annotated[bool, Meta(description="True: only requests with pictures; false: only those without.")] | None
    ) = None
    tools: Annotated[bool, Meta(description="True: only requests with tools; false: only those without.")] | None = None
    max_input_tokens: (
        Annotated[int, Meta(ge=1, le=1 << 30, description="By the request's bytes, a token for each three.")] | None
    ) = None
    headers: dict[HeaderName, Values] = {}
    claims: dict[ClaimName, Values] = {}
    metadata: dict[MetadataName, Values] = {}
    times: Annotated[tuple[Hours, ...], Meta(min_length=1)] | None = None
    max_price: MaxPriceSettings | None = None
    condition: Annotated[str, Meta(min_length=1, max_length=4096, description="In CEL; true is for it.")] | None = None
