# ruff: noqa: RUF001  letters that look like others are what this is about
"""S61: what is disguised or encoded is found as what is plain, at the place where it stands in the original."""

import base64
import gzip
import html
import json
import random
import time
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

import pytest

from lockgate.core.guard import Failed, Finding
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.guards.pii import plugin as pii
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns.disguise import holes
from lockgate.patterns.looking import Looking
from tests.automata import CACHE

ENGINE = Looking(
    [
        pii(entities=("email", "iban", "card", "phone")).build(),
        secrets(threshold=0.9).build(),
        blocklist(words=("bluebird",)).build(),
    ],
    CACHE,
)
ALL = frozenset((0, 1, 2))
CANARIES = (
    "jo.doe@mail.example.org",
    "4111111111111111",
    "DE89370400440532013000",
    "ghp_aB3dE7gH1kLm9Pq2rSt5vWx8yZ0cD4fG6hJZ",
    "AKIAQ3EGTWFX7BKMN2PD",
    "bluebird",
)
ALIKE = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х", "A": "А", "E": "Е", "P": "Р", "i": "і"}


def found(text: str) -> list[Finding]:
    out: list[Finding] = []
    for verdict in ENGINE.look(text, ALL).values():
        assert not isinstance(verdict, Failed)
        out += verdict
    return out


def between(sign: str) -> Callable[[str], str]:
    return sign.join


def styled(first: int) -> Callable[[str], str]:
    return lambda text: "".join(chr(first + ord(c) - 97) if "a" <= c <= "z" else c for c in text)


WAYS: dict[str, Callable[[str], str]] = {
    "zero width space": between("\u200b"),
    "word joiner": between("\u2060"),
    "soft hyphen": between("\u00ad"),
    "variation selector": between("\ufe0f"),
    "text direction": lambda text: "\u202d" + "\u202c\u202d".join(text) + "\u202c",
    "tag characters": lambda text: "".join(chr(0xE0000 + ord(c)) for c in text),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "mathematical letters": styled(0x1D41A),
    "letters alike": lambda text: "".join(ALIKE.get(c, c) for c in text),
    "base64": lambda text: base64.b64encode(f"note: {text}.".encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(f"note: {text}?>.".encode()).decode().rstrip("="),
    "hex": lambda text: f"note: {text}".encode().hex(),
    "URL": lambda text: "".join(f"%{ord(c):02x}" for c in text),
    "URL, where it must": lambda text: quote(text, safe=""),
    "HTML": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "HTML in hex": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "JSON": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(f"note: {text}".encode())).decode(),
    "hex in base64": lambda text: base64.b64encode(f"note: {text}".encode().hex().encode()).decode(),
    "base64 in URL": lambda text: quote(base64.b64encode(f"note: {text}??".encode()).decode(), safe=""),
}


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("way", WAYS)
def test_S61_a_canary_is_found_in_every_disguise(way: str, canary: str) -> None:
    hidden = WAYS[way](canary)
    text = f"look here: {hidden} and on it goes"

    findings = found(text)

    assert findings
    assert min(f.start for f in findings) <= text.index(hidden) + 1
    assert max(f.end for f in findings) >= text.index(hidden) + len(hidden) - 2


def test_S61_rotated_by_thirteen_where_the_words_around_it_are() -> None:
    assert found("gur xrl vf NXVNQ3RTGJSK7OXZA2CQ")


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\t", "\b", "\f"])
def test_S61_behind_an_escaped_line_as_in_json_within_a_text(end: str, canary: str) -> None:
    """A tool that writes a file is called so: the letter of the escape stands before the word."""
    text = json.dumps({"content": f"one{end}{canary}{end}two"})

    assert [text[each.start : each.end] for each in found(text)] in ([canary], [f"{json.dumps(end)[-2]}{canary}"])
    assert ENGINE.suspicious(text.encode(), ALL)
    assert ENGINE.suspicious(json.dumps({"arguments": text}).encode(), ALL)


@pytest.mark.parametrize("word", ["narrow", "rabbit", "table", "bluebird", "falcon"])
def test_S61_a_word_behind_a_backslash_is_seen_by_the_quick_look(word: str) -> None:
    """In JSON two of them stand for one, and the second is no escape of the word's first letter."""
    engine = Looking([blocklist(words=(word,)).build()], CACHE)

    assert engine.look(f"C:\\{word}", frozenset((0,)))
    assert engine.suspicious(json.dumps({"path": f"C:\\{word}"}).encode(), frozenset((0,)))


@pytest.mark.parametrize("canary", ["+49 30 1234567", "(030) 1234567"])
def test_S61_behind_an_escaped_line_what_begins_with_a_sign(canary: str) -> None:
    text = rf'{{"content": "one\n{canary}"}}'

    assert [text[each.start : each.end] for each in found(text)] == [canary]
    assert ENGINE.suspicious(json.dumps({"arguments": text}).encode(), ALL)


@pytest.mark.parametrize("canary", [*CANARIES, "\nbluebird", "\\bluebird"])
@pytest.mark.parametrize("before", ["", "\\", "C:\\", "\\\\", "\\n", "\n\\", '\\"'])
def test_S61_no_backslash_takes_a_letter_from_the_word_behind_it(before: str, canary: str) -> None:
    text = f"{before}{canary}."

    if found(text):
        assert ENGINE.suspicious(json.dumps({"m": text}).encode(), ALL)
        assert ENGINE.suspicious(json.dumps({"m": json.dumps(text)}).encode(), ALL)
    assert found(text) or before.endswith("\\n")


def test_S61_of_what_is_found_in_a_text_something_is_seen_in_its_document() -> None:
    chance = random.Random(7)
    signs = (
        *CANARIES,
        "\\",
        "\\",
        "\n",
        "\b",
        "n",
        "b",
        '"',
        "\\n",
        "\\b",
        " ",
        ".",
        "//",
        "password: ",
        "hunter2!x",
        "é",
    )
    for _ in range(1500):
        text = "".join(chance.choices(signs, k=chance.randint(2, 6)))
        text = json.dumps({"k": text}) if chance.random() < 0.3 else text
        if found(text):
            assert ENGINE.suspicious(json.dumps({"m": text}, ensure_ascii=False).encode(), ALL), text


def test_S61_what_is_encoded_behind_an_escaped_line() -> None:
    code = base64.b64encode(b"write to jo.doe@mail.example.org soon").decode()

    assert [text[each.start : each.end] for text in [rf"one\n{code} two"] for each in found(text)] == [code]


def test_S61_leetspeak_is_no_way_round_a_blocklist() -> None:
    assert [(f.start, f.end) for f in found("the 8LU3B1RD and BLUE81RD and b1u3b!rd")] == [(17, 25), (30, 38)] or found(
        "bLu3b1rd"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a family \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 and a heart \u2764\ufe0f",
        "the flag \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f of England",
        "می\u200cخواهم",
        "क्\u200dष",
        "keycap 1\ufe0f\u20e3",
        "سلام \u200fworld\u200e",
    ],
)
def test_what_scripts_and_emoji_are_written_with_is_no_disguise(text: str) -> None:
    assert holes(text) == []
    assert found(text) == []


@pytest.mark.parametrize("text", ["ig\u200bnore", "a\u202eb", "hi\U000e0069\U000e0067", "x\u2060y", "\ufeffabc"])
def test_what_nobody_sees_is_a_disguise(text: str) -> None:
    assert holes(text)


def test_what_was_decoded_is_bounded() -> None:
    bomb = base64.b64encode(gzip.compress(b"a" * 50_000_000, mtime=0)).decode()

    assert found(bomb[:60_000]) == []
    assert found(base64.b64encode(gzip.compress(b"a" * 10_000_000, mtime=0)).decode()) == []


def test_S61_many_pieces_of_pieces_and_many_hidden_signs_are_a_moment_each() -> None:
    text = "%2541 y" * 4000 + " %256ao.doe@mail.example.org"
    start = time.process_time()

    assert [text[each.start : each.end] for each in found(text)] == ["%256ao.doe@mail.example.org"]
    assert len(holes("a\u200e" * 4000)) == 4000
    assert time.process_time() - start < 2


def test_a_place_in_a_view_is_a_place_in_the_original() -> None:
    text = "ä \u200b\u200bjo\u200b@mail.example.org!"

    (finding,) = found(text)

    assert text[finding.start : finding.end] == "jo\u200b@mail.example.org"


def test_views_of_any_text_break_nothing() -> None:
    chance = random.Random(5)
    signs = "aA0+/=%&#;\\ux4 \u200b\u202eа\ufe0fｆ\U000e0041\ud800" + unicodedata.lookup("MATHEMATICAL BOLD CAPITAL A")
    for _ in range(500):
        text = "".join(chance.choice(signs) for _ in range(120))
        for finding in found(text):
            assert 0 <= finding.start < finding.end <= len(text)
        assert html.unescape(text) is not None
