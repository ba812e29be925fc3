"""A new pepper: who works on, who needs the one before, and when it may go."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from lockgate.control import keys, peppers
from lockgate.control.keys import Desk, NoError
from lockgate.core.grant import Rights
from lockgate.core.permission import BUILT_IN
from lockgate.core.store import StoredKey
from lockgate.stores.key_file import KeyFile


def desk(store: KeyFile, now: float = 1000.0) -> Desk:
    from secrets import token_bytes  # fresh ones

    return Desk(store, store.pepper(), lambda: now, token_bytes)


@pytest.fixture
def store(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path)


def old_and_new(store: KeyFile) -> tuple[StoredKey, StoredKey]:
    old = keys.create(desk(store), "old", "shop").key
    peppers.turn(desk(store), store)
    return old, keys.create(desk(store), "new", "shop").key


def hanging(store: KeyFile) -> set[str]:
    return {key.name for key in store.read() if peppers.on_previous(key, store.peppers())}


def test_keys_hang_on_the_pepper_they_were_made_under(store: KeyFile) -> None:
    old, new = old_and_new(store)

    assert hanging(store) == {"old"}
    assert old.pepper != new.pepper == store.pepper().id


def test_a_key_from_before_keys_said_so_hangs_on_the_older_one(store: KeyFile) -> None:
    old, _ = old_and_new(store)
    store.change(lambda there: tuple(replace(key, pepper="") if key.id == old.id else key for key in there))

    assert hanging(store) == {"old"}


def test_a_rotated_key_takes_the_new_one(store: KeyFile) -> None:
    old, _ = old_and_new(store)

    issued = keys.rotate(desk(store), old.id)

    assert issued.key.digest == store.pepper().digest(issued.secret.reveal().encode())
    assert peppers.retire(desk(store), store) == ()
    assert store.peppers().previous is None


def test_it_does_not_go_while_a_live_key_needs_it(store: KeyFile) -> None:
    old, _ = old_and_new(store)

    with pytest.raises(NoError, match=rf"rotate or revoke {old.id} \(old\)"):
        peppers.retire(desk(store), store)

    assert store.peppers().previous is not None
    assert all(key.revoked is None for key in store.read())


@pytest.mark.parametrize("end", [keys.revoke, keys.rotate])
def test_it_goes_when_the_last_one_ended(store: KeyFile, end: Callable[[Desk, str], object]) -> None:
    old, new = old_and_new(store)
    end(desk(store), old.id)

    assert peppers.retire(desk(store), store) == ()
    assert store.peppers().current.id == new.pepper


def test_one_that_is_needed_by_something_else_stays(store: KeyFile) -> None:
    old, _ = old_and_new(store)
    keys.revoke(desk(store), old.id)

    with pytest.raises(NoError, match="the admin secret"):
        peppers.retire(desk(store), store, ("the admin secret",))


def test_forced_it_ends_its_keys_and_only_those(store: KeyFile) -> None:
    old, new = old_and_new(store)

    ended = peppers.retire(desk(store), store, force=True)

    assert [key.id for key in ended] == [old.id]
    assert {key.name: key.revoked for key in store.read()} == {"old": 1000, "new": None}
    assert store.peppers().previous is None
    assert new.live(1000)


def test_a_third_waits_for_the_end_of_the_first(store: KeyFile) -> None:
    old_and_new(store)

    with pytest.raises(NoError, match="retire"):
        peppers.turn(desk(store), store)


def test_without_a_previous_one_none_goes(store: KeyFile) -> None:
    with pytest.raises(NoError, match="only one"):
        peppers.retire(desk(store), store, force=True)


@pytest.mark.parametrize("rights", [Rights(BUILT_IN["operator"]), Rights(BUILT_IN["admin"], frozenset(("shop",)))])
def test_s14_who_does_not_speak_for_all_does_not_change_it(store: KeyFile, rights: Rights) -> None:
    from dataclasses import replace as changed

    with pytest.raises(NoError, match="permission"):
        peppers.turn(changed(desk(store), rights=rights), store)
    with pytest.raises(NoError, match="permission"):
        peppers.retire(changed(desk(store), rights=rights), store, force=True)
