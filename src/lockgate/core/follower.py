"""Guards that no pattern speaks for: such as follow a text from its first character on, and such as measure a document."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from lockgate.core.finding import Finding, Shape


@runtime_checkable
class Follower(Protocol):
    """Pure and synchronous. A text in pieces gives the same findings as in one.

    `at`: so many characters of it went before `text`, which is all that is left of it to look at.
    """

    def follow(self, text: str, at: int) -> Sequence[Finding]: ...

    def open(self, text: str, at: int) -> int:
        """Characters at the end that may still become part of a finding."""
        ...

    def bound(self, system: Sequence[str]) -> "Follower":
        """The guard for the answers to one request, by what its system texts say. It may be the same."""
        ...


@runtime_checkable
class Measure(Protocol):
    """Pure and synchronous."""

    def measured(self, shape: Shape) -> Sequence[Finding]:
        """What is too large. Places mean nothing here: a mask cannot make a document smaller."""
        ...
