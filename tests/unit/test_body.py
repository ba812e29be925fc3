"""A body is one sane JSON object or refused, what is forwarded keeps its text, what is parsed keeps its value."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.core.body import Headed, Parsed, forget, head, parse
from lockgate.core.problem import Problem
from tests.unit.bodies import SECRET, refused


@pytest.mark.parametrize(
    "raw",
    [
        b'{"model":"bluebird","model":"b"}',
        rb'{"model":"bluebird","mod\u0065l":"b"}',
        rb'{"\u006dodel":"bluebird","\u006Dodel":"b"}',
        b'{"bluebird":1,"bluebird":2}',
        b'{"messages":[{"role":"user","content":"bluebird","content":"hi"}]}',
        rb'{"messages":[{"role":"user","content":"bluebird","\u0063ontent":"hi"}]}',
        b'{"a":[[[{"bluebird":{},"bluebird":{}}]]]}',
        b'{"a":' + b"[" * 62 + b'{"bluebird":1,"bluebird":1}' + b"]" * 62 + b"}",
        b'{"a":[' + b"{}," * 70 + b'{"bluebird":1,"bluebird":1}]}',
        b'{"":1,"":2}',
    ],
)
def test_S45_duplicate_keys_are_refused_at_every_depth(raw: bytes) -> None:
    assert refused(raw).startswith("the body has the same key twice in one object: see line 1 column ")


@pytest.mark.parametrize(
    "pair", [("model", "MODEL"), ("model", "Model"), ("messages", "me\u017f\u017fages"), ("key", "\u212aey")]
)
def test_S45_keys_that_differ_only_in_case_are_refused_at_the_top(pair: tuple[str, str]) -> None:
    raw = json.dumps(dict.fromkeys(pair, SECRET.decode())).encode()

    assert refused(raw) == "the body has keys that differ only in case"


@pytest.mark.parametrize(
    "key", ["api_base", "base_url", "api_key", "custom_host", "extra_headers", "organization", "API_Base"]
)
def test_S30_a_client_does_not_say_where_its_request_goes(key: str) -> None:
    said = refused(json.dumps({"model": "m", key: SECRET.decode()}).encode())

    assert said == f"{key} is not for a client to say: upstreams and their keys are configured"


def test_S30_below_the_top_these_are_words_like_others() -> None:
    raw = b'{"tools":[{"api_base":1,"extra_headers":{}}]}'
    assert head(raw).wire() == raw


def test_S45_below_the_top_keys_may_differ_in_case() -> None:
    raw = b'{"tools":[{"a":1,"A":2}]}'

    assert parse(head(raw)).wire() == raw


def test_S45_every_place_for_a_duplicate_is_refused_or_means_one_thing() -> None:
    keys = [b'"model"', rb'"\u006dodel"', rb'"mode\u006c"', b'"MODEL"', b'"Model"', rb'"\u004dodel"']
    for first in keys:
        for second in keys:
            refused(b"{" + first + b':"bluebird",' + second + b':"hi"}')
            refused(b"{" + first + b':"bluebird","x":[],' + second + b":null}")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"NaN", "is not valid JSON"),
        (b"Infinity", "is not valid JSON"),
        (b"-Infinity", "is not valid JSON"),
        (b"1e400", "out of range"),
        (b"-1e400", "out of range"),
        (b"[0.5,{},1E+309]", "out of range"),
        (b"1" + b"0" * 400 + b".0", "out of range"),
        (b"[18446744073709551616,1e999]", "out of range"),
        (b"-" + b"9" * 4300, "out of range"),
        (b"9" * 5000, "out of range"),
        (rb'"bluebird\ud800"', "is not valid JSON"),
        (rb'"bluebird\udc00"', "is not valid JSON"),
        (rb'"\ud800\u0041 bluebird"', "is not valid JSON"),
        (b'"bluebird\xff"', "is not UTF-8"),
        (b'"\xed\xa0\x80 bluebird"', "is not UTF-8"),
        (b'"\xc0\xaf"', "is not UTF-8"),
        (b'"bluebird\n"', "is not valid JSON"),
        (b"'bluebird'", "is not valid JSON"),
        (b"1 // bluebird", "is not valid JSON"),
        (b"[1,]", "is not valid JSON"),
        (b"01", "is not valid JSON"),
        (b"bluebird", "is not valid JSON"),
    ],
)
def test_S46_what_some_parsers_take_and_others_do_not_is_refused(value: bytes, reason: str) -> None:
    assert reason in refused(b'{"model":"m","x":' + value + b"}")


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"", "the body is empty"),
        (b" \r\n", "the body is empty"),
        (b'\xef\xbb\xbf{"a":1}', "the body begins with a byte order mark, which JSON does not have"),
        (b'{"a":1} bluebird', "the body is not valid JSON: see line 1 column 9"),
        (b'{"a":1}{"a":"bluebird"}', "the body is not valid JSON: see line 1 column 8"),
        (b'{"a":1}\0', "the body is not valid JSON: see line 1 column 8"),
        (b'{"a":"bluebird"', "the body is not valid JSON: see line 1 column 15"),
        ('{"a":1}'.encode("utf-16"), "the body is not UTF-8: see byte 1"),
        (b'["bluebird"]', "the body is not a JSON object"),
        (b'"bluebird"', "the body is not a JSON object"),
        (b"null", "the body is not a JSON object"),
        (b"7", "the body is not a JSON object"),
    ],
)
def test_what_is_not_one_object_is_refused_without_being_quoted(raw: bytes, detail: str) -> None:
    assert refused(raw) == detail


def test_untouched_values_keep_their_text() -> None:
    values = b'[1.0,1,-0,-0.0,1E5,1e-400,0.10000000000000000555,123456789012345678901234567890 , "\\u0041\\/" ]'

    body = head(b' {"model" : "a", "x":' + values + b"}\n").set("model", "b")

    assert body.wire() == b'{"model":"b","x":' + values + b"}"


def test_parsed_numbers_keep_their_value() -> None:
    raw = b'{"x":[1.0,1,-0.0,1E5,5e-324,1.7976931348623157e308,123456789012345678901234567890,-18446744073709551616]}'
    wire = parse(head(raw)).wire()

    assert [(type(n), n) for n in json.loads(wire)["x"]] == [(type(n), n) for n in json.loads(raw)["x"]]
    assert b"[1.0,1,-0.0," in wire


@pytest.mark.parametrize("kind", [head, lambda raw: parse(head(raw))])
def test_a_key_is_set_on_a_copy(kind: Any) -> None:
    body: Headed | Parsed = kind(b'{"a":1,"b":[2]}')

    changed = body.set("a", {"x": None}).set("c", "d")

    assert changed.wire() == b'{"a":{"x":null},"b":[2],"c":"d"}'
    assert body.wire() == b'{"a":1,"b":[2]}'


def test_texts_are_edited_on_a_copy_that_shares_the_rest() -> None:
    body = parse(head(b'{"m":[{"c":"a","k":[1]},{"c":"b"}],"n":{}}'))

    changed = body.edit({("m", 0, "c"): "A", ("m", 1, "c"): "B"})

    assert changed.wire() == b'{"m":[{"c":"A","k":[1]},{"c":"B"}],"n":{}}'
    assert body.tree["m"][0]["c"] == "a"
    assert changed.tree["n"] is body.tree["n"]
    assert changed.tree["m"][0]["k"] is body.tree["m"][0]["k"]
    assert parse(changed) is changed


WORDS = st.text(st.characters(codec="utf-8"), max_size=12)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=40,
)


BODIES = st.dictionaries(WORDS, TREES, max_size=6).filter(lambda tree: len({k.casefold() for k in tree}) == len(tree))


@given(BODIES, st.booleans(), st.sampled_from([None, 1]))
def test_any_document_with_unique_keys_keeps_its_value(tree: dict[str, Any], ascii_only: bool, indent: int) -> None:
    raw = json.dumps(tree, ensure_ascii=ascii_only, indent=indent).encode()
    headed = head(raw)

    assert json.loads(headed.wire()) == tree
    assert repr(json.loads(parse(headed).wire())) == repr(tree)  # 1.0 is not 1, and True is not 1


@given(BODIES.filter(bool), st.data())
def test_a_key_twice_anywhere_is_refused(tree: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(list(tree)))
    spelled = "".join(f"\\u{ord(c):04x}" for c in key) if key.isascii() else json.dumps(key)[1:-1]
    inside = json.dumps(tree)[:-1].encode() + b',"' + spelled.encode() + b'":0}'

    assert "same key twice" in refused(b'{"x":[' + inside + b"]}")


def test_nothing_of_a_refused_key_stays_in_the_chain() -> None:
    with pytest.raises(Problem) as caught:
        head(b'{"bluebird":1,"bluebird":2}')

    assert caught.value.__suppress_context__


def test_headed_writes_each_key_once() -> None:
    assert Headed({"a": Raw(b"1")}).set("a", 2).wire() == b'{"a":2}'
    assert msgspec.json.decode(head(b"{}").wire()) == {}


def test_a_body_is_parsed_once_for_all_who_look_and_again_after_it_was_forgotten() -> None:
    body = head(b'{"model":"m","messages":[{"role":"user","content":"hi"}]}')

    first = parse(body)
    assert parse(body) is first
    assert parse(body.set("model", "other")) is not first
    forget(body)
    assert parse(body) is not first
    assert parse(body) == first


@given(BODIES.filter(bool), st.data())
def test_an_edit_leaves_the_tree_that_others_share_as_it_was(tree: dict[str, Any], data: st.DataObject) -> None:
    body = head(json.dumps(tree).encode())
    key = data.draw(st.sampled_from(list(tree)))

    changed = parse(body).edit({(key,): "other"}).set("more", 1)

    assert changed.tree[key] == "other" or key == "more"
    assert repr(parse(body).tree) == repr(msgspec.json.decode(body.wire()))
