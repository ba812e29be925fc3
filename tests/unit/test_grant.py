"""S14: nobody hands out more than it has."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.app.zone import zone
from lockgate.core.access import LISTS, Access, Denied, Hours
from lockgate.core.grant import ADMINISTRATOR, Rights, excess, widened
from lockgate.core.level import Level
from lockgate.core.permission import BUILT_IN, Permission, held
from tests.unit.access_samples import NAMES, accesses, addresses, moments, permissions, roles

WRITE = Permission.KEYS_WRITE
teams = st.none() | st.frozensets(st.sampled_from(("shop", "lab")))
rights = st.builds(Rights, permissions, teams, accesses)


@given(rights, rights)
def test_S14_what_is_handed_out_is_within_what_one_has(wanted: Rights, own: Rights) -> None:
    if excess(wanted, own, WRITE):
        return
    assert WRITE in own.permissions
    assert wanted.permissions <= own.permissions
    assert own.teams is None or (wanted.teams is not None and wanted.teams <= own.teams)
    assert not widened(wanted.access, own.access)


@given(accesses, accesses, st.sampled_from(NAMES), addresses, moments)
def test_S14_a_policy_that_is_not_wider_never_allows_more(
    child: Access, parent: Access, name: str, address: str, moment: int
) -> None:
    wider = widened(child, parent)
    below, above = Level(child, zone), Level(parent, zone)
    for kind in LISTS:
        names = ("chat", "count_tokens") if kind == "endpoints" else (name,)
        for each in names:
            assert kind in wider or above.allows(kind, each) or not below.allows(kind, each)
    assert "ips" in wider or above.admits(address) or not below.admits(address)
    assert "times" in wider or above.open_at(moment) or not below.open_at(moment)


@given(accesses)
def test_a_policy_is_within_itself(access: Access) -> None:
    assert widened(access, access) == ()


@given(roles, roles)
def test_S14_a_role_gives_roles_it_contains(given_: str, own: str) -> None:
    allowed = not excess(Rights(held((given_,), BUILT_IN)), Rights(held((own,), BUILT_IN)), WRITE)

    assert allowed == (own in ("admin", "operator") and BUILT_IN[given_] <= BUILT_IN[own])


def test_the_administrator_may_give_everything_and_says_why_others_may_not() -> None:
    developer = Rights(BUILT_IN["developer"], frozenset(("shop",)))

    assert excess(Rights(BUILT_IN["admin"]), ADMINISTRATOR, WRITE) == ""
    assert "keys.write" in excess(developer, developer, WRITE)
    assert "audit.read" in excess(Rights(BUILT_IN["admin"]), Rights(BUILT_IN["operator"]), WRITE)
    operator = Rights(BUILT_IN["operator"], frozenset(("shop",)), Access(models=("a",)))
    assert "team" in excess(Rights(frozenset(), frozenset(("lab",))), operator, WRITE)
    wide = Rights(frozenset(), frozenset(("shop",)), Access(models=("a", "b")))
    assert "models" in excess(wide, operator, WRITE)


def test_what_is_narrower_can_be_shown() -> None:
    parent = Access(
        models=("gpt-*",),
        ips=("10.0.0.0/8",),
        times=(Hours(days=("mon", "tue"), hours="08:00-18:00"),),
        deny=Denied(tools=("shell",)),
    )
    child = Access(
        models=("gpt-5*", "gpt-4"),
        ips=("10.1.0.0/16",),
        times=(Hours(days=("tue",), hours="09:00-17:00"),),
        deny=Denied(tools=("shell", "web")),
    )

    assert widened(child, parent) == ()
    assert widened(parent, child) == ("models", "tools", "ips", "times")


policies = accesses.flatmap(lambda own: st.tuples(st.just(own), accesses | st.just(own)))
probes = st.tuples(st.sampled_from(NAMES), addresses, moments)


@settings(max_examples=50)
@given(st.sampled_from(("admin", "operator", "developer")), roles, policies, probes)
def test_S14_a_key_that_was_handed_out_can_never_do_more(
    giver: str, role: str, policies: tuple[Access, Access], probe: tuple[str, str, int]
) -> None:
    """Through the use case itself: whatever somebody hands out, its holder's effective rights are within the giver's."""
    from lockgate.control.keys import Holder, NoError, create
    from tests.unit.test_key_use_cases import Place

    (own, access), (name, address, moment) = policies, probe
    desk = replace(Place().desk, rights=Rights(BUILT_IN[giver], frozenset(("shop",)), own))
    try:
        key = create(desk, "web", "shop", holder=Holder(roles=(role,), access=access)).key
    except NoError:
        return
    assert held(key.roles, BUILT_IN) <= BUILT_IN[giver]
    below, above = Level(key.access or Access(), zone), Level(own, zone)
    assert above.allows("models", name) or not below.allows("models", name)
    assert above.allows("tools", name) or not below.allows("tools", name)
    assert above.admits(address) or not below.admits(address)
    assert above.open_at(moment) or not below.open_at(moment)
