"""A limit or budget as configured: of what, how much, for whose requests, and counted apart for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lockgate.core.limit import Shape
from lockgate.core.period import Calendar

Kind = Literal["requests", "tokens", "input_tokens", "output_tokens", "cost", "concurrency", "request_bytes"]
Section = Literal["gateway", "organization", "team", "user", "key", "model", "provider"]
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
    label: str = field(init=False, repr=False, compare=False)
    """Names it in records, metrics and headers. Its `max` is not part of it: who raises that begins no new count."""

    def __post_init__(self) -> None:
        parts = ("/".join(filter(None, self.place)), self.kind, self.per, self.by if self.by != self.place[0] else "")
        label = ":".join(filter(None, (*parts, self.zone, "smooth" if self.shape.window == "smooth" else "")))
        object.__setattr__(self, "label", label)

    @property
    def whose(self) -> str:
        """In words, for messages."""
        return " ".join(filter(None, ("the" if self.place[0] == "gateway" else "", *self.place)))


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
