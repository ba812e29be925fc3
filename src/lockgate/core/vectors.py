"""What only those dialects have whose answers are vectors: numbers, too many of them to hold, or to look at one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lockgate.core.answer import Usage
from lockgate.core.body import Headed


class Passed(Protocol):
    """Watches an answer go by in chunks, cut anywhere, and keeps next to nothing of it. Never raises."""

    @property
    def usage(self) -> Usage | None:
        """The counts, once all went by."""
        ...

    @property
    def ended(self) -> bool:
        """The document is whole."""
        ...

    def feed(self, chunk: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Bare:
    """An answer without its vectors, for who looks at texts: `rest` is what is left of it, as JSON, and `filled` puts the
    vectors back into what became of that.
    """

    rest: bytes
    filled: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """The rows of such a dialect."""

    unread: Callable[[Headed], str]
    """Where in a request a text stands that nobody can read, numbers of tokens say; empty where all can be read."""
    bare: Callable[[bytes], Bare]
    """Raises `Problem(BAD_UPSTREAM)` for what is no such answer. What is no vector is not taken out."""
    passed: Callable[[], Passed]
