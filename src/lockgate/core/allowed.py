"""How limits stand, for the headers that a dialect tells it in."""

from collections.abc import Sequence

from msgspec import Struct


class Allowed(Struct, frozen=True, gc=False):
    """How a limit stands: its kind, what it allows, what is left of it, and in how many seconds all of it is."""

    kind: str
    limit: int
    left: int
    reset: int


def tightest(limits: Sequence[Allowed]) -> dict[str, Allowed]:
    """Of each kind the one that is the first to be reached: dialects have a header for one."""
    found: dict[str, Allowed] = {}
    for each in limits:
        known = found.get(each.kind)
        if known is None or each.left * known.limit < known.left * each.limit:
            found[each.kind] = each
    return found
