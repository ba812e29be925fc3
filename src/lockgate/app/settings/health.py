"""`providers.NAME.health` and `.bulkhead`: when an upstream is left alone, and how much may run there at once."""

from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.breaker import Rules
from lockgate.core.duration import Duration, seconds

Count = Annotated[int, Meta(ge=1, le=1_000_000)]


class CheckSettings(Settings, frozen=True):
    """Questions of our own that cost no tokens. Without a path: whether there is any answer at all, without a credential."""

    path: (
        Annotated[str, Meta(pattern=r"^/[!-~]*$", max_length=1024, description="Behind `base_url`, like /models.")]
        | None
    ) = None
    interval: Duration = "10s"
    timeout: Duration = "5s"
    unhealthy: Annotated[int, Meta(ge=1, le=100, description="Failures in a row that take it out.")] = 3
    healthy: Annotated[int, Meta(ge=1, le=100, description="Good answers in a row that bring it back.")] = 1

    def __post_init__(self) -> None:
        positive({"interval": self.interval, "timeout": self.timeout})


class HealthSettings(Settings, frozen=True):
    """The breaker of each upstream, and the longest it may ask to be left alone."""

    failures: Annotated[int, Meta(ge=1, le=1000, description="In a row, until it is left out.")] = 5
    out_for: Duration = "30s"
    out_most: Duration = "300s"
    probe_every: Duration = "10s"
    cool_most: Duration = "60s"
    check: CheckSettings | None = None

    def __post_init__(self) -> None:
        self.build()

    def build(self) -> Rules:
        names = ("out_for", "out_most", "probe_every")
        lengths = positive({name: getattr(self, name) for name in names})
        return Rules(
            self.failures, lengths["out_for"], lengths["out_most"], lengths["probe_every"], seconds(self.cool_most)
        )


class BulkheadSettings(Settings, frozen=True):
    """The most at once, of all workers together. A request has a connection of its own, so connections are requests."""

    requests: Count | None = None
    pending: Annotated[Count, Meta(description="Those without an answer yet.")] | None = None


def positive(lengths: dict[str, str]) -> dict[str, float]:
    """In seconds. `ValueError` for one that has no time at all."""
    found = {name: seconds(length) for name, length in lengths.items()}
    for name, length in found.items():
        if length <= 0:
            raise ValueError(f"a time longer than zero for {name}")
    return found
