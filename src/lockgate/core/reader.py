"""A guard that reads whole texts, too, because no pattern says what it looks for."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from lockgate.core.guard import Finding


@runtime_checkable
class Reader(Protocol):
    """Pure and synchronous. Only texts of requests are whole when they are looked at; `place` is whose the text is, as a
    dialect says it.
    """

    def read(self, text: str, place: str) -> Sequence[Finding]: ...


@runtime_checkable
class Ahead(Protocol):
    """A reader to whom it is a help to know what it will soon be asked to read. It changes no finding."""

    def ahead(self, texts: Sequence[tuple[str, str]]) -> None:
        """Texts and their places."""
