"""Texts of a tree by the short way, for messages that are a few texts, and by its plain twin: the same, in the same order."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.body import Name, Path
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import LONG_NUMBER, _is_data, rest, walk
from lockgate.dialects.openai_chat.texts import _place, _roles, slots

WORDS = ("", "role", "content", "user", "system", "text", "hello", "data:text/plain;base64,aGVsbG8=", "x" * 300)
LEAVES = st.sampled_from(WORDS) | st.integers(0, 10**9) | st.none() | st.booleans()
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=12,
)
MESSAGES = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "system", "tool", "odd", 7]), "content": TREES}) | TREES,
    max_size=4,
)
DOCUMENTS = st.fixed_dictionaries({}, optional={"model": TREES, "messages": MESSAGES | TREES, "tools": TREES}) | TREES


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What is in a tree, with the names of fields before what is in them."""
    if not isinstance(node, dict | list):
        yield path, node
        return
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(key, str):
            yield (*path, Name(key)), key
        yield from leaves(inner, (*path, key))


def named(path: Path) -> Place | None:
    return None if path[-1] == "role" else "user" if "content" in path else "opaque"


@given(TREES)
def test_every_text_is_walked_in_its_place(tree: Any) -> None:
    texts = [
        (path, node) for path, node in leaves(tree) if isinstance(node, str) and path and not isinstance(path[-1], Name)
    ]

    assert list(walk(tree, named)) == [
        Slot(path, named(path) or "opaque", node) for path, node in texts if node and named(path)
    ]


@given(DOCUMENTS)
def test_texts_of_a_chat_are_those_of_a_walk(tree: Any) -> None:
    roles = _roles(tree)
    plain = walk(tree, lambda path: _place(path, roles))

    assert [each for each in slots(tree) if each.place not in ("opaque", "document")] == [
        each for each in plain if each.place not in ("opaque", "document")
    ]


@given(TREES, st.sets(st.sampled_from(WORDS)), st.integers(0, 3))
def test_the_rest_is_all_that_is_neither_listed_nor_dull(tree: Any, dull: set[str], every: int) -> None:
    texts = [(path, node) for path, node in leaves(tree) if path]
    listed = {path for number, (path, _) in enumerate(texts) if every and number % every == 0}

    told = list(rest(tree, listed, dull))

    assert told == list(_rest(texts, listed, dull))


def _rest(texts: list[tuple[Path, Any]], listed: set[Path], dull: set[str]) -> Iterator[Slot]:
    for path, node in texts:
        if isinstance(node, str):
            name = isinstance(path[-1], Name)
            if node and node not in dull and (name or (path not in listed and not _is_data(node))):
                yield Slot(path, "opaque", node)
        elif isinstance(node, int | float) and abs(node) >= LONG_NUMBER:
            yield Slot(path, "opaque", str(node))
