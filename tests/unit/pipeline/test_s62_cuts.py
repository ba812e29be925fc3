"""S62: wherever a stream is cut, what the client sees is what masking the whole text would give, and nothing of a finding."""

import json
import random
from collections.abc import Callable, Sequence

import msgspec
import pytest

from lockgate.core.events import TextDelta, ThinkingDelta, ToolDelta
from lockgate.core.guard import Rule, Rules
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.guards.pii import plugin as pii
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns.looking import Looking
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger
from tests.automata import CACHE

ENGINE = Looking([pii().build(), secrets().build(), blocklist(words=("bluebird", "operation dawn")).build()], CACHE)
ON = frozenset(("response",))
RULES = Rules([Rule(f"r{number}", number, "mask", ON) for number in range(3)], ENGINE, "response")  # type: ignore[arg-type]
BODY = "aB3dE7gH1kLm9Pq2rSt5vWx8yZ0cD4fG6hJ"
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "\n".join([BODY + BODY[:29]] * 3) + "\n-----END RSA PRIVATE KEY-----"
CANARIES = (
    "jo.doe@mail.example.org",
    "+49 30 1234567",
    "(212) 555-0187",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "203.0.113.9",
    "2001:db8::8a2e:370:7334",
    "SSN: 219-09-9998",
    "personnummer 19811218-9876",
    "My name is Ann-Marie de Vries",
    "Customer Cristóbal Emilio Marí Quintero has paid",
    "12 Long Oak Street, Springfield, IL 62704",
    "9243 Avenue d'Ouchy 109 Apt. 758 Suite 263, Montealegre",
    "born on 12/05/1984",
    "passport number X1234567",
    f"ghp_{BODY}Z",
    "AKIAQ3EGTWFX7BKMN2PD",
    'client_secret: "8f3a90c1d27b4e65a0f19c3d7e28b4a6"',
    "password = hunter2!x",
    "postgres://app:s3cr3tPw@db.internal:5432/app",
    "wandb 8f3a90c1d27b4e65a0f19c3d7e28b4a6",
    KEY,
    "bluebird",
    "operation dawn",
    "b1u3b!rd",
    "jo\u200b.doe@\u200bmail.example.org",
    "bm90ZTogam8uZG9lQG1haWwuZXhhbXBsZS5vcmc=",
    "jo%2Edoe%40mail.example.org",
    "jo.doe&#64;mail.example.org",
    "\\u006ao@mail.example.org",
)
AROUND = "Here it is: {}, and that is all. "


def whole(text: str) -> str:
    chosen, guards = RULES.at("assistant")
    assert chosen
    return filled(text, decided(Text(text, "assistant", ""), ENGINE.look(text, guards), RULES, Ledger("", 0, 0)))


def streamed(pieces: Sequence[str], kind: type[TextDelta] | type[ThinkingDelta] = TextDelta) -> str:
    hold = Holdback(RULES, Ledger("", 0, 0))
    out = [event for piece in pieces for release in hold.feed(None, [kind(piece)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    return "".join(event.text for event in out if isinstance(event, kind))


@pytest.mark.parametrize("canary", CANARIES, ids=range(len(CANARIES)))
def test_S62_a_canary_cut_at_every_place(canary: str) -> None:
    text = AROUND.format(canary)
    expected = whole(text)
    assert canary not in expected

    for cut in range(len(text) + 1):
        assert streamed([text[:cut], text[cut:]]) == expected, cut


@pytest.mark.parametrize("canary", CANARIES, ids=range(len(CANARIES)))
def test_S62_a_canary_letter_by_letter_in_thoughts_and_arguments(canary: str) -> None:
    text = AROUND.format(canary)

    assert streamed(list(text), ThinkingDelta) == whole(text)
    hold = Holdback(RULES, Ledger("", 0, 0))
    out = [event for char in text for release in hold.feed(None, [ToolDelta(0, char)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    assert "".join(event.arguments for event in out if isinstance(event, ToolDelta)) == whole(text)


def test_S62_any_number_of_canaries_cut_anywhere() -> None:
    chance = random.Random(3)
    fill = [
        "and then",
        "call me",
        "the key is",
        "see",
        "\n",
        ", ",
        "order 12",
        "to",
        "Mr. Smith of",
        "id=77",
        "über",
        "…",
    ]
    for _ in range(120):
        words = [chance.choice(CANARIES) if chance.random() < 0.4 else chance.choice(fill) for _ in range(8)]
        text = " ".join(words)
        pieces, at = [], 0
        while at < len(text):
            size = chance.randint(1, 12)
            pieces.append(text[at : at + size])
            at += size

        assert streamed(pieces) == whole(text), text


def test_a_clean_stream_waits_for_a_word_and_not_for_more() -> None:
    text = "The weather in the north was mild this week, and nobody had to stay at home for long. " * 3
    hold, left, waits = Holdback(RULES, Ledger("", 0, 0)), 0, []
    for at in range(0, len(text), 4):
        for release in hold.feed(None, [TextDelta(text[at : at + 4])]):
            left += sum(len(event.text) for event in release.events if isinstance(event, TextDelta))
        waits.append(min(len(text), at + 4) - left)

    assert sum(waits) / len(waits) < 10
    assert max(waits) < 24


def escaped(text: str) -> str:
    return '"' + "".join(f"\\u{ord(char):04x}" for char in text if ord(char) < 0x10000) + '"'


@pytest.mark.parametrize("canary", CANARIES, ids=range(len(CANARIES)))
@pytest.mark.parametrize("write", [json.dumps, lambda text: msgspec.json.encode(text).decode(), escaped])
def test_S60_the_quick_look_at_a_document_is_too_careful_and_never_less(
    canary: str, write: Callable[[str], str]
) -> None:
    guards = frozenset((0, 1, 2))
    for text in (
        canary,
        AROUND.format(canary),
        f"a\n{canary}\nb",
        f'"{canary}"',
        f"\\{canary}\\",
        f"order version {canary}",
    ):
        if ENGINE.look(text, guards):
            assert ENGINE.suspicious(f'{{"model":"m","x":[{write(text)}]}}'.encode(), guards), text
            assert ENGINE.suspicious(f"{{{write(text)}:1}}".encode(), guards), text


def test_the_quick_look_finds_nothing_in_an_ordinary_document() -> None:
    document = {
        "model": "gpt-5-mini",
        "messages": [
            {"role": "user", "content": 'Please explain "closures" in Python.\nBriefly, with an example: f(2) == 4.'}
        ],
        "max_tokens": 500,
        "temperature": 0.7,
        "created": 1_767_225_600,
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    }

    assert not ENGINE.suspicious(msgspec.json.encode(document), frozenset((0, 1, 2)))
