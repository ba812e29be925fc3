"""Every string of a tree is met once and in its place, whatever the tree: held against a walk that calls itself."""

from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.body import Name, Path, head
from lockgate.core.dialect import Dialect, Slot
from lockgate.core.finding import Finding
from lockgate.core.guard import Rule, Rules
from lockgate.core.registry import tables
from lockgate.core.slots import LONG_NUMBER, rest, walk
from lockgate.patterns.looking import WORD, Looking
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened
from tests.unit.pipeline.test_reads import Noting

NAMES = st.sampled_from(["", "role", "content", "a", "b"])
LEAVES = st.sampled_from(["", "user", "some text", "other", 7, LONG_NUMBER, -2.5 * LONG_NUMBER, None, True])
TREES = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3)),
    max_size=4,
)
OPENAI = tables("lockgate.dialects", Dialect)["openai_chat"]


def plain(path: Path, node: Any) -> Iterator[tuple[Path, object]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*path, Name(key)), key
            yield from plain((*path, key), value)
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from plain((*path, i), value)
    elif not isinstance(node, bool) and node is not None:
        yield path, node


@given(TREES)
def test_a_walk_meets_every_text_in_the_order_of_the_document(tree: dict[str, Any]) -> None:
    met = list(walk(tree, lambda path: None if path[-1] == "role" else "opaque"))

    texts = [(path, x) for path, x in plain((), tree) if isinstance(x, str) and x and not isinstance(path[-1], Name)]
    assert met == [Slot(path, "opaque", text) for path, text in texts if path[-1] != "role"]


@given(TREES, st.sets(st.sampled_from(["role", "user", "some text"])))
def test_the_rest_is_all_that_was_not_listed_and_is_not_known(tree: dict[str, Any], dull: set[str]) -> None:
    listed = {slot.path for slot in walk(tree, lambda path: "user" if path[-1] == "content" else None)}

    met = [(slot.path, isinstance(slot.path[-1], Name), slot.text) for slot in rest(tree, listed, dull)]

    wanted = [
        (path, isinstance(path[-1], Name), str(found))
        for path, found in plain((), tree)
        if found not in dull and (isinstance(path[-1], Name) or path not in listed)
        if (bool(found) if isinstance(found, str) else isinstance(found, int | float) and abs(found) >= LONG_NUMBER)
    ]
    assert met == wanted


def test_a_word_of_the_protocol_is_read_once_and_what_somebody_said_every_time() -> None:
    guard = Noting()
    engine = Looking([guard], streams=False)
    rules = Rules([Rule("r", 0, "block")], engine, "request")
    body = head(
        msgspec.json.encode({"model": "m", "messages": [{"role": "user", "content": "hello"}], "x": "y" * (WORD + 1)})
    )
    for _ in range(2):
        screened(body, OPENAI, rules, Ledger("", 0, 0))

    assert guard.noted.count(("user", "hello")) == 2
    assert guard.noted.count(("opaque", "y" * (WORD + 1))) == 2
    assert [each for each in guard.noted if each == ("opaque", "role")] == [("opaque", "role")]


def test_a_word_in_which_a_reader_finds_something_is_never_forgotten() -> None:
    engine = Looking([Noting()], streams=False)

    for _ in range(2):
        assert engine.read([("bad", "opaque", frozenset((0,)))]) == [{0: [Finding(0, 3, "noted")]}]
    assert not engine.dull
