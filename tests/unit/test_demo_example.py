"""Values made for a JSON Schema fit it."""

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.providers.demo.example import example
from lockgate.providers.demo.script import words

_bound = st.integers(-1000, 1000)
_leaves = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(lambda n: {"type": "string", "minLength": n, "maxLength": n + 3}, st.integers(0, 30)),
    st.builds(lambda n: {"type": ["null", "integer"], "minimum": n}, _bound),
    st.builds(lambda n: {"type": "integer", "exclusiveMinimum": n + 0.5}, _bound),
    st.builds(lambda n: {"type": "integer", "maximum": n}, _bound),
    st.builds(lambda n: {"type": "number", "exclusiveMaximum": n}, _bound),
    st.builds(lambda n: {"type": "number", "exclusiveMinimum": n}, _bound),
    st.builds(lambda x: {"const": x}, st.text(max_size=5)),
    st.builds(lambda x: {"enum": x}, st.lists(st.integers(), min_size=1, max_size=3)),
    st.sampled_from(["date", "email", "uuid", "ipv4"]).map(lambda name: {"type": "string", "format": name}),
)


def _objects(inner: st.SearchStrategy) -> st.SearchStrategy:
    return st.dictionaries(st.text(max_size=4), inner, max_size=4).map(
        lambda made: {"type": "object", "properties": made, "required": list(made), "additionalProperties": False}
    )


_schemas = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        _objects(inner),
        st.builds(lambda one, n: {"type": "array", "items": one, "minItems": n}, inner, st.integers(0, 3)),
        st.lists(inner, min_size=1, max_size=3).map(lambda many: {"anyOf": many}),
        st.builds(lambda one: {"allOf": [one]}, inner),
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(_schemas)
def test_it_fits(schema):
    made = example(schema)

    jsonschema.validate(made, schema, format_checker=jsonschema.FormatChecker())


def test_references_and_recursion():
    schema = {
        "type": "object",
        "properties": {"left": {"$ref": "#/$defs/node"}, "name": {"$ref": "#/$defs/a~1b"}},
        "required": ["left", "name"],
        "$defs": {
            "node": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            "a/b": {"type": "string", "default": "given"},
        },
    }

    assert example(schema) == {"left": None, "name": "given"}


@pytest.mark.parametrize("odd", [{}, {"type": 5}, {"type": []}, {"properties": []}, {"$ref": "#/no"}, {"allOf": [3]}])
def test_odd_schemas_give_something(odd):
    example(odd)


@given(st.text())
def test_words_joined_are_the_text(text):
    assert "".join(words(text)) == text


def test_a_long_text_has_few_words():
    text = "a " * 1_000_000

    assert len(words(text)) < 20_000
    assert "".join(words(text)) == text


def test_a_huge_value_of_the_schema_is_left_out():
    assert example({"const": "x" * 1_000_000}) is None
    assert example({"const": "x" * 1_000}) == "x" * 1_000
