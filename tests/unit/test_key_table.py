"""The table of keys: what is in it is found, what is not is not, and damage is neither."""

import os
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.store import Keys, StoredKey, StoreError
from lockgate.stores.key_file import KeyFile
from lockgate.stores.key_file.renew import NONE, table
from lockgate.stores.key_file.table import Source, Table, built, row
from lockgate.stores.key_file.watch import KeyWatch


def key(number: int, name: str = "n") -> StoredKey:
    return StoredKey(f"key_{number}", name, "shop", sha256(b"%d" % number).hexdigest(), 1)


def keys(count: int) -> Keys:
    return tuple(map(key, range(count)))


def made(*stored: StoredKey) -> bytes:
    rows = (row(each, msgspec.json.encode(each)) for each in stored)
    return b"".join(built([each for each in rows if each], NONE))


def opened(content: bytes) -> Table:
    return Table(lambda at, length: content[at : at + length], len(content))


def write(folder: Path, count: int) -> None:
    KeyFile(folder).change(lambda _: keys(count))


def known(found: Table | None, count: int = 10) -> int:
    assert found is not None
    return sum(found.get(each.digest) == each for each in keys(count))


@pytest.mark.parametrize("count", [0, 1, 7, 8, 15, 16, 17, 1000])
def test_every_key_is_found_and_no_other_one(count: int) -> None:
    found = opened(made(*keys(count)))

    assert [found.get(each.digest) for each in keys(count)] == list(keys(count))
    assert [found.get(sha256(b"other %d" % number).hexdigest()) for number in range(200)] == [None] * 200


@given(
    st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.text()), max_size=40),
    st.binary(min_size=32, max_size=32),
)
def test_it_is_what_a_dict_is(pairs: list[tuple[bytes, str]], other: bytes) -> None:
    stored = [StoredKey(name, name, "t", digest.hex(), 1) for digest, name in pairs]
    meant = {each.digest: each for each in stored}

    found = opened(made(*stored))

    assert {digest: found.get(digest) for digest in meant} == meant
    assert found.get(other.hex()) == meant.get(other.hex())


def test_a_revoked_key_is_not_in_it() -> None:
    gone = msgspec.structs.replace(key(1), revoked=5)

    assert opened(made(key(0), gone)).get(gone.digest) is None


@given(st.data())
def test_of_a_damaged_table_no_unknown_key_comes_and_no_known_one_is_called_unknown(data: st.DataObject) -> None:
    """One byte is another one, or the end is missing: an error, or the right answer."""
    whole = made(*keys(40))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = bytearray(whole)
    damaged[at] ^= data.draw(st.integers(1, 255))
    for content in (bytes(damaged), whole[:at]):
        try:
            found = opened(content)
        except ValueError:
            continue
        for number in range(80):
            try:
                answer = found.get(key(number).digest)
            except StoreError:
                assert found.broken
            else:
                assert answer == (key(number) if number < 40 else None)


def test_a_file_cut_short_while_it_is_used_is_an_error_and_made_anew(tmp_path: Path) -> None:
    write(tmp_path, 10)
    watch = KeyWatch(tmp_path)
    found = watch.poll()
    os.truncate(tmp_path / "keys.table", 100)
    assert found is not None
    assert not watch.changed()

    with pytest.raises(StoreError, match="damaged"):
        found.get(key(1).digest)

    assert watch.changed()
    assert known(watch.poll()) == 10


def test_one_that_is_damaged_inside_is_made_anew_once_a_look_up_found_out(tmp_path: Path) -> None:
    write(tmp_path, 10)
    watch = KeyWatch(tmp_path)
    found = watch.poll()
    assert found is not None
    with (tmp_path / "keys.table").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"!")

    with pytest.raises(StoreError, match="checksum"):
        known(found)

    assert known(watch.poll()) == 10
    assert known(table(tmp_path)) == 10
    assert not watch.changed()


@pytest.mark.parametrize(
    "content", [b"", b"x", b"LGKEYS1\n" + bytes(100), made(*keys(3))[:-1], made(*keys(3)) + b"x", None]
)
def test_a_table_that_is_none_or_not_whole_is_made_anew(tmp_path: Path, content: bytes | None) -> None:
    write(tmp_path, 10)
    (tmp_path / "keys.table").unlink()
    if content is not None:
        (tmp_path / "keys.table").write_bytes(content)

    assert known(table(tmp_path)) == 10
    assert known(Table.opened(tmp_path / "keys.table")) == 10


def test_a_table_of_other_keys_is_made_anew(tmp_path: Path) -> None:
    write(tmp_path, 10)
    old = (tmp_path / "keys.table").read_bytes()
    write(tmp_path, 5)
    (tmp_path / "keys.table").write_bytes(old)

    assert known(table(tmp_path)) == 5


def test_keys_that_a_person_wrote_are_read(tmp_path: Path) -> None:
    write(tmp_path, 5)
    pretty = msgspec.json.format((tmp_path / "keys.json").read_bytes(), indent=4)
    (tmp_path / "keys.json").write_bytes(pretty.replace(b'"n"', b'"m"'))

    found = table(tmp_path)

    assert [found.get(key(number).digest) for number in range(6)] == [*(key(number, "m") for number in range(5)), None]


def test_a_copy_of_the_folder_needs_no_new_table(tmp_path: Path) -> None:
    """A backup that was put back: other files with the same content."""
    write(tmp_path, 5)
    (tmp_path / "back").mkdir()
    for name in ("keys.json", "keys.table"):
        (tmp_path / "back" / name).write_bytes((tmp_path / name).read_bytes())
    before = (tmp_path / "back" / "keys.table").stat().st_ino

    assert known(table(tmp_path / "back")) == 5
    assert (tmp_path / "back" / "keys.table").stat().st_ino == before


def test_where_no_file_can_be_made_it_is_kept_in_memory(tmp_path: Path) -> None:
    write(tmp_path, 5)
    (tmp_path / "keys.table").unlink()
    (tmp_path / "keys.table").mkdir()

    assert known(table(tmp_path)) == 5


def test_a_table_without_its_keys_opens_nothing(tmp_path: Path) -> None:
    write(tmp_path, 5)
    (tmp_path / "keys.json").unlink()

    assert known(table(tmp_path)) == 0


def test_a_crash_between_the_table_and_its_keys_leaves_the_old_keys(tmp_path: Path) -> None:
    write(tmp_path, 5)
    old = (tmp_path / "keys.json").read_bytes()
    write(tmp_path, 10)
    (tmp_path / "keys.json").write_bytes(old)

    assert known(table(tmp_path)) == 5


def test_a_digest_that_is_none_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    write(tmp_path, 5)
    with pytest.raises(StoreError, match="digest of key_1"):
        KeyFile(tmp_path).change(lambda _: (msgspec.structs.replace(key(1), digest="ab"),))

    assert KeyFile(tmp_path).read() == keys(5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json", "keys.lock", "keys.table"]


def test_what_it_was_made_from_is_in_it(tmp_path: Path) -> None:
    write(tmp_path, 2)
    stat, content = (tmp_path / "keys.json").stat(), (tmp_path / "keys.json").read_bytes()

    source = Table.opened(tmp_path / "keys.table").source

    assert source == Source(sha256(content).digest(), stat.st_mtime_ns, stat.st_ino, len(content))
    assert content.count(b"\n") == 4
