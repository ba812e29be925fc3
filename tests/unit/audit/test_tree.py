"""The Merkle tree: its roots are those of the RFC, and a proof leads to the root from its own leaf and place only."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lockgate.audit.tree import EMPTY, Growing, leaf, path, root, root_by

ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
leaves = st.lists(st.binary(min_size=1, max_size=3).map(leaf), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_roots_that_all_logs_agree_on(size: int, expected: str) -> None:
    tree = Growing()
    for entry in ENTRIES[:size]:
        tree.add(leaf(bytes.fromhex(entry)))

    assert tree.root().hex() == expected


@given(leaves)
def test_growing_leaf_by_leaf_is_the_tree_of_all(leaves: list[bytes]) -> None:
    tree = Growing()
    assert tree.root() == root([]) == EMPTY
    for number, each in enumerate(leaves, 1):
        tree.add(each)
        assert (tree.size, tree.root()) == (number, root(leaves[:number]))


@given(leaves, st.data())
def test_a_proof_leads_to_the_root(leaves: list[bytes], data: Any) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))

    assert root_by(index, len(leaves), leaves[index], path(index, len(leaves), leaves)) == root(leaves)


@given(leaves, st.data())
def test_a_changed_proof_leads_elsewhere(leaves: list[bytes], data: Any) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, size, mine = path(index, len(leaves), leaves), len(leaves), leaves[index]
    what = data.draw(st.sampled_from(["leaf", "index", "step", "drop", "more"]))
    if what == "leaf":
        mine = leaf(b"another")
    elif what == "index":
        index = data.draw(st.integers(-1, size))
        assume(path(index, len(leaves), leaves) != proof or leaves[index] != mine if 0 <= index < size else True)
    elif what == "more":
        proof = [*proof, EMPTY]
    else:
        assume(proof)
        at = data.draw(st.integers(0, len(proof) - 1))
        proof = [*proof[:at], *([EMPTY] if what == "step" else []), *proof[at + 1 :]]

    try:
        found = root_by(index, size, mine, proof)
    except ValueError:
        return
    assert found != root(leaves)
