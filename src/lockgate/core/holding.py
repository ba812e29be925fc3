"""What of a dialect is about things that its provider holds for later, and has ids for."""

from collections.abc import Callable
from dataclasses import dataclass

from lockgate.core.body import Headed, Tree

Plain = Callable[[str], str | None]
"""The account's id for a marked one; None for what the caller may not name there."""


@dataclass(frozen=True, slots=True)
class Holds:
    """What of a dialect is about things that its provider holds."""

    previous: str
    """The key of a request that names the answer it goes on from."""
    stays: Callable[[Headed], bool]
    """The answer will be held, as far as the request says."""
    acts: Callable[[Headed], bool]
    """By it the provider runs tools of its own. Asked where something failed, and not before."""
    refuse: Callable[[Headed], None]
    """Raises the `Problem` of what nobody can give who is asked in another dialect, and that is found without reading all of it."""
    alone: Callable[[Tree], bool]
    """Nobody can answer it who is asked in another dialect."""
    opened: Callable[[Tree, Plain], tuple[Tree, tuple[str, ...]]]
    """A request with the account's own ids, and what was left out of it. Raises the `Problem` of one that may not be named."""
    marked: Callable[[bytes, Callable[[str], str]], bytes]
    """A whole answer, or the JSON of a frame, with its ids marked. Never raises."""
    begun: Callable[[bytes, str], tuple[bytes, bytes] | None]
    """Of a frame's JSON in which an item begins, the request's id given: how our own encoder names the item, wherever it does, and how
    it is named. Never raises.
    """
