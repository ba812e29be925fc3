"""`retry` and `hedge` of a model: when there is another attempt, and how often."""

from typing import Annotated, Literal

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.duration import Duration, seconds
from lockgate.core.retry import FAULTS, STATUSES, Fault, Hedge, Refusal, Retry

Status = Annotated[int, Meta(ge=400, le=599)]
Word = Literal["connect", "timeout", "reset", "bad_answer"]
LONGEST = 60.0


class RetrySettings(Settings, frozen=True):
    """After which failures the next upstream is asked, or the same one again."""

    attempts: Annotated[int, Meta(ge=1, le=10, description="At one target, the first included.")] = 2
    on: (
        Annotated[
            tuple[Status | Word, ...],
            Meta(description="Statuses, and connect, timeout, reset, bad_answer; left out, all that may help."),
        ]
        | None
    ) = None
    max_wait: Annotated[Duration, Meta(description="The longest pause before another attempt; at most 60s.")] = "10s"

    def build(self, refusals: tuple[Refusal, ...]) -> Retry:
        statuses, faults = STATUSES, FAULTS
        if self.on is not None:
            statuses = frozenset(each for each in self.on if isinstance(each, int))
            faults = frozenset[Fault](each for each in self.on if not isinstance(each, int))
        return Retry(self.attempts, statuses, faults, frozenset(refusals), seconds(self.max_wait))

    def __post_init__(self) -> None:
        if seconds(self.max_wait) > LONGEST:
            raise ValueError("60s at most for max_wait: a client does not wait for ever")


class HedgeSettings(Settings, frozen=True):
    """A second attempt beside one that is late. Costs up to a fifth of the model's requests more."""

    percentile: Annotated[
        int, Meta(ge=50, le=99, description="Of the times to a first token; what is beyond is late.")
    ] = 95
    at_least: Annotated[Duration, Meta(description="And never sooner than this.")] = "100ms"

    def build(self) -> Hedge:
        return Hedge(self.percentile, seconds(self.at_least))
