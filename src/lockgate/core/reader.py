"""A guard that reads whole texts, too, because no pattern says what it looks for."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from lockgate.core.guard import Finding


@runtime_checkable
class Reader(Protocol):
    """Pure and synchronous. Only texts of requests are whole when they are looked at; `place` is whose the text is, as a
    dialect says it.
    """

    def read(self, text: str, place: str) -> Sequence[Finding]: ...


@runtime_checkable
class Together(Protocol):
    """A reader who reads several texts faster than each of them, and finds the same. It remembers for a while what it found."""

    def soon(self, texts: Sequence[tuple[str, str]]) -> Iterator[None]:
        """Texts and their places, which it will be asked to read: it may wait with them for others, of other requests, too, or read them
        in steps of some milliseconds.
        """
        ...

    def read_all(self, texts: Sequence[tuple[str, str]]) -> Sequence[Sequence[Finding]]:
        """Texts and their places."""
        ...


@runtime_checkable
class Slicing(Protocol):
    """A reader who reads a long text in steps of some milliseconds, and remembers for a while what it found."""

    def in_slices(self, text: str, place: str) -> Iterator[None]:
        """It will be asked to read this. Others may have their turn between two steps."""
        ...


@runtime_checkable
class Brisk(Protocol):
    """A reader who is quick to say in which of several texts he finds nothing."""

    def stirring(self, texts: Sequence[tuple[str, str]]) -> Sequence[int]:
        """The numbers of the others: texts, each with its place, in which he may find something."""
        ...
