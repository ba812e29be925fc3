"""Keys are created, listed, revoked and rotated; a list in memory stands for the file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest

from lockgate.control import keys
from lockgate.control.keys import Desk, Holder, NoError
from lockgate.core import key_format
from lockgate.core.access import NO_OPINION, Access
from lockgate.core.grant import Rights
from lockgate.core.key_digest import Pepper
from lockgate.core.permission import BUILT_IN
from lockgate.core.store import Keys

PEPPER = Pepper(bytes(range(32)))


class Shelf:
    """A KeyStore in memory."""

    def __init__(self) -> None:
        self.keys: Keys = ()

    def read(self) -> Keys:
        return self.keys

    def end(self, key_id: str, now: int) -> None:
        self.ended = key_id, now

    def change(self, edit: Callable[[Keys], Keys]) -> Keys:
        self.keys = edit(self.keys)
        return self.keys


class Place:
    def __init__(self) -> None:
        self.shelf = Shelf()
        self.now = 1_000_000.5
        self._numbers: Iterator[int] = count(1)
        self.desk = Desk(self.shelf, PEPPER, lambda: self.now, lambda size: next(self._numbers).to_bytes(size))


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_new_key_is_stored_by_digest_only(place: Place) -> None:
    issued = keys.create(place.desk, "web", "shop", lifetime=60)

    (stored,) = place.shelf.keys
    assert stored == issued.key
    assert stored.digest == PEPPER.digest(issued.secret.reveal().encode())
    assert issued.secret.reveal() not in str(stored)
    assert key_format.valid(issued.secret.reveal())
    assert (stored.name, stored.team, stored.created, stored.expires) == ("web", "shop", 1_000_000, 1_000_060)


def test_a_key_without_lifetime_has_no_end(place: Place) -> None:
    assert keys.create(place.desk, "web", "shop").key.live(9e12)


def test_a_name_is_taken_while_its_key_lives(place: Place) -> None:
    first = keys.create(place.desk, "web", "shop").key
    with pytest.raises(NoError, match="web"):
        keys.create(place.desk, "web", "shop")

    keys.revoke(place.desk, first.id)

    assert keys.create(place.desk, "web", "shop").key.id != first.id


def test_revoking_is_for_good_and_may_be_said_twice(place: Place) -> None:
    key = keys.create(place.desk, "web", "shop").key

    revoked = keys.revoke(place.desk, key.id)
    place.now += 100

    assert revoked.revoked == 1_000_000
    assert keys.revoke(place.desk, key.id) == revoked
    assert keys.state(revoked, place.now) == "revoked"


def test_a_rotated_key_works_on_for_the_overlap(place: Place) -> None:
    old = keys.create(place.desk, "web", "shop").key

    new = keys.rotate(place.desk, old.id, overlap=3600)

    stored = place.shelf.keys[0]
    assert stored.live(place.now + 3599)
    assert not stored.live(place.now + 3600)
    assert (new.key.name, new.key.team, new.key.rotated_from) == ("web", "shop", old.id)
    assert new.key.live(9e12)


def test_a_rotated_key_never_outlives_its_own_end_and_its_heir_has_its_lifetime(place: Place) -> None:
    old = keys.create(place.desk, "web", "shop", lifetime=60).key
    place.now += 30

    new = keys.rotate(place.desk, old.id, overlap=3600)

    assert place.shelf.keys[0].expires == old.expires
    assert new.key.expires == 1_000_090


def test_a_rotation_without_overlap_ends_the_old_key_now(place: Place) -> None:
    old = keys.create(place.desk, "web", "shop").key

    keys.rotate(place.desk, old.id)

    assert keys.state(place.shelf.keys[0], place.now) == "expired"


def test_only_a_living_key_is_rotated_and_only_once(place: Place) -> None:
    old = keys.create(place.desk, "web", "shop").key
    keys.rotate(place.desk, old.id, overlap=60)
    with pytest.raises(NoError, match="already"):
        keys.rotate(place.desk, old.id, overlap=60)
    keys.revoke(place.desk, old.id)

    with pytest.raises(NoError, match="revoked"):
        keys.rotate(place.desk, old.id)

    assert len(place.shelf.keys) == 2


@pytest.mark.parametrize("action", [keys.revoke, keys.rotate])
def test_an_unknown_id_is_said_to_be_unknown(place: Place, action: Callable[[Desk, str], object]) -> None:
    with pytest.raises(NoError, match="nothing"):
        action(place.desk, "nothing")


def test_a_secret_in_the_place_of_an_id_is_not_repeated(place: Place) -> None:
    secret = keys.create(place.desk, "web", "shop").secret.reveal()

    with pytest.raises(NoError, match="give its id") as caught:
        keys.revoke(place.desk, secret)

    assert secret not in str(caught.value)


def test_keys_are_listed_oldest_first(place: Place) -> None:
    keys.create(place.desk, "b", "shop")
    place.now -= 500
    keys.create(place.desk, "a", "shop")

    assert [key.name for key in keys.listed(place.desk)] == ["a", "b"]


def of(place: Place, role: str, *teams: str, access: Access = NO_OPINION) -> Desk:
    """The same desk, for somebody with a role in some teams."""
    return replace(place.desk, rights=Rights(BUILT_IN[role], frozenset(teams), access))


def test_a_key_has_what_its_holder_gets(place: Place) -> None:
    access = Access(models=("a",), ips=("10.0.0.0/8",))
    holder = Holder("ada", ("service",), {"cost-center": "17"}, access)

    made = keys.create(place.desk, "web", "shop", holder=holder).key
    heir = keys.rotate(place.desk, made.id).key

    for key in (made, heir):
        assert (key.user, key.roles, key.metadata, key.access) == ("ada", ("service",), {"cost-center": "17"}, access)
    assert heir.id != made.id
    assert heir.digest != made.digest


@pytest.mark.parametrize("role", sorted(BUILT_IN))
@pytest.mark.parametrize("wanted", sorted(BUILT_IN))
def test_S14_nobody_creates_or_rotates_a_key_that_has_more(place: Place, role: str, wanted: str) -> None:
    there = keys.create(place.desk, "there", "shop", holder=Holder(roles=(wanted,))).key
    may = role in ("admin", "operator") and BUILT_IN[wanted] <= BUILT_IN[role]
    desk = of(place, role, "shop")
    before = place.shelf.keys

    for attempt in (
        lambda: keys.create(desk, "new", "shop", holder=Holder(roles=(wanted,))),
        lambda: keys.rotate(desk, there.id),
    ):
        if may:
            attempt()
            continue
        with pytest.raises(NoError, match="cannot be handed out"):
            attempt()
        assert place.shelf.keys == before


def test_S14_a_policy_of_ones_own_binds_the_keys_one_makes(place: Place) -> None:
    desk = of(place, "operator", "shop", access=Access(models=("a", "b")))

    with pytest.raises(NoError, match="wider"):
        keys.create(desk, "all", "shop")
    with pytest.raises(NoError, match="wider"):
        keys.create(desk, "all", "shop", holder=Holder(access=Access(models=("a", "c"))))
    keys.create(desk, "less", "shop", holder=Holder(access=Access(models=("a",))))


@pytest.mark.parametrize("action", [keys.revoke, keys.rotate])
def test_S17_a_key_of_another_team_is_not_there(place: Place, action: Callable[[Desk, str], object]) -> None:
    theirs = keys.create(place.desk, "theirs", "lab").key
    desk = of(place, "admin", "shop")
    before = place.shelf.keys

    with pytest.raises(NoError) as caught:
        action(desk, theirs.id)
    with pytest.raises(NoError) as unknown:
        action(desk, "key_nobody")

    assert str(caught.value).replace(theirs.id, "ID") == str(unknown.value).replace("key_nobody", "ID")
    assert place.shelf.keys == before
    assert keys.listed(desk) == ()
    with pytest.raises(NoError, match="not one's own"):
        keys.create(desk, "mine", "lab")


def test_reading_and_ending_keys_take_their_permissions(place: Place) -> None:
    mine = keys.create(place.desk, "mine", "shop").key

    with pytest.raises(NoError, match=r"keys\.read"):
        keys.listed(of(place, "developer", "shop"))
    with pytest.raises(NoError, match=r"keys\.write"):
        keys.revoke(of(place, "auditor", "shop"), mine.id)
    assert keys.listed(of(place, "auditor", "shop")) == (mine,)
