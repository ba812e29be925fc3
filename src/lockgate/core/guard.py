"""Guards find, rules decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from msgspec import Struct

Action = Literal["flag", "mask", "block"]
Direction = Literal["request", "response"]


class Finding(Struct, frozen=True, gc=False):
    """Something found: its place in characters, not the text itself, so that it is safe to write down."""

    start: int
    end: int
    label: str


class Guard(Protocol):
    """Looks at a text. Pure and synchronous: what needs the network is another port."""

    @property
    def reach(self) -> int:
        """The longest finding, in characters: so much of a stream's end is held back."""
        ...

    def find(self, text: str) -> Sequence[Finding]: ...


class GuardConfig(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every guard's settings."""

    status: ClassVar[Literal["stable", "experimental"]]
    posture: ClassVar[Literal["client", "upstream", "both", "neither"]]
    """Hardened against an untrusted client, an untrusted upstream, both, or neither."""

    def build(self) -> Guard:
        """The guard itself. What can be wrong with the settings is wrong here, before there is traffic: `ValueError`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Rule:
    """A guard, where it looks, and what happens when it finds something."""

    name: str
    guard: Guard
    action: Action
    on: frozenset[Direction] = frozenset(("request",))
