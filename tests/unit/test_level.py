"""One level of a policy: addresses, hours and lists."""

from datetime import UTC, datetime

import pytest

from lockgate.app.zone import zone
from lockgate.core.access import Access, Day, Denied, Hours
from lockgate.core.level import Level


def level(access: Access) -> Level:
    return Level(access, zone)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


WORK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-26T06:59:59", False),  # a Thursday; Berlin is one hour ahead in winter
        ("2026-11-26T07:00:00", True),
        ("2026-11-26T16:59:59", True),
        ("2026-11-26T17:00:00", False),
        ("2026-11-28T10:00:00", False),
        ("2026-07-02T06:00:00", True),  # and two in summer
        ("2026-07-02T16:00:00", False),
    ],
)
def test_hours_are_those_of_the_zone(moment: str, open_: bool) -> None:
    hours = Hours(days=WORK, hours="08:00-18:00", zone="Europe/Berlin")

    assert level(Access(times=(hours,))).open_at(at(moment)) is open_


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-27T21:59:00", False),
        ("2026-11-27T22:00:00", True),  # Friday night
        ("2026-11-28T05:59:00", True),  # is still Friday's
        ("2026-11-28T06:00:00", False),
        ("2026-11-28T22:00:00", False),
    ],
)
def test_hours_may_go_on_after_midnight(moment: str, open_: bool) -> None:
    assert level(Access(times=(Hours(days=("fri",), hours="22:00-06:00"),))).open_at(at(moment)) is open_


def test_one_of_several_hours_is_enough_and_none_listed_is_never() -> None:
    morning, evening = Hours(hours="06:00-07:00"), Hours(hours="20:00-24:00")

    assert level(Access(times=(morning, evening))).open_at(at("2026-11-26T23:59:59"))
    assert not level(Access(times=())).open_at(at("2026-11-26T23:59:59"))
    assert level(Access()).open_at(at("2026-11-26T23:59:59"))


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("10.1.2.3", True),
        ("10.9.0.1", False),  # denied, though allowed
        ("11.0.0.1", False),
        ("2001:db8::5", True),
        ("::ffff:10.1.2.3", True),  # the same client over a socket for both
        ("::ffff:10.9.0.1", False),
        ("", False),
        ("not an address", False),
    ],
)
def test_addresses(address: str, admitted: bool) -> None:
    policy = Access(ips=("10.0.0.0/8", "2001:db8::/32"), deny=Denied(ips=("10.9.0.0/16",)))

    assert level(policy).admits(address) is admitted


@pytest.mark.parametrize("address", ["6.6.6.6", "::ffff:6.6.6.6"])
@pytest.mark.parametrize("text", ["::ffff:6.6.6.6", "::ffff:6.6.6.0/120", "::ffff:0:0/96"])
def test_an_ipv4_network_that_is_written_in_ipv6_is_the_ipv4_network(text: str, address: str) -> None:
    assert not level(Access(deny=Denied(ips=(text,)))).admits(address)
    assert level(Access(ips=(text,))).admits(address)


def test_only_denied_addresses_are_denied() -> None:
    only_denied = level(Access(deny=Denied(ips=("10.0.0.0/8",))))

    assert only_denied.admits("9.9.9.9")
    assert only_denied.admits("")
    assert not only_denied.admits("10.0.0.1")


def test_deny_wins() -> None:
    policy = level(Access(models=("*",), deny=Denied(models=("gpt-*",))))

    assert policy.allows("models", "claude")
    assert not policy.allows("models", "gpt-5")


@pytest.mark.parametrize("access", [Access(ips=("10.0.0.1/8",)), Access(times=(Hours(zone="Mars/Olympus"),))])
def test_what_cannot_be_applied_is_never_half_in_force(access: Access) -> None:
    with pytest.raises(ValueError, match=r"."):
        level(access)
