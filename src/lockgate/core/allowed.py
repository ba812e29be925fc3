"""How limits stand, in the headers that a dialect's clients know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Left = tuple[bytes, bytes, int]
"""Of all limits of a kind the one that is the first to be reached: what it allows and what is left of it, in digits, and in how
many seconds all of it is.
"""


@dataclass(frozen=True, slots=True, eq=False)  # known by itself, for it stands in values that are put into sets
class Allowed:
    """By the kind of a limit the names of three headers: what is allowed, what is left, and when all of it is there again.

    `when` writes that time, of the seconds until then and the time of day. All of these names have `ratelimit` in them.
    """

    names: Mapping[str, tuple[bytes, bytes, bytes]]
    when: Callable[[int, float], bytes]
