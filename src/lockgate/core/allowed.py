"""How limits stand, for the headers that a dialect tells it in."""

Allowed = tuple[bytes, bytes, int]
"""Of all limits of a kind the one that is the first to be reached: what it allows and what is left of it, in digits, and in how
many seconds all of it is.
"""
