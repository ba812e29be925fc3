"""Arguments of a tool stay JSON, whatever is masked in them, wherever they are cut."""

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.events import ToolDelta
from lockgate.core.guard import Engine, Rule, Rules
from lockgate.guards.pii import plugin
from lockgate.patterns.looking import Looking
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.json_holes import rest
from lockgate.pipeline.ledger import Ledger

CARD = 4111111111111111


@cache
def engine() -> Engine:
    return Looking([plugin().build()])


def rules() -> Rules:
    return Rules([Rule("pii", 0, "mask", frozenset(("response",)))], engine(), "response")


def masked(text: str) -> str:
    own = rules()
    holes = decided(Text(text, "tool_arguments", ""), own.engine.look(text, frozenset((0,))), own, Ledger("", 0, 0))
    return filled(text, holes)


def streamed(pieces: list[str]) -> str:
    hold = Holdback(rules(), Ledger("", 0, 0))
    releases = [release for piece in pieces for release in hold.feed(None, [ToolDelta(0, piece)])] + hold.end()
    return "".join(event.arguments for each in releases for event in each.events if isinstance(event, ToolDelta))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"text": "Hi,\nbob@example.com"}, {"text": "Hi,\n[EMAIL]"}),
        ({"text": "a\tbob@example.com\n"}, {"text": "a\t[EMAIL]\n"}),
        ({"path": "C:\\bob@example.com"}, {"path": "C:\\[EMAIL]"}),
        ({"cards": [CARD, 1, CARD]}, {"cards": ["[CREDIT_CARD]", 1, "[CREDIT_CARD]"]}),
        ({"query": json.dumps({"card": CARD})}, {"query": '{"card": [CREDIT_CARD]}'}),
        ({"say": f'"card": {CARD}'}, {"say": '"card": [CREDIT_CARD]'}),
    ],
)
def test_S62_what_is_masked_leaves_json_behind(value: object, expected: object) -> None:
    text = json.dumps(value)

    assert json.loads(masked(text)) == expected
    assert json.loads(streamed(list(text))) == expected


@pytest.mark.parametrize(
    ("text", "stands"), [('{"a', '"'), ('{"a"', ""), ('{"', '"'), ('"a\\', '"\\'), ('"\\u00', '"\\u00'), ('"\\\\', '"')]
)
def test_what_stands_for_a_text_that_went_before(text: str, stands: str) -> None:
    assert rest(text) == stands


def test_a_text_that_is_no_document_is_masked_as_it_is() -> None:
    assert masked(f"card: {CARD}") == "card: [CREDIT_CARD]"


WORDS = st.lists(st.sampled_from(["bob@example.com", "\n", "\\", '"', "é", "u0062", " ", str(CARD), "x"]), max_size=8)
VALUES = st.dictionaries(WORDS.map("".join), WORDS.map("".join) | st.just(CARD) | st.lists(st.just(CARD)), max_size=3)


@settings(deadline=None, max_examples=200)
@given(VALUES, st.data())
def test_S62_however_it_is_cut_it_stays_json(value: object, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    json.loads(masked(text))
    json.loads(streamed(pieces))
