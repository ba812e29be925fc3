"""`providers`: who serves models."""

from typing import Annotated, Literal

from msgspec import Meta

from lockgate.app.settings.headers import HeaderName, SourceSettings
from lockgate.app.settings.health import BulkheadSettings, HealthSettings
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.section import Name, Settings
from lockgate.app.settings.upstream_tls import UpstreamTlsSettings
from lockgate.core.duration import Duration, seconds
from lockgate.core.http import Timeouts


class TimeoutSettings(Settings, frozen=True):
    """How long an upstream may take, each phase for itself."""

    connect: Duration = "5s"
    first_byte: Duration = "120s"
    between_chunks: Duration = "60s"
    total: Duration = "600s"

    def build(self) -> Timeouts:
        """In seconds. `ValueError` for a phase that has no time at all."""
        lengths = {name: seconds(getattr(self, name)) for name in self.__struct_fields__}
        for name, length in lengths.items():
            if length <= 0:
                raise ValueError(f"a time longer than zero for {name}")
        return Timeouts(**lengths)

    def __post_init__(self) -> None:
        self.build()


class ResponsesSettings(Settings, frozen=True):
    """Clients of the Responses API are asked on in it."""


class HeldSettings(Settings, frozen=True):
    """What the provider holds under ids, only who got the id may name: answers, containers, sounds, files."""

    scope: Annotated[Literal["key", "team"], Meta(description="Who may name what a key got.")] = "key"
    shared: Annotated[
        tuple[Annotated[str, Meta(min_length=1)], ...],
        Meta(
            max_length=256,
            description="Ids of the account that every caller may name, like a vector store's; with a * at the end, all that begin so.",
        ),
    ] = ()
    key: Annotated[SecretRef, Meta(description="What marks are made with, the same on all machines.")] | None = None


class ProviderSettings(Settings, frozen=True):
    """Somebody who serves models, and how to reach them."""

    kind: Annotated[str, Meta(description="Which provider it is; `lockgate check` lists those there are.")]
    api_key: SecretRef | None = None
    next_api_key: SecretRef | None = None
    api_keys: Annotated[
        tuple[SecretRef, ...], Meta(max_length=32, description="Several, each with limits of its own upstream.")
    ] = ()
    base_url: (
        Annotated[str, Meta(description="Where the provider's own paths begin; left out, its public address.")] | None
    ) = None
    region: Annotated[Name, Meta(description="Where it is, for policies: a word of your own, like eu.")] | None = None
    allow_private: Annotated[bool, Meta(description="The host's name may mean a private or loopback address.")] = False
    timeouts: TimeoutSettings = TimeoutSettings()
    max_response_bytes: Annotated[int, Meta(ge=1024, le=1 << 36, description="The largest answer that is taken.")] = (
        64 * 1024 * 1024
    )
    max_stream_duration: (
        Annotated[Duration, Meta(description="The longest stream; left out, `timeouts.total`.")] | None
    ) = None
    headers: Annotated[dict[HeaderName, SourceSettings], Meta(description="Added to what goes to this provider.")] = {}
    responses: ResponsesSettings | None = None
    held: HeldSettings = HeldSettings()
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
    tls: UpstreamTlsSettings | None = None
    health: HealthSettings = HealthSettings()
    bulkhead: BulkheadSettings = BulkheadSettings()

    def __post_init__(self) -> None:
        if self.max_stream_duration is not None and seconds(self.max_stream_duration) <= 0:
            raise ValueError("a time longer than zero for max_stream_duration")
