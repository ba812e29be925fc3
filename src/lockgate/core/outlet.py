"""A guard that knows ways out: whether a value that is put somewhere would leave for a stranger."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Outlet(Protocol):
    """Pure and synchronous. `leads_out` looks at `back` characters in front of the place, and at nothing else."""

    @property
    def back(self) -> int: ...
    def leads_out(self, text: str, at: int) -> bool:
        """Whether what is put at this place of the text goes to somebody whom the operator does not know."""
        ...
