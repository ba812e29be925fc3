"""May they? An unknown model and a forbidden one look the same from outside."""

from msgspec import structs

from lockgate.core.auth import Caller
from lockgate.core.dialect import Endpoint
from lockgate.core.exchange import Call, Route
from lockgate.core.http import UNREADABLE
from lockgate.core.permission import Permissions
from lockgate.core.policy import Policies, Standing
from lockgate.core.problem import Kind, Problem

_FOR = "x-forwarded-for"


def knock(policies: Policies, address: str) -> None:
    """Whether anybody may ask from there at all. Before a credential is looked at."""
    if address == UNREADABLE:
        raise Problem(Kind.INVALID, f"the header {_FOR} names no address of a client", where=f"headers.{_FOR}")
    if policies.door is not None and not policies.door.admits(address):
        raise Problem(Kind.FORBIDDEN, "this gateway does not answer this address")


def stand(policies: Policies, caller: Caller) -> tuple[Caller, Standing]:
    """What the caller may, and the caller with its place filled in, if its credential told only a team."""
    standing = policies.of(caller)
    if standing is None:
        raise Problem(Kind.FORBIDDEN, "this identity belongs to no team here, or its policy cannot be applied")
    if caller.teams != standing.teams:
        caller = structs.replace(caller, organization=standing.organization, teams=standing.teams)
    return caller, standing


def enter(standing: Standing, own: Permissions, endpoint: Endpoint | None, address: str, now: float) -> None:
    """Whether the caller may ask this endpoint, from there and now. Before a byte of the body is read."""
    if endpoint is None:
        return  # whatever is said about a path that does not exist
    if endpoint.permission not in own:
        asked = endpoint.permission.value if endpoint.permission else "nothing"
        raise Problem(Kind.FORBIDDEN, f"this key's role does not have the permission '{asked}'")
    if standing.gated:
        reachable(standing, address, now)
        if not all(level.allows("endpoints", endpoint.operation) for level in standing.levels):
            raise Problem(Kind.FORBIDDEN, f"this key may not ask for '{endpoint.operation}'")


def reachable(standing: Standing, address: str, now: float) -> None:
    """Whether the caller may ask anything at all from there and now."""
    for level in standing.levels:
        if not level.admits(address):
            raise Problem(Kind.FORBIDDEN, "this key may not be used from this address")
        if not level.open_at(now):
            raise Problem(Kind.FORBIDDEN, "this key may not be used at this time")


def authorize(standing: Standing, call: Call) -> Route:
    """The route with those upstreams only that the caller may reach: every attempt is made of them."""
    route = standing.route(call.ask.model)
    if route is None:
        raise Problem(Kind.NO_MODEL, "there is no such model, or this key may not use it", where="model")
    return route
