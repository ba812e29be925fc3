"""Revocations ahead of the keys' file: in force at once, taken over by the next change, lost by nobody."""

from pathlib import Path

import msgspec
import pytest

from lockgate.core.store import KeyTable, StoredKey, StoreError
from lockgate.stores.key_file import KeyFile
from lockgate.stores.key_file.watch import KeyWatch


def digest(number: int) -> str:
    return f"{number:08x}" * 8


def key(number: int) -> StoredKey:
    return StoredKey(f"key_{number}", f"n{number}", "shop", digest(number), 1)


def add(folder: Path, number: int) -> None:
    KeyFile(folder).change(lambda keys: (*keys, key(number)))


def known(table: KeyTable | None) -> list[int] | None:
    return None if table is None else [number for number in range(10) if table.get(digest(number))]


def test_a_key_that_was_ended_is_refused_before_the_keys_are_written_anew(tmp_path: Path) -> None:
    add(tmp_path, 1)
    add(tmp_path, 2)
    watch, store, before = KeyWatch(tmp_path), KeyFile(tmp_path), (tmp_path / "keys.json").read_bytes()
    watch.poll()

    store.end(key(1).id, 77)

    assert known(watch.poll()) == [2]
    assert watch.poll() is None
    assert (tmp_path / "keys.json").read_bytes() == before
    assert (tmp_path / "keys.ended").stat().st_mode & 0o777 == 0o600
    assert [each.revoked for each in store.read()] == [77, None]
    assert known(KeyWatch(tmp_path).poll()) == [2]  # as after a crash of whoever revoked it, and a new start


def test_the_next_change_takes_over_what_was_ended(tmp_path: Path) -> None:
    add(tmp_path, 1)
    add(tmp_path, 2)
    watch, store = KeyWatch(tmp_path), KeyFile(tmp_path)
    store.end(key(1).id, 77)

    store.change(lambda keys: keys)

    assert not (tmp_path / "keys.ended").exists()
    assert [each.revoked for each in store.read()] == [77, None]
    assert known(watch.poll()) == [2]
    store.end(key(1).id, 99)
    assert not (tmp_path / "keys.ended").exists()  # it was revoked already


def test_what_ended_while_others_write_is_not_lost(tmp_path: Path) -> None:
    add(tmp_path, 1)
    store = KeyFile(tmp_path)

    def slow(keys: tuple[StoredKey, ...]) -> tuple[StoredKey, ...]:
        store.end(key(1).id, 77)
        return (*keys, key(2))

    store.change(slow)

    assert [each.revoked for each in store.read()] == [77, None]
    assert known(KeyWatch(tmp_path).poll()) == [2]


def test_only_the_key_with_the_id_is_ended_whatever_others_have_noted(tmp_path: Path) -> None:
    noted = msgspec.structs.replace(key(1), metadata={"id": key(2).id, "a": "b"})
    KeyFile(tmp_path).change(lambda _: (noted, msgspec.structs.replace(key(3), rotated_from=key(2).id), key(2)))

    KeyFile(tmp_path).end(key(2).id, 77)
    KeyFile(tmp_path).end("key_nobody", 77)

    assert [(each.name, each.revoked) for each in KeyFile(tmp_path).read()] == [
        (key(1).name, None), (key(3).name, None), (key(2).name, 77),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"x", b"00 1\n", b"\xff\n", digest(1).encode() + b"\n"])
def test_a_damaged_list_of_ended_keys_keeps_what_was_known(tmp_path: Path, content: bytes) -> None:
    add(tmp_path, 1)
    watch = KeyWatch(tmp_path)
    watch.poll()

    (tmp_path / "keys.ended").write_bytes(content)

    assert watch.poll() is None
    assert watch.problem
    with pytest.raises(StoreError):
        KeyFile(tmp_path).read()


def test_a_key_that_ended_opens_nothing_while_the_keys_cannot_be_read(tmp_path: Path) -> None:
    add(tmp_path, 1)
    add(tmp_path, 2)
    watch, store, file = KeyWatch(tmp_path), KeyFile(tmp_path), tmp_path / "keys.json"
    watch.poll()
    store.end(key(1).id, 7)
    good = file.read_bytes()
    file.write_bytes(b"{")

    assert known(watch.poll()) == [2]
    assert "keys.json" in watch.problem
    assert watch.poll() is None
    (tmp_path / "keys.ended").unlink()  # whoever wrote the keys took it over, and what was written cannot be read yet
    assert known(watch.poll()) == [2]
    file.write_bytes(good)
    assert known(watch.poll()) == [1, 2]
    assert watch.problem == ""
