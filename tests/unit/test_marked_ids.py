"""Marks in a document: at the fields that hold the ids, in one go over it, and nowhere else."""

import json

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.marked_ids import with_marks

TEXTS = st.text(max_size=6) | st.sampled_from(['"id":"a"', "a", '\\"id":"a"', "é", 'a"', "\\"])
DOCUMENTS = st.recursive(
    TEXTS | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "file_id", "x"]), inner)
)  # fmt: skip


def replaced(node: object, field: str, id_: str) -> object:
    """The plain twin."""
    if isinstance(node, list):
        return [replaced(each, field, id_) for each in node]
    if isinstance(node, dict):
        return {
            key: value + "!" if (key, value) == (field, id_) else replaced(value, field, id_)
            for key, value in node.items()
        }
    return node


@given(DOCUMENTS, st.sampled_from(["id", "file_id"]), TEXTS.filter(bool), st.booleans())
def test_it_is_what_marking_the_tree_would_be(document: object, field: str, id_: str, spaced: bool) -> None:
    raw = json.dumps(document, ensure_ascii=False, separators=None if spaced else (",", ":")).encode()
    found = with_marks(raw, [(field, id_)], lambda plain: plain + "!")

    expected = replaced(document, field, id_)
    assert json.loads(found) == expected
    if expected == document:
        assert found == raw


def test_many_ids_are_one_pass_over_the_document() -> None:
    ids = [("file_id", f"file_{i}") for i in range(20_000)]
    raw = json.dumps([{"file_id": id_} for _, id_ in ids] + ["x" * 500_000]).encode()

    found = json.loads(with_marks(raw, ids, lambda plain: plain + "!"))

    assert [each["file_id"] for each in found[:-1]] == [id_ + "!" for _, id_ in ids]


def test_what_cannot_be_read_stays() -> None:
    raw = rb'{"a":{"id":"\ud800"},"b":{"id":"x"},"c":{"id":"' + b'\xff"}}'

    assert with_marks(raw, [("id", "x")], lambda plain: plain + "!") == raw.replace(b'"x"', b'"x!"')
