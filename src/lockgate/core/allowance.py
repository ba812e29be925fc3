"""A limit or budget as configured: of what, how much, for whose requests, and counted apart for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lockgate.core.limit import Shape
from lockgate.core.period import Calendar

Kind = Literal["requests", "tokens", "input_tokens", "output_tokens", "cost", "concurrency", "request_bytes"]
Section = Literal["gateway", "organization", "team", "user", "key", "model", "provider"]
UNITS: Mapping[str, str] = {
    "tokens": "tokens",
    "input_tokens": "input-tokens",
    "output_tokens": "output-tokens",
    "cost": "nanodollars",
    "concurrency": "concurrent-requests",
}
"""What is counted, in headers, where it is not requests."""
Place = tuple[Section, str]
"""Where it stands in the configuration: whose requests it is for."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`by` is what has a count of its own; `per` is the window as it was written; `calendar` is for periods.

    A cost is in nanodollars.
    """

    place: Place
    kind: Kind
    shape: Shape
    by: str
    per: str = ""
    shadow: bool = False
    calendar: Calendar | None = None
    zone: str = ""
    label: str = field(init=False)
    """Names it in records, metrics and headers. Its `max` is not part of it: who raises that begins no new count."""

    named: str = field(init=False)
    """The same as a string of RFC 9651, for headers."""

    policy: str = field(init=False)
    """What it allows, as a member of a `RateLimit-Policy` header."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self._label())
        object.__setattr__(self, "named", '"' + self.label.replace("\\", "\\\\").replace('"', '\\"') + '"')
        window = f";w={-(-self.shape.per // 1_000_000)}" if self.shape.per else ""
        unit = f';qu="{UNITS[self.kind]}"' if self.kind in UNITS else ""
        object.__setattr__(self, "policy", f"{self.named};q={self.shape.capacity}{window}{unit}")

    @property
    def shown(self) -> bool:
        """Clients hear of it. Not of shadows, which nobody has to heed, nor of what the gateway may do at providers."""
        return not self.shadow and self.place[0] != "provider"

    def _label(self) -> str:
        parts = ("/".join(filter(None, self.place)), self.kind, self.per, self.by if self.by != self.place[0] else "")
        return ":".join(filter(None, (*parts, self.zone, "smooth" if self.shape.window == "smooth" else "")))

    @property
    def whose(self) -> str:
        """In words, for messages."""
        return " ".join(filter(None, ("the" if self.place[0] == "gateway" else "", *self.place)))


@dataclass(slots=True)
class Tally:
    """Reservations that are open in this process, and what is used of each budget, by its label.

    `lost`: a request found that the store has lost its memory. `heedless`: models and providers whose answers were longer than
    they were asked to be.
    """

    open: int = 0
    used: dict[str, float] = field(default_factory=dict)
    lost: bool = False
    heedless: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Limits:
    """All of them, by where they stand."""

    at: Mapping[Place, tuple[Limit, ...]]

    @staticmethod
    def of(limits: Iterable[Limit]) -> "Limits":
        grouped: dict[Place, tuple[Limit, ...]] = {}
        for limit in limits:
            grouped[limit.place] = (*grouped.get(limit.place, ()), limit)
        return Limits(grouped)

    def __bool__(self) -> bool:
        return bool(self.at)
