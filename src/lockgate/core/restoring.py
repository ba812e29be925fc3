"""The way back from tokens to values: what the pipeline needs of it."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from lockgate.core.guard import Hole


class Spelled(Struct, frozen=True, gc=False):
    """A token in a text. `opened` is how its bracket was written, empty where it had none."""

    start: int
    end: int
    id: str
    opened: str


class Restorer(Protocol):
    """Knows the values that may go back to this client in this answer, and no others."""

    @property
    def before(self) -> int:
        """The most characters in front of a token that decide on it, and on how its value is written."""
        ...

    def may_go_to(self, tool: str) -> bool:
        """Whether a tool may be called with true values."""
        ...

    def growing(self, text: str, start: int) -> int:
        """How many characters at the end, behind `start`, may still become a token, or more of one."""
        ...

    def waits(self, text: str, token: Spelled) -> bool:
        """Whether a text that goes on behind the token may still decide on it."""
        ...

    def found(self, text: str, start: int = 0, *, exact: bool = False) -> Sequence[Spelled]:
        """Tokens that stand for a value, from `start` on. `exact`: only those written to the letter as they were given."""
        ...

    def left(self, left: str, dropped: str) -> str:
        """What of a text matters still that nobody keeps any more: something short. `left` is what that was for all before it."""
        ...

    def holes(
        self, text: str, found: Sequence[Spelled], ahead: str | None = None, *, strict: bool = False, left: str = ""
    ) -> list[Hole]:
        """The values in their place. `ahead` stands for what is before the text in a JSON document; None is no JSON.

        `left` is what is left of all in front of the text. `strict`: it is surely one, so that a token outside of its strings has to become a string or a number.
        """
        ...
