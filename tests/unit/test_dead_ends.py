"""Policies under which nothing can be asked are told by `check`, each once, where it begins; and nobody else is."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.app.common_ground import open_place, open_time
from lockgate.app.dead_ends import dead_ends
from lockgate.app.settings import Config
from lockgate.app.zone import zone
from lockgate.core.access import Access
from lockgate.core.dialect import Operation
from lockgate.core.level import Level
from tests.unit import access_samples as samples

NOW = 1_764_201_600  # 2025-11-27
WIDE: dict[str, Any] = {"models": ["*"]}
NET = {"ips": ["10.0.0.0/8"]}
DEADLY: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "model": ({"models": ["a"]}, {"models": ["b"]}),
    "no model": (WIDE, {"models": []}),
    "model of another name": (WIDE, {"models": ["c*"]}),
    "model denied": (WIDE, {"deny": {"models": ["a", "b"]}}),
    "name upstream": ({"models": ["b"]}, {"deny": {"models": ["upstream-b"]}}),
    "provider": (WIDE, {"providers": ["q"]}),
    "region": (WIDE, {"regions": ["us"]}),
    "endpoint": ({**WIDE, "endpoints": ["chat"]}, {"endpoints": ["embeddings"]}),
    "every endpoint": (WIDE, {"deny": {"endpoints": ["chat", "embeddings", "count_tokens", "list_models", "get_model", "version"]}}),
    "address": ({**WIDE, **NET}, {"ips": ["192.168.0.0/16"]}),
    "half and half": ({**WIDE, **NET}, {"deny": {"ips": ["10.0.0.0/9", "10.128.0.0/9"]}}),
    "version of addresses": ({**WIDE, **NET}, {"ips": ["2001:db8::/32"]}),
    "hours": ({**WIDE, "times": [{"hours": "08:00-12:00"}]}, {"times": [{"hours": "12:00-13:00"}]}),
    "days": ({**WIDE, "times": [{"days": ["mon"]}]}, {"times": [{"days": ["tue"]}]}),
    "zones": (
        {**WIDE, "times": [{"hours": "08:00-09:00", "zone": "Asia/Tokyo"}]},
        {"times": [{"hours": "08:00-09:00", "zone": "UTC"}]},
    ),
    "no hour": (WIDE, {"times": []}),
}  # fmt: skip


def config(**sections: Any) -> Config:
    whole: dict[str, Any] = {
        "version": 1,
        "providers": {"p": {"kind": "demo", "region": "eu"}, "q": {"kind": "demo"}},
        "models": {
            "a": {"targets": [{"provider": "p"}]},
            "b": {"targets": [{"provider": "p", "model": "upstream-b"}]},
        },
    }
    return msgspec.convert({**whole, **sections}, Config)


def key(**more: Any) -> dict[str, Any]:
    return {"name": "k", "team": "t", "secret": {"env": "K"}, **more}


def told(**sections: Any) -> list[str]:
    return list(dead_ends(config(**sections), NOW))


def places(**sections: Any) -> list[str]:
    return [text.partition(":")[0] for text in told(**sections)]


@pytest.mark.parametrize("name", DEADLY)
def test_what_two_levels_leave_nothing_of_is_told_of_the_lower_one(name: str) -> None:
    upper, lower = DEADLY[name]

    assert places(teams={"wide": WIDE, "t": upper}, keys=[key(**lower)]) == ["keys.0 ('k')"]
    assert places(teams={"wide": WIDE, "u": upper, "t": {**lower, "parent": "u"}}, keys=[key()]) == ["teams.t"]
    under = {**lower, "models": lower.get("models", ["*"]), "organization": "o"}
    assert places(teams={"wide": WIDE, "t": under}, organizations={"o": upper}, keys=[key()]) == ["teams.t"]
    assert places(teams={"wide": WIDE, "t": upper}, users={"ada": lower}, keys=[key(user="ada")]) in (
        ["keys.0 ('k')"],
        ["users.ada"],
    )


def test_a_team_without_models_is_told_how_to_name_them() -> None:
    (text,) = told(teams={"wide": WIDE, "t": {}}, keys=[key()])

    assert text.startswith("teams.t: no model may be asked for")
    assert '`models: ["*"]` is all' in text
    assert places(teams={"t": {}}) == ["teams.t"]


def test_who_asks_the_admin_listener_alone_needs_no_model() -> None:
    assert told(teams={"wide": WIDE, "t": {}}, keys=[key(roles=["auditor"], endpoints=[])]) == []
    assert places(teams={"wide": WIDE, "t": {}}, keys=[key(roles=["auditor"], times=[])]) == ["keys.0 ('k')"]
    both = [key(roles=["auditor"]), key(name="other")]
    assert places(teams={"wide": WIDE, "t": {}}, keys=both) == ["teams.t"]


def test_a_model_that_no_team_may_ask_for_is_told() -> None:
    assert places(teams={"t": {"models": ["a"]}}) == ["models.b"]
    assert places(teams={"t": {"models": ["a"]}, "u": {"models": ["b"]}}) == []
    assert places(teams={"t": {"models": ["*"], "deny": {"models": ["upstream-*"]}}}) == ["models.b"]


def test_the_entrance_of_the_gateway_counts_among_the_addresses() -> None:
    assert places(teams={"t": {**WIDE, **NET}}, server={"ips": ["192.168.0.0/16"]}) == ["teams.t"]
    assert told(teams={"t": {**WIDE, **NET}}, server={"deny_ips": ["10.0.0.0/9"]}) == []


def test_without_models_or_teams_there_is_nothing_to_tell_yet() -> None:
    assert told(models={}, teams={"t": {}}) == []
    assert told() == []


@given(st.lists(samples.accesses, max_size=3))
def test_a_place_is_open_exactly_when_some_address_is_admitted(accesses: list[Access]) -> None:
    levels = [Level(access, zone) for access in accesses]
    one_of_each = ("10.1.2.3", "10.1.9.9", "10.9.9.9", "9.9.9.9", "2001:db8::1", "2001:db9::1")

    assert open_place(accesses) is any(all(each.admits(address) for each in levels) for address in one_of_each)


@given(st.lists(samples.accesses, max_size=3))
def test_an_hour_is_open_exactly_when_some_hour_of_a_week_is(accesses: list[Access]) -> None:
    levels = [Level(access, zone) for access in accesses]
    summer = NOW + 26 * 7 * 86_400
    hours = [NOW + number * 1800 for number in range(7 * 48)] + [summer + number * 1800 for number in range(7 * 48)]

    assert open_time(accesses, NOW) is any(all(each.open_at(at) for each in levels) for at in hours)


@given(samples.accesses, samples.accesses)
def test_a_key_is_told_exactly_when_it_may_ask_nothing(team: Access, own: Access) -> None:
    names = {"providers": {"a": {"kind": "demo", "region": "ab"}}, "models": {"b": {"targets": [{"provider": "a"}]}}}
    plain = (msgspec.to_builtins(each) for each in (team, own))
    upper, lower = ({name: value for name, value in each.items() if value is not None} for each in plain)
    levels = [Level(access, zone) for access in (msgspec.structs.replace(team, models=team.models or ()), own)]
    reaches = all(level.allows("models", "b") and level.allows("providers", "a") and level.allows("regions", "ab") for level in levels)  # fmt: skip
    endpoint = any(all(level.allows("endpoints", name) for level in levels) for name in get_args(Operation))
    alive = reaches and endpoint and open_place((team, own)) and open_time((team, own), NOW)

    assert (told(**names, teams={"t": upper}, keys=[key(**lower)]) == []) is alive
