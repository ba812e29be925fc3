"""Who may hand out what: nobody more than it has itself (S14). A pure decision, for keys and whatever else carries rights."""

from dataclasses import dataclass

from lockgate.core.access import LISTS, NO_OPINION, Access, Hours
from lockgate.core.level import network
from lockgate.core.names import Names
from lockgate.core.permission import BUILT_IN, Permission, Permissions, exceeding


@dataclass(frozen=True, slots=True)
class Rights:
    """What a principal has: permissions, in which teams, and its own policy there. `teams` None is every team."""

    permissions: Permissions
    teams: frozenset[str] | None = None
    access: Access = NO_OPINION


ADMINISTRATOR = Rights(BUILT_IN["admin"])
"""Whoever can read the data folder, or knows the admin secret."""


def excess(wanted: Rights, own: Rights, asked: Permission) -> str:
    """What is wrong with handing out `wanted`, in words; nothing when it may be done.

    `asked` is the permission that handing out takes at all. Cautious: what cannot be shown to be less is more.
    """
    if asked not in own.permissions:
        return f"it takes the permission '{asked.value}'"
    if more := exceeding(wanted.permissions, own.permissions):
        return f"nobody can give what it has not: {', '.join(more)}"
    if own.teams is not None and (wanted.teams is None or not wanted.teams <= own.teams):
        return "it is for a team that is not one's own"
    if wider := widened(wanted.access, own.access):
        return f"its policy is wider than one's own: {', '.join(wider)}"
    return ""


def widened(child: Access, parent: Access) -> tuple[str, ...]:
    """The parts of a policy in which `child` may do something that `parent` may not, as far as can be told."""
    wider = [kind for kind in LISTS if not _names_within(kind, child, parent)]
    if not _networks_within(child, parent):
        wider.append("ips")
    if not _times_within(child.times, parent.times):
        wider.append("times")
    return tuple(wider)


def _names_within(kind: str, child: Access, parent: Access) -> bool:
    allowed, denied = getattr(parent, kind), getattr(parent.deny, kind)
    wanted = getattr(child, kind)
    listed = allowed is None or (wanted is not None and Names(allowed).covers(wanted))
    return listed and Names(getattr(child.deny, kind)).covers(denied)


def _networks_within(child: Access, parent: Access) -> bool:
    listed = parent.ips is None or (child.ips is not None and _inside(child.ips, parent.ips))
    return listed and _inside(parent.deny.ips, child.deny.ips)


def _inside(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """Whether each of the inner networks lies within one of the outer ones. `ValueError` for what is no network."""
    around = [network(text) for text in outer]
    return all(
        any(one.version == net.version and one.subnet_of(net) for net in around)  # type: ignore[arg-type]  # one version
        for one in map(network, inner)
    )


def _times_within(child: tuple[Hours, ...] | None, parent: tuple[Hours, ...] | None) -> bool:
    if parent is None:
        return True
    return child is not None and all(any(_hours_within(one, hours) for hours in parent) for one in child)


def _hours_within(one: Hours, other: Hours) -> bool:
    """The same hours on some of the days, or hours of one day inside hours of the same day, in the same zone."""
    if one.zone != other.zone or not set(one.days) <= set(other.days):
        return False
    (begin, end), (earliest, latest) = one.hours.split("-"), other.hours.split("-")
    return one.hours == other.hours or (earliest <= begin < end <= latest)
