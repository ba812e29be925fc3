"""`models`: what a client may ask for, and who answers."""

from typing import Annotated, Literal

from msgspec import Meta

from lockgate.app.settings.balance import AnyBalance
from lockgate.app.settings.cache import CacheSettings
from lockgate.app.settings.flows import SpotlightSettings
from lockgate.app.settings.headers import HeaderSettings
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.app.settings.retry import HedgeSettings, RetrySettings
from lockgate.app.settings.section import ModelName, Name, Settings
from lockgate.app.settings.when import WhenSettings
from lockgate.core.duration import Duration, seconds


class TargetSettings(Settings, frozen=True):
    """A provider to ask, and the model's name there; left out, the name that the client used."""

    provider: Name
    model: ModelName | None = None
    region: Annotated[Name, Meta(description="Where it is, if elsewhere than its provider.")] | None = None
    weight: Annotated[int, Meta(ge=0, le=1000, description="Its share, where the balancer knows shares.")] = 1
    priority: Annotated[
        int, Meta(ge=0, le=99, description="Targets of a higher number are for when none of a lower one is well.")
    ] = 0

    when: WhenSettings | None = None


class ModelSettings(Settings, frozen=True):
    """What a model name means: the targets to try, and who of them is first."""

    targets: Annotated[tuple[TargetSettings, ...], Meta(min_length=1, max_length=32)]
    max_input_tokens: Annotated[int, Meta(ge=1, le=1 << 30, description="What the model takes.")] | None = None
    max_output_tokens: (
        Annotated[int, Meta(ge=1, le=1 << 30, description="The longest answer; also asked of the upstream.")] | None
    ) = None
    balance: AnyBalance | None = None
    retry: RetrySettings = RetrySettings()
    fallback_on: Annotated[
        tuple[Literal["context_length", "content_filter"], ...],
        Meta(description="Refusals that another target may not share: then the next one is asked."),
    ] = ()
    deadline: Annotated[Duration, Meta(description="For all attempts together; left out, as they take.")] | None = None
    hedge: HedgeSettings | None = None
    collapse: Annotated[bool, Meta(description="Ask once for the same request of a key that runs already.")] = False
    ping: Annotated[Duration, Meta(description="How often clients hear from us until a stream begins.")] | None = None
    limits: tuple[LimitSettings, ...] = ()
    budgets: tuple[BudgetSettings, ...] = ()
    headers: HeaderSettings | None = None
    spotlight: SpotlightSettings | None = None
    cache: CacheSettings | None = None
    condition: Annotated[str, Meta(min_length=1, max_length=4096, description="In CEL; true lets pass.")] | None = None

    def __post_init__(self) -> None:
        for name in ("deadline", "ping"):
            if (given := getattr(self, name)) is not None and seconds(given) <= 0:
                raise ValueError(f"a time longer than zero for {name}")
