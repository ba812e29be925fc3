"""Policies of several levels: the caller may what all of them allow, and no attempt is made of anything else."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.app.zone import zone
from lockgate.core.access import Access, Denied
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route, Upstream
from lockgate.core.http import Origin
from lockgate.core.level import Level
from lockgate.core.permission import BUILT_IN, Permission
from lockgate.core.policy import Person, Place, Policies, Standing
from lockgate.providers import openai
from tests.unit.access_samples import NAMES, accesses


def upstream(name: str, region: str = "", model: str = "") -> Upstream:
    return Upstream(name, openai.plugin, Origin("https", "u", 443), "", None, model, region=region)


ROUTES = {
    name: Route(name, tuple(upstream(p, r, m) for p, r, m in zip(NAMES, (*NAMES[1:], ""), ("", *NAMES), strict=False)))
    for name in NAMES
}


def standing(levels: list[Access], own: Access | None = None, user: Access | None = None) -> Standing:
    users = {} if user is None else {"u": Person(user)}
    policies = Policies({"t": Place("o", ("t",), tuple(levels))}, ROUTES, zone, users=users)
    found = policies.of(Caller("k", "t", user="u", access=own))
    assert found is not None
    return found


@given(st.lists(accesses, min_size=1, max_size=3), st.none() | accesses, st.none() | accesses)
def test_every_upstream_of_a_route_is_allowed_by_every_level(
    levels: list[Access], own: Access | None, user: Access | None
) -> None:
    found = standing(levels, own, user)
    every = [Level(access, zone) for access in (*levels, own, user) if access is not None]
    for name, whole in ROUTES.items():
        route = found.route(name)
        allowed = all(level.allows("models", name) for level in every)
        reached = tuple(
            up
            for up in whole.upstreams
            if all(
                level.allows("providers", up.name)
                and level.allows("regions", up.region)
                and not (up.model and level.denies("models", up.model))
                for level in every
            )
        )
        assert (route.upstreams if route else ()) == (reached if allowed else ())


@given(st.lists(accesses, min_size=1, max_size=3), accesses)
def test_a_level_below_only_narrows(levels: list[Access], below: Access) -> None:
    above, narrowed = standing(levels), standing([*levels, below])
    for name in NAMES:
        route = narrowed.route(name)
        if route is not None:
            whole = above.route(name)
            assert whole is not None
            assert set(route.upstreams) <= set(whole.upstreams)


def test_a_route_that_is_wholly_allowed_is_the_route_itself() -> None:
    found = standing([Access(models=("*",))])

    assert found.route("a") is ROUTES["a"]
    assert not found.gated
    assert found.tooled == ()


def test_names_that_clients_make_up_are_not_remembered() -> None:
    found = standing([Access(models=("*",))])

    assert [found.route(f"x{number}") for number in range(100)] == [None] * 100
    assert found._found == {}


def test_keys_with_the_same_policy_share_one_standing() -> None:
    policies = Policies({"t": Place("", ("t",), (Access(models=("*",)),))}, ROUTES, zone)
    one, two = (policies.of(Caller(f"k{n}", "t", access=Access(models=("a",)))) for n in range(2))

    assert one is two


def test_a_team_or_a_zone_that_is_gone_leaves_nothing() -> None:
    policies = Policies({"t": Place("", ("t",), ())}, ROUTES, zone)

    assert policies.of(Caller("k", "other")) is None
    assert policies.of(Caller("k", "t", access=Access(deny=Denied(ips=("nonsense",))))) is None


def test_a_user_is_the_most_that_its_keys_can_be() -> None:
    policies = Policies({"t": Place("", ("t",), ())}, ROUTES, zone, users={"u": Person(roles=frozenset(("service",)))})
    for roles in (frozenset(), frozenset(("admin",)), frozenset(("auditor", "nonsense"))):
        caller = Caller("k", "t", user="u", roles=roles)
        found = policies.of(caller)
        assert found is not None
        assert policies.permissions(caller, found) <= BUILT_IN["service"]


def test_a_role_that_is_not_known_holds_nothing_and_none_is_a_developer() -> None:
    policies = Policies({"t": Place("", ("t",), ())}, ROUTES, zone)
    for roles, own in (
        (frozenset(), BUILT_IN["developer"]),
        (frozenset(("nonsense",)), frozenset[Permission]()),
        (frozenset(("nonsense", "service")), BUILT_IN["service"]),
    ):
        caller = Caller("k", "t", roles=roles)
        found = policies.of(caller)
        assert found is not None
        assert policies.permissions(caller, found) == own


callers = st.builds(
    lambda team, user, access: Caller("k", team, user=user, access=access),
    st.sampled_from(("t", "s", "gone")),
    st.sampled_from(("", "u", "v", "stranger")),
    st.none() | accesses,
)


@given(st.lists(callers, min_size=2, max_size=5), accesses, accesses)
def test_what_is_remembered_of_one_caller_is_never_anothers(callers: list[Caller], one: Access, other: Access) -> None:
    """Peers 12: a decision that is kept under too short a name is somebody else's decision."""

    def fresh() -> Policies:
        places = {"t": Place("o", ("t",), (one,)), "s": Place("o", ("s",), (other,))}
        return Policies(places, ROUTES, zone, users={"u": Person(other), "v": Person(roles=frozenset(("service",)))})

    shared = fresh()
    for caller in (*callers, *callers):
        kept, alone = shared.of(caller), fresh().of(caller)
        assert (kept is None) == (alone is None)
        if kept is not None and alone is not None:
            assert [kept.route(name) for name in NAMES] == [alone.route(name) for name in NAMES]
            assert shared.permissions(caller, kept) == fresh().permissions(caller, alone)
