"""A guard that knows ways out: whether a value that is put somewhere would leave for a stranger."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Outlet(Protocol):
    """Pure and synchronous."""

    @property
    def back(self) -> int:
        """Characters in front of a place that decide on it."""
        ...

    @property
    def forth(self) -> int:
        """Characters behind it that may."""
        ...

    def leads_out(self, ahead: str, behind: str) -> bool:
        """Whether what is put between these goes to somebody whom the operator does not know."""
        ...

    def undecided(self, behind: str) -> bool:
        """Whether a text that goes on behind it may still decide on it."""
        ...
