"""How limits stand, for the headers that a dialect tells it in."""

from msgspec import Struct


class Allowed(Struct, frozen=True, gc=False):
    """Of all limits of a kind the one that is the first to be reached: what it allows, what is left of it, and in how many
    seconds all of it is.
    """

    limit: int
    left: int
    reset: int
