"""The encrypted store: what is put in comes out, what was touched does not, and keys change under it."""

import base64
import json
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.store import StoreError
from lockgate.stores.secret_file import SecretFile, made_own_keys, new_key, own_keys
from lockgate.stores.secret_file.envelope import opened, rewrapped, seal
from lockgate.stores.secret_file.master_key import master_keys

KEY, OTHER = new_key(), new_key()


def store(folder: Path, keys: str = KEY) -> SecretFile:
    return SecretFile(folder, lambda: keys)


def test_what_is_put_in_comes_out_and_is_not_in_the_file(tmp_path: Path) -> None:
    store(tmp_path).set("openai", "canary-secret")
    store(tmp_path).set("other", "another")

    assert store(tmp_path).open("openai") == "canary-secret"
    assert [entry.name for entry in store(tmp_path).entries()] == ["openai", "other"]
    raw = (tmp_path / "secrets.json").read_bytes()
    assert b"canary" not in raw
    assert base64.b64encode(b"canary")[:8] not in raw
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_new_value_replaces_the_old_one_under_a_key_of_its_own(tmp_path: Path) -> None:
    store(tmp_path).set("a", "same")
    first = (tmp_path / "secrets.json").read_bytes()

    store(tmp_path).set("a", "same")

    assert (tmp_path / "secrets.json").read_bytes() != first


def test_what_is_deleted_is_gone(tmp_path: Path) -> None:
    store(tmp_path).set("a", "x")

    store(tmp_path).delete("a")

    with pytest.raises(KeyError):
        store(tmp_path).open("a")
    with pytest.raises(KeyError):
        store(tmp_path).delete("a")


def test_another_key_opens_nothing_and_says_which_one_it_was(tmp_path: Path) -> None:
    store(tmp_path).set("a", "x")

    with pytest.raises(StoreError, match="sealed under the key"):
        store(tmp_path, OTHER).open("a")


def test_rewrapping_touches_no_secret_and_works_with_both_keys_there(tmp_path: Path) -> None:
    store(tmp_path).set("a", "x")
    store(tmp_path).set("b", "y")
    before = json.loads((tmp_path / "secrets.json").read_text())["secrets"]  # noqa: TID251  a second opinion

    assert store(tmp_path, f"{OTHER},{KEY}").rewrap() == 2

    after = json.loads((tmp_path / "secrets.json").read_text())["secrets"]  # noqa: TID251  as above
    assert [after[name]["value"] == before[name]["value"] for name in "ab"] == [True, True]
    assert store(tmp_path, OTHER).open("a") == "x"
    assert store(tmp_path, f"{KEY},{OTHER}").open("b") == "y"
    with pytest.raises(StoreError):
        store(tmp_path, KEY).open("a")


def test_rewrapping_with_one_key_missing_changes_nothing(tmp_path: Path) -> None:
    store(tmp_path).set("a", "x")
    before = (tmp_path / "secrets.json").read_bytes()

    with pytest.raises(StoreError):
        store(tmp_path, OTHER).rewrap()

    assert (tmp_path / "secrets.json").read_bytes() == before


def test_an_entry_under_another_name_does_not_open(tmp_path: Path) -> None:
    store(tmp_path).set("a", "x")
    store(tmp_path).set("b", "y")
    document = json.loads((tmp_path / "secrets.json").read_text())  # noqa: TID251  as above
    document["secrets"]["b"] = document["secrets"]["a"]
    (tmp_path / "secrets.json").write_text(json.dumps(document))

    with pytest.raises(StoreError, match="changed, or belongs to another name"):
        store(tmp_path).open("b")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"secrets":{},"version":2}', b'{"secrets":{"a":{}}}', b"\xff"]
)
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secrets.json").write_bytes(content)

    with pytest.raises(StoreError):
        store(tmp_path).open("a")


@pytest.mark.parametrize(
    "text",
    ["", "hunter2", "x" * 32, "A" * 43 + "=", f"{KEY},", f"{KEY};{OTHER}", KEY[:-4]],
    ids=["empty", "word", "one letter", "zeros", "comma", "two", "cut"],
)
def test_s03_a_pass_phrase_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        master_keys(text)


def test_keys_may_be_written_in_three_ways() -> None:
    raw = base64.b64decode(KEY)

    (one,), (two,), (three,) = (master_keys(text) for text in (KEY, raw.hex(), base64.urlsafe_b64encode(raw).decode()))

    assert one == two == three
    assert KEY not in repr(one)


def test_the_folders_own_key_is_made_once(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        own_keys(tmp_path)

    first = made_own_keys(tmp_path)

    assert made_own_keys(tmp_path) == own_keys(tmp_path) == first
    assert (tmp_path / "secrets.key").stat().st_mode & 0o777 == 0o600


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200), st.data())
def test_any_secret_comes_back_and_any_touch_is_seen(text: str, data: st.DataObject) -> None:
    (master,) = master_keys(KEY)
    sealed = seal("n", text, master, secrets.token_bytes, 5)
    again = rewrapped("n", sealed, master_keys(f"{OTHER},{KEY}"), secrets.token_bytes)
    field = data.draw(st.sampled_from(["key", "value"]))
    raw = bytearray(base64.b64decode(getattr(again, field)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    import msgspec

    touched = msgspec.structs.replace(again, **{field: base64.b64encode(raw).decode()})

    assert opened("n", again, master_keys(OTHER)) == text
    with pytest.raises(StoreError):
        opened("n", touched, master_keys(OTHER))
