"""What holds for the key file: whole or not there, private, safe between processes, and seen when it changes."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from lockgate.core.store import Keys, KeyTable, StoredKey, StoreError
from lockgate.stores.key_file import KeyFile, admin_secret
from lockgate.stores.key_file.pepper import pepper
from lockgate.stores.key_file.watch import KeyWatch


def key(number: int) -> StoredKey:
    return StoredKey(f"key_{number}", f"n{number}", "shop", digest(number), 1)


def digest(number: int) -> str:
    return f"{number:08x}" * 8


def known(table: KeyTable | None) -> list[int] | None:
    """Which of the first ten keys are in a table."""
    return None if table is None else [number for number in range(10) if table.get(digest(number)) == key(number)]


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def add(folder: Path, number: int) -> None:
    KeyFile(folder).change(lambda keys: (*keys, key(number)))


def add_many(folder: Path, first: int) -> None:
    for number in range(first, first + 10):
        add(folder, number)


def digest_of(folder: Path, results: "multiprocessing.SimpleQueue[str]") -> None:
    results.put(pepper(folder).digest(b"x"))


def test_a_folder_without_keys_has_none(tmp_path: Path) -> None:
    assert KeyFile(tmp_path / "data").read() == ()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    add(tmp_path / "data", 1)
    add(tmp_path / "data", 2)

    assert KeyFile(tmp_path / "data").read() == (key(1), key(2))


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    KeyFile(folder).pepper()
    add(folder, 1)
    admin_secret.create(folder)

    assert rights(folder) == 0o700
    assert {rights(path) for path in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 5


def test_an_edit_that_fails_changes_nothing(tmp_path: Path) -> None:
    add(tmp_path, 1)

    def fails(keys: Keys) -> Keys:
        raise LookupError

    with pytest.raises(LookupError):
        KeyFile(tmp_path).change(fails)

    assert KeyFile(tmp_path).read() == (key(1),)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json", "keys.lock", "keys.table"]


def test_processes_that_change_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=add_many, args=(tmp_path, first)) for first in (0, 10, 20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert {stored.id for stored in KeyFile(tmp_path).read()} == {f"key_{number}" for number in range(30)}


def test_processes_that_come_first_at_once_get_one_pepper(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
    workers = [context.Process(target=digest_of, args=(tmp_path / "data", results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert len({results.get() for _ in workers}) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b'{"keys":1}', b'{"keys":[{}]}', b'{"keys":[],"version":2}', b"\xff"])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)

    with pytest.raises(StoreError, match=r"keys\.json"):
        KeyFile(tmp_path).read()


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_s04_an_empty_or_damaged_pepper_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pepper").write_bytes(content)

    with pytest.raises(StoreError, match="pepper"):
        pepper(tmp_path)


def test_a_pepper_that_is_gone_while_there_are_keys_is_not_made_anew(tmp_path: Path) -> None:
    add(tmp_path, 1)

    with pytest.raises(StoreError, match="pepper is missing"):
        pepper(tmp_path)


def test_a_new_pepper_leaves_the_one_before_and_a_third_waits_for_its_end(tmp_path: Path) -> None:
    store = KeyFile(tmp_path)
    first = store.pepper()

    now = store.turn(lambda peppers: None)

    assert (store.pepper().id, now.previous and now.previous.id) == (now.current.id, first.id)
    assert store.peppers().current.digest(b"x") == now.current.digest(b"x") != first.digest(b"x")
    store.drop(lambda keys, peppers: keys)
    assert store.peppers().previous is None
    assert store.pepper().id == now.current.id


def test_a_crash_before_the_new_pepper_was_written_changes_nothing(tmp_path: Path) -> None:
    first = KeyFile(tmp_path).pepper()
    (tmp_path / "pepper.previous").write_bytes((tmp_path / "pepper").read_bytes())

    assert KeyFile(tmp_path).peppers().previous is None
    assert KeyFile(tmp_path).pepper().id == first.id


def test_the_admin_secret_works_on_under_the_pepper_before_until_it_is_gone(tmp_path: Path) -> None:
    secret = admin_secret.create(tmp_path)
    assert secret is not None
    assert not admin_secret.on_previous(tmp_path)
    KeyFile(tmp_path).turn(lambda peppers: None)

    assert admin_secret.on_previous(tmp_path)
    assert admin_secret.matches(tmp_path, secret.reveal().encode())
    new = admin_secret.replace(tmp_path)
    assert not admin_secret.on_previous(tmp_path)
    assert not admin_secret.matches(tmp_path, secret.reveal().encode())
    KeyFile(tmp_path).drop(lambda keys, peppers: keys)
    assert admin_secret.matches(tmp_path, new.reveal().encode())


def test_an_admin_secret_from_before_there_were_ids_is_known(tmp_path: Path) -> None:
    made = pepper(tmp_path)
    (tmp_path / admin_secret.FILE).write_text(made.digest(b"old") + "\n")
    KeyFile(tmp_path).turn(lambda peppers: None)

    assert admin_secret.matches(tmp_path, b"old")
    assert admin_secret.on_previous(tmp_path)


def test_whether_it_is_the_administrator_is_an_error_when_it_cannot_be_known(tmp_path: Path) -> None:
    admin_secret.create(tmp_path)
    (tmp_path / "pepper").write_bytes(b"")
    with pytest.raises(StoreError, match="pepper"):
        admin_secret.matches(tmp_path, b"x")

    (tmp_path / admin_secret.FILE).unlink()
    (tmp_path / admin_secret.FILE).mkdir()
    with pytest.raises(StoreError, match="admin"):
        admin_secret.matches(tmp_path, b"x")


def test_the_admin_secret_is_made_once_and_matches_only_itself(tmp_path: Path) -> None:
    secret = admin_secret.create(tmp_path / "data")
    assert secret is not None
    again = admin_secret.create(tmp_path / "data")

    assert again is None
    assert admin_secret.matches(tmp_path / "data", secret.reveal().encode())
    assert not admin_secret.matches(tmp_path / "data", secret.reveal().encode()[:-1])
    assert secret.reveal() not in "".join(path.read_text("latin-1") for path in (tmp_path / "data").iterdir())


def test_s04_nothing_matches_an_empty_admin_secret(tmp_path: Path) -> None:
    (tmp_path / admin_secret.FILE).write_bytes(b"")

    assert not admin_secret.exists(tmp_path)
    assert not admin_secret.matches(tmp_path, b"")
    with pytest.raises(StoreError, match="damaged"):
        admin_secret.create(tmp_path)


def test_the_watch_gives_keys_at_first_and_after_each_change(tmp_path: Path) -> None:
    add(tmp_path, 1)
    watch = KeyWatch(tmp_path)
    assert known(watch.poll()) == [1]
    assert watch.poll() is None

    add(tmp_path, 2)

    assert known(watch.poll()) == [1, 2]
    assert watch.poll() is None


def test_the_watch_waits_for_a_file_and_notices_that_it_went(tmp_path: Path) -> None:
    watch = KeyWatch(tmp_path)
    assert known(watch.poll()) == []
    assert watch.poll() is None
    add(tmp_path, 1)
    assert known(watch.poll()) == [1]

    (tmp_path / "keys.json").unlink()

    assert known(watch.poll()) == []
    assert watch.poll() is None


def test_the_watch_keeps_the_last_good_keys_and_says_what_is_wrong(tmp_path: Path) -> None:
    add(tmp_path, 1)
    watch = KeyWatch(tmp_path)
    assert known(watch.poll()) == [1]

    (tmp_path / "keys.json").write_bytes(b"{")

    assert watch.poll() is None
    assert "keys.json" in watch.problem
    (tmp_path / "keys.json").unlink()
    add(tmp_path, 2)
    assert known(watch.poll()) == [2]
    assert watch.problem == ""
