"""Marks on ids: they open for their owner and their account, to the letter, and for nothing else."""

from dataclasses import dataclass, field
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.auth import Caller
from lockgate.core.holder import ACCOUNT, LINE, Holder, Line, Owner, account, line, read
from lockgate.core.key_digest import Pepper

PEPPER, OTHER = Pepper(bytes(range(32))), Pepper(bytes(32))
HOME, ELSEWHERE = account("a#0 https://one.example:443/v1"), account("a#1 https://one.example:443/v1")
ALICE = Caller("key_1", "shop", user="u", organization="o")
CHAIN = bytes(range(LINE))
IDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80)


@given(IDS, st.integers(0, (1 << 32) - 1), st.binary(min_size=LINE, max_size=LINE))
def test_what_is_marked_opens_as_it_was(id_: str, seed: int, chain: bytes) -> None:
    holder = Holder(PEPPER, HOME)

    marked = holder.marked(id_, ALICE, seed, chain)
    mark = holder.opened(marked, ALICE)

    assert mark is not None
    assert (mark.id, mark.account, mark.seed, mark.line) == (id_, HOME, seed, chain)
    assert holder.plain(marked, ALICE) == id_
    assert "-" not in marked[len(id_) :]  # or some of them would look like keys, which never leave
    assert holder.plain(holder.marked(marked, ALICE, seed, chain), ALICE) == marked


@dataclass
class Strange:
    holder: Holder = field(default_factory=lambda: Holder(PEPPER, HOME))
    caller: Caller = ALICE


@pytest.mark.parametrize(
    "other",
    [
        Strange(caller=Caller("key_2", "shop", user="u", organization="o")),
        Strange(caller=Caller("key_1", "shop", user="v", organization="o")),
        Strange(caller=Caller("key_1", "other", user="u", organization="o")),
        Strange(caller=Caller("key_1", "shop", user="u", organization="p")),
        Strange(Holder(PEPPER, ELSEWHERE)),
        Strange(Holder(OTHER, HOME)),
        Strange(Holder(PEPPER, HOME, "team")),
    ],
    ids=["key", "user", "team", "organization", "account", "pepper", "scope"],
)
def test_for_others_it_is_nothing(other: Strange) -> None:
    marked = Holder(PEPPER, HOME).marked("resp_1", ALICE, 5, CHAIN)

    assert other.holder.plain(marked, other.caller) is None


@given(st.data())
def test_another_letter_anywhere_is_another_id(data: st.DataObject) -> None:
    holder = Holder(PEPPER, HOME)
    marked = holder.marked("resp_0a1b", ALICE, 5, CHAIN)
    at = data.draw(st.integers(0, len(marked) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019_.-"))
    changed = marked[:at] + letter + marked[at + 1 :]

    assert (holder.plain(changed, ALICE) is None) == (changed != marked)


@given(IDS)
def test_what_nobody_marked_opens_for_nobody(id_: str) -> None:
    assert Holder(PEPPER, HOME).plain(id_, ALICE) is None


@given(st.text(max_size=200))
def test_whatever_stands_there_is_read_without_an_error(text: str) -> None:
    mark = read(text)
    assert mark is None or len(mark.account) == ACCOUNT


def test_a_team_is_all_of_its_keys_and_no_other_team() -> None:
    holder = Holder(PEPPER, HOME, "team")
    marked = holder.marked("resp_1", ALICE, 5, CHAIN)

    assert holder.plain(marked, Caller("key_2", "shop", organization="o")) == "resp_1"
    assert holder.plain(marked, Caller("key_1", "shop", organization="p")) is None
    assert set(get_args(Owner)) == {"key", "team"}


def test_what_the_operator_shares_needs_no_mark() -> None:
    holder = Holder(PEPPER, HOME, shared=frozenset(("vs_1",)))

    assert holder.plain("vs_1", ALICE) == "vs_1"
    assert holder.plain("vs_2", ALICE) is None


@given(st.binary(min_size=LINE, max_size=LINE), st.booleans())
def test_a_line_says_whether_it_is_one_conversation(name: bytes, own: bool) -> None:
    assert Line(line(name, own=own)).own is own
    assert line(name, own=own)[1:] == name[1:]
    assert not Line(Holder(PEPPER, HOME).line(name)).own


@pytest.mark.parametrize(
    ("shared", "open_", "closed"),
    [
        ((), (), ("", "file-1")),
        (("file-1",), ("file-1",), ("file-12", "file-", "vs_1")),
        (("gs://ours/*", "vs_1"), ("gs://ours/a", "gs://ours/", "vs_1"), ("gs://ours", "gs://theirs/", "vs_12", "")),
        (("*",), ("anything", ""), ()),
    ],
)
def test_what_is_shared_is_everybodys(shared: tuple[str, ...], open_: tuple[str, ...], closed: tuple[str, ...]) -> None:
    holder = Holder(PEPPER, HOME, shared=frozenset(shared))

    assert [holder.plain(id_, ALICE) for id_ in open_] == [*open_]
    assert [holder.plain(id_, ALICE) for id_ in closed] == [None] * len(closed)


def test_what_has_a_mark_is_shared_with_nobody() -> None:
    marked = Holder(PEPPER, ELSEWHERE).marked("file-1", ALICE, 5, CHAIN)

    assert Holder(PEPPER, HOME, shared=frozenset(("*",))).plain(marked, ALICE) is None
