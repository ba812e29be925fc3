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

    def begins(self, text: str) -> tuple[bool, str]:
        """Whether something that leads out may be open at the end of a text, which may be long; and what has to stand in front of
        what follows, for the same question: of one that is open what tells where it ends, and otherwise the text's end.
        """
        ...

    def leads_out(self, ahead: str, behind: str, *, further: bool = True) -> bool:
        """Whether what is put between these goes to somebody whom the operator does not know. `further`: something may have
        begun in front of them.
        """
        ...

    def undecided(self, behind: str) -> bool:
        """Whether a text that goes on behind it may still decide on it."""
        ...
