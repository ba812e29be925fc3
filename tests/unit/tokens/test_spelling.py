"""How models write tokens, and what of a stream may still become one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.conversations import WAYS
from lockgate.core.events import TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.guard import NO_RULES
from lockgate.core.names import Names
from lockgate.pipeline.decide import filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger
from lockgate.tokens.formats import FORMATS, FORMS
from lockgate.tokens.ids import token_id
from lockgate.tokens.restorer import Restorer
from lockgate.tokens.spelling import spelling

ADDRESS = 'Weg 1 "Hof"\n10115 Berlin \\'
VALUES = {
    "<EMAIL_1>": "jo@mail.example",
    "<EMAIL_12>": "ann@mail.example",
    "<NATIONAL_ID_3>": "19811218-9876",
    "<ADDRESS_1>": ADDRESS,
}
FORMED = {FORMATS["EMAIL"].make(1, ""): "bo@mail.example", FORMATS["CREDIT_CARD"].make(2, " "): "4111 1111 1111 1111"}  # fmt: skip
KINDS = frozenset(("EMAIL", "NATIONAL_ID", "ADDRESS", "TEXT"))
LABELS = spelling(KINDS, frozenset())
BOTH = spelling(KINDS, frozenset(("EMAIL", "CREDIT_CARD", "PHONE", "IBAN", "IP_ADDRESS")))


def restorer(tools: str = "*") -> Restorer:
    values = {token_id(token): (token, value) for token, value in (VALUES | FORMED).items()}
    return Restorer(values, BOTH, Names((tools,)))


def whole(text: str, *, exact: bool = False, json: bool = False) -> str:
    own = restorer()
    return filled(text, own.holes(text, own.found(text, exact=exact), "" if json else None))


def streamed(pieces: list[str], kind: type[TextDelta] | type[ThinkingDelta] = TextDelta) -> str:
    hold = Holdback(NO_RULES, Ledger("", 0, 0), restorer())
    out = [event for piece in pieces for release in hold.feed(None, [kind(piece)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    return "".join(event.text for event in out if isinstance(event, kind))


def called(pieces: list[str], tool: str = "mail", tools: str = "*") -> str:
    hold = Holdback(NO_RULES, Ledger("", 0, 0), restorer(tools))
    out = [e for release in hold.feed(None, [ToolStarted(0, "c", tool)]) for e in release.events]
    out += [event for piece in pieces for release in hold.feed(None, [ToolDelta(0, piece)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    return "".join(event.arguments for event in out if isinstance(event, ToolDelta))


@pytest.mark.parametrize("way", WAYS, ids=[way[0] for way in WAYS])
@pytest.mark.parametrize("token", ["<EMAIL_1>", "<EMAIL_12>", "<NATIONAL_ID_3>"])
def test_S62_a_token_in_every_way_and_cut_at_every_place(way: tuple, token: str) -> None:  # type: ignore[type-arg]
    _, write, see = way
    text, expected = f"to {write(token)} ok", f"to {see(VALUES[token])} ok"

    assert whole(text) == expected
    for cut in range(len(text) + 1):
        assert streamed([text[:cut], text[cut:]]) == expected, cut
    assert streamed(list(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "<EMAIL_2>",
            "EMAIL_2",
            "<EMAIL_>",
            "<EMAIL>",
            "EMAIL_1x",
            "USER_EMAIL_1",
            "EMAIL_1_OLD",
            "email_1",
            "1EMAIL_1",
        ),
        *(
            "<EMAIL_123>",
            "<EMAIL_1234567890>",
            "<PHONE_1>",
            "E",
            "<",
            "&lt;",
            "%3C",
            "\\u003c",
            "<E",
            "a <b> c",
            "<ID_3>",
        ),
        *(
            "&lt;EMAIL_9&gt;",
            "user2@example.com",
            "xuser1@example.com",
            "user1@example.community",
        ),
    ],
)
def test_what_stands_for_nothing_stays_as_it_is(text: str) -> None:
    assert whole(f"a {text} b") == f"a {text} b"
    assert streamed(list(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C:\\<EMAIL_1>", "C:\\jo@mail.example"),
        ("<EMAIL_1><EMAIL_12>", "jo@mail.exampleann@mail.example"),
        ("<EMAIL_1 2 of them", "jo@mail.example 2 of them"),
        ("_EMAIL_1_ and (EMAIL_1)", "_jo@mail.example_ and (jo@mail.example)"),
        ("<EMAIL_01>", "jo@mail.example"),
        ("USER1@Example.com.", "bo@mail.example."),
        ("4000000000000028, 4000-0000-0000-0028", "4111 1111 1111 1111, 4111 1111 1111 1111"),
        ("&lt;ADDRESS_1&gt;", ADDRESS),
        ("\\u003cADDRESS_1\\u003e", json.dumps(ADDRESS)[1:-1]),
    ],
)
def test_in_text(text: str, expected: str) -> None:
    assert whole(text) == expected
    assert streamed(list(text)) == expected


PIECES = st.sampled_from(
    [
        *("<EMAIL_1>", "EMAIL_1", "<EMAIL_12>", "<", "EM", "AIL", "_", "1", "2", ">", " ", "&lt;", "&gt;", "%3C", "%3E", "\\", "u003c"),
        *("\\u003c", "**", "`", "x", "<email 1>", "national", "ID", "3", "<N", "user1@example.com", "user", "@example", ".com", "."),
        *("4000 0000", "0000 0028", "+1-201-555-01", "00", "192.0.2.", "https://a.example/?q=", "=", "DE", "\u200b", "\n", '"', "{"),
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14), st.data())
def test_S62_any_cutting_restores_the_same(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert streamed(pieces) == streamed([text]) == streamed(list(text))
    assert streamed(list(text), ThinkingDelta) == whole(text, exact=True)


@given(st.lists(st.sampled_from(["<EMAIL_1>", "<ADDRESS_1>", "< email_1 >", "x", " ", "é", "\\", '"', "\n", "<", "1"]), max_size=8), st.data())  # fmt: skip
def test_S62_arguments_stay_JSON_however_they_are_cut(parts: list[str], data: st.DataObject) -> None:
    text = json.dumps({"to": "".join(parts), "<EMAIL_12>": [1, "<ADDRESS_1>"]}, ensure_ascii=data.draw(st.booleans()))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))

    said = called([text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)])

    assert json.loads(said) == {"to": whole("".join(parts)), "ann@mail.example": [1, ADDRESS]}


def test_a_token_outside_of_strings_is_a_string_or_a_number() -> None:
    said = called(['{"to": <EMAIL_1', '>, "card": 4000000000000028}'])

    assert json.loads(said) == {"to": "jo@mail.example", "card": "4111 1111 1111 1111"}


def test_escapes_of_JSON_within_arguments() -> None:
    inner = json.dumps({"to": "<ADDRESS_1>"}).replace("<", "\\u003c").replace(">", "\\u003e")
    text = json.dumps({"a": "<ADDRESS_1>", "body": inner}).replace("<", "\\u003c")

    said = json.loads(called(list(text)))

    assert said["a"] == ADDRESS
    assert json.loads(said["body"]) == {"to": ADDRESS}


def test_an_answer_that_is_JSON_stays_JSON() -> None:
    text = json.dumps({"address": "<ADDRESS_1>", "to": "<EMAIL_1>"})

    assert json.loads(streamed(list(text))) == {"address": ADDRESS, "to": "jo@mail.example"}


def test_a_tool_that_may_not_have_values_gets_tokens() -> None:
    assert called(['{"to": "<EMA', 'IL_1>"}'], "web_search", "crm_*") == '{"to": "<EMAIL_1>"}'
    assert called(['{"to": "<EMA', 'IL_1>"}'], "crm_find", "crm_*") == '{"to": "jo@mail.example"}'


def test_thinking_is_restored_to_the_letter_or_not_at_all() -> None:
    assert streamed(list("<EMAIL_1> <email_1> EMAIL_1"), ThinkingDelta) == "jo@mail.example <email_1> EMAIL_1"


def test_text_without_tokens_does_not_wait() -> None:
    hold = Holdback(NO_RULES, Ledger("", 0, 0), restorer())
    text = "The quick brown fox thinks about gateways, and 3 < 4 & 5 > 2 when it is late. "

    said = ""
    for number, char in enumerate(text, 1):
        said += "".join(
            e.text for r in hold.feed(None, [TextDelta(char)]) for e in r.events if isinstance(e, TextDelta)
        )
        assert len(said) >= number - 2


@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
@given(number=st.integers(1, 70_000))
def test_tokens_of_a_form_are_found_and_never_twice(form: object, number: int) -> None:
    assert hasattr(form, "make")
    one, other = form.make(number, "1"), form.make(number + 1, "1")

    (found,) = BOTH.spelled(f"x {one}, y")
    assert found.id == token_id(one) != token_id(other)
    assert f"x {one}, y"[found.start : found.end] == one
