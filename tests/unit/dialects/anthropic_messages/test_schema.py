"""Schemas are cut to the subset of structured output, and what was cut is told and named."""

from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import schema
from lockgate.dialects.anthropic_messages.notes import Notes


def narrowed(tree: Any, description: str = "") -> tuple[Any, tuple[str, ...]]:
    notes = Notes()
    cut = schema.narrowed(Raw(msgspec.json.encode(tree)), notes, description)
    return msgspec.json.decode(cut), notes.names()


def test_a_schema_that_fits_is_not_changed() -> None:
    fits = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"$ref": "#/$defs/b"}, "minItems": 1}},
        "$defs": {"b": {"type": "string", "format": "uuid", "enum": ["x"]}},
        "required": ["a"],
        "additionalProperties": False,
    }

    assert narrowed(fits) == (fits, ())


def test_what_is_not_taken_is_told_to_the_model() -> None:
    cut, lost = narrowed(
        {
            "type": ["object", "null"],
            "description": "An a.",
            "properties": {"a": {"oneOf": [{"type": "string", "pattern": "^x"}, {"type": "array", "minItems": 4}]}},
            "additionalProperties": {"type": "string"},
        }
    )

    assert cut == {
        "type": ["object", "null"],
        "description": 'An a.\n\n{additionalProperties: {"type":"string"}}',
        "properties": {
            "a": {
                "anyOf": [
                    {"type": "string", "description": '{pattern: "^x"}'},
                    {"type": "array", "description": "{minItems: 4}"},
                ]
            }
        },
        "additionalProperties": False,
    }
    assert lost == ("schema keyword pattern", "schema keyword minItems", "schema keyword additionalProperties")


def test_properties_may_have_the_names_of_keywords() -> None:
    cut, lost = narrowed({"type": "object", "properties": {"minimum": {"type": "string", "format": "ipv6"}}})

    assert (cut["properties"], lost) == ({"minimum": {"type": "string", "format": "ipv6"}}, ())


def test_odd_schemas_pass() -> None:
    assert narrowed(True) == (True, ())
    assert narrowed({"format": 3, "allOf": [True]}) == (
        {"allOf": [True], "description": "{format: 3}"},
        ("schema keyword format",),
    )
    assert narrowed({"type": "string"}, "a name")[0]["description"] == "a name"
    assert bytes(schema.with_object_type(Raw(b"{}"))) == b'{"type":"object"}'
    assert bytes(schema.with_object_type(Raw(b'{"type":"object"}'))) == b'{"type":"object"}'
    assert bytes(schema.with_object_type(Raw(b"true"))) == b"true"
    deep: Any = {"type": "string", "pattern": "x"}
    for _ in range(150):
        deep = {"items": deep}
    assert narrowed(deep)[1] == ()


@pytest.mark.parametrize("broken", [b"{", b'{"a":"\xff"}', b'{"a":' * 5000])
def test_a_schema_that_is_not_json_is_the_clients_fault(broken: bytes) -> None:
    with pytest.raises(Problem) as caught:
        schema.narrowed(Raw(broken), Notes())

    assert caught.value.kind is Kind.INVALID


def test_a_tools_schema_that_is_not_json_is_the_clients_fault() -> None:
    with pytest.raises(Problem) as caught:
        schema.with_object_type(Raw(b"{"))

    assert caught.value.kind is Kind.INVALID


TREES = st.recursive(
    st.booleans() | st.integers(0, 9) | st.sampled_from(["object", "string", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "properties", "items", "anyOf", "oneOf", "minimum", "enum"]), inner)
    ),
    max_leaves=20,
)


@given(TREES)
def test_any_tree_is_cut_without_an_error_and_twice_is_once(tree: Any) -> None:
    once, _ = narrowed(tree)

    assert narrowed(once)[0] == once


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 20)))
def test_what_the_cut_schema_takes_is_no_smaller_where_only_bounds_were_cut(value: dict[str, int]) -> None:
    full = {"type": "object", "properties": {k: {"type": "integer", "maximum": 9} for k in "abc"}}
    cut, _ = narrowed(full)

    if jsonschema.Draft202012Validator(full).is_valid(value):
        assert jsonschema.Draft202012Validator(cut).is_valid(value)
