"""`limits` and `budgets`: how much, of what, in how long, counted for whom. They stand in many sections."""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.duration import PATTERN, Duration

MOST = (1 << 53) - 1
BY = r"^(gateway|organization|team|user|key|model|provider|client|header:[!#$%&'*+.^_`|~0-9a-z-]{1,64}|claim:[ -~]{1,64})$"
By = Annotated[
    str,
    Meta(
        pattern=BY,
        description=(
            "Each of these has a count of its own: gateway, organization, team, user, key, model, provider, client, "
            "header:NAME in lower case, or claim:NAME."
        ),
    ),
]


class LimitSettings(Settings, frozen=True):
    """How much of something in how long. `by` is the section's own kind when it is left out."""

    kind: Literal["requests", "tokens", "input_tokens", "output_tokens", "concurrency", "request_bytes"]
    max: Annotated[int, Meta(ge=1, le=MOST)]
    per: Duration | None = None
    window: Literal["sliding", "smooth"] = "sliding"
    burst: Annotated[int, Meta(ge=1, le=MOST, description="What a smooth limit lets through at once.")] | None = None
    by: By | None = None
    shadow: Annotated[bool, Meta(description="Counts and is recorded, and never refuses.")] = False

    def __post_init__(self) -> None:
        if self.kind in ("concurrency", "request_bytes"):
            if self.per is not None or self.window != "sliding":
                raise ValueError(f"`max` alone: {self.kind} has no window")
        elif self.per is None:
            raise ValueError(f"how long the window is: {self.kind} needs `per`, as in 1m")
        if self.window == "sliding" and self.burst is not None:
            raise ValueError("`burst` only with `window: smooth`")


class BudgetSettings(Settings, frozen=True):
    """How much may be spent in how long: in the last so many days, or in the running day, week or month of a time zone."""

    max_usd: Annotated[float, Meta(gt=0, le=1e6, description="US dollars, to the billionth.")]
    per: Annotated[
        str, Meta(pattern=f"{PATTERN}|^(day|week|month)$", description="A length like 30d, or day, week or month.")
    ]
    zone: Annotated[str, Meta(min_length=1, max_length=64, description="Whose day, week or month.")] = "UTC"
    by: By | None = None
    shadow: Annotated[bool, Meta(description="Counts and is recorded, and never refuses.")] = False

    @property
    def nano(self) -> int:
        """The decimal that was written, in billionths of a dollar."""
        return int(Decimal(repr(self.max_usd)).scaleb(9))

    def __post_init__(self) -> None:
        if self.nano < 1:
            raise ValueError("at least 0.000000001 US dollars")
