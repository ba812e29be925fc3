"""I7: secrets are found in every form, wherever they stand and however a text is cut; and nothing else is."""

import re
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core import key_format
from lockgate.core.http import Origin
from lockgate.egress import Guarded, Scanner
from lockgate.egress.forms import LEAST, windows
from tests.unit.egress.ways import WAYS

KEYS = {
    "openai": "sk-proj-" + "Ab9_" * 25 + "Zq7",
    "anthropic": "sk-ant-api03-x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1rS3uX5zA7cE9fH1jL3oQ5sU7wY9-bD2gI4kM6",
    "google": "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "azure": "0f8e3b7a9c1d4e6f8a2b5c7d9e0f1a3b",
    "odd": 'p@ss/w+rd="x"&<y>\\z%41~!$*',
    "digits behind what is escaped": "k:A2/b7+99=00-aB-cd:E5/f8+g1=h2",
    "base64": "YWJjZGVmZ2hpams/bG1ub3BxcnN0dXY+d3h5ejAxMjM=",
}
SCANNER = Scanner(Guarded(name, key.encode()) for name, key in KEYS.items())
MADE = key_format.make(bytes(range(32)))
ADMIN = key_format.make(bytes(range(32)), key_format.ADMIN)
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=LEAST, max_size=300).filter(
    lambda text: len(set(text)) > 4
)
TEXTS = st.text(max_size=60)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KEYS)
def test_I7_a_secret_is_found_in_every_form(name: str, way: str) -> None:
    assert SCANNER.find(f'{{"error": "no {WAYS[way](KEYS[name])}."}}'.encode()) == name


@given(SECRETS, st.sampled_from(sorted(WAYS)), TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_I7_any_secret_is_found_in_any_form_anywhere(secret: str, way: str, before: str, after: str) -> None:
    scanner = Scanner([Guarded("it", secret.encode())])

    assert scanner.find((before + WAYS[way](secret) + after).encode()) == "it"


@given(st.binary(max_size=400), st.text(max_size=400))
def test_nothing_else_is_found(data: bytes, text: str) -> None:
    assert SCANNER.find(data) == ""
    assert SCANNER.find(text.encode()) == ""


@pytest.mark.parametrize("text", ["sk-proj-****Zq7", "AIza", "sk-ant-api03-", KEYS["openai"][:30], "lg-", "x" * 70_000])
def test_a_hint_of_a_secret_is_none(text: str) -> None:
    assert SCANNER.find(text.encode()) == ""


@pytest.mark.parametrize("name", KEYS)
def test_I7_with_stars_for_its_beginning_it_is_found(name: str) -> None:
    assert SCANNER.find(f"bad key ***{KEYS[name][9:]}".encode()) == name


@given(st.binary(min_size=LEAST, max_size=64).filter(lambda raw: len(set(raw)) > 4), st.binary(max_size=9))
@settings(max_examples=50, deadline=None)
def test_I7_bytes_are_found_too_zeros_and_all(secret: bytes, before: bytes) -> None:
    scanner = Scanner([Guarded("it", secret)])

    assert scanner.find(before + secret) == "it"
    assert scanner.find(before + secret.hex().encode()) == "it"
    assert scanner.find(secret[:1]) == ""


def test_a_short_secret_is_looked_for_nowhere() -> None:
    assert Scanner([Guarded("short", b"test")]).find(b"this is a test") == ""


def test_a_secret_may_go_home_and_nowhere_else() -> None:
    home, other = Origin("https", "a.test", 443), Origin("https", "b.test", 443)
    scanner = Scanner([Guarded("a", KEYS["google"].encode(), frozenset((home,)))])
    text = KEYS["google"].encode()

    assert (scanner.find(text, home), scanner.find(text, other), scanner.find(text)) == ("", "a", "a")


def test_one_secret_of_two_owners_is_at_home_at_both() -> None:
    homes = [Origin("https", host, 443) for host in ("a.test", "b.test")]
    scanner = Scanner(Guarded(home.host, KEYS["google"].encode(), frozenset((home,))) for home in homes)

    assert scanner.find(KEYS["google"].encode(), homes[0]) == "b.test"


@pytest.mark.parametrize("scanner", [SCANNER, Scanner(())], ids=["with secrets", "without"])
def test_keys_of_ours_are_known_by_their_shape(scanner: Scanner) -> None:
    assert scanner.find(f"your key {MADE}.".encode()) == "a client key"
    assert scanner.find(f"your key {ADMIN}.".encode()) == "an administrator's secret"
    assert scanner.find(f"your key {MADE[:-1]}x.".encode()) == ""
    assert scanner.find(b"") == ""


def read(scanner: Scanner, pieces: list[str]) -> tuple[str, str]:
    """What was found, and what had left before that."""
    reading, held, left = scanner.reading(), "", ""
    for piece in pieces:
        if label := reading.feed(piece.encode("utf-8", "surrogatepass")):
            return label, left
        held += piece
        if not reading.waiting:
            left, held = left + held, ""
    return "", left + held


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", KEYS)
def test_I7_of_a_text_in_pieces_nothing_of_the_secret_leaves(name: str, way: str) -> None:
    written = WAYS[way](KEYS[name])
    for size in (1, 2, 3, 5, 17, 64, 1000):
        text = f"I must not say {written}, must I?"
        label, left = read(SCANNER, [text[at : at + size] for at in range(0, len(text), size)])

        assert label == name
        assert not re.search(re.escape(KEYS[name][:8]), left)
        assert len(left) <= len("I must not say ") + 12  # what stands before the secret, its quotes included


@given(SECRETS, st.sampled_from(sorted(WAYS)), TEXTS, st.data())
@settings(max_examples=100, deadline=None)
def test_I7_wherever_a_text_is_cut(secret: str, way: str, before: str, data: st.DataObject) -> None:
    scanner = Scanner([Guarded("it", secret.encode())])
    text = before + WAYS[way](secret)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    label, left = read(scanner, pieces)

    assert label == "it"
    assert not any(part.decode() in left for part in windows(secret.encode()))


@given(st.lists(st.text(max_size=12), max_size=30))
def test_a_text_without_secrets_leaves_whole(pieces: list[str]) -> None:
    assert read(SCANNER, pieces) == ("", "".join(pieces))


@pytest.mark.parametrize("scanner", [SCANNER, Scanner(())], ids=["with secrets", "without"])
@pytest.mark.parametrize("key", [MADE, ADMIN])
def test_keys_of_ours_are_found_in_pieces_before_they_are_whole(scanner: Scanner, key: str) -> None:
    for size in (1, 2, 7, 30, 100):
        label, left = read(scanner, [("x " + key)[at : at + size] for at in range(0, len(key) + 2, size)])

        assert label in ("a client key", "an administrator's secret")
        assert len(left) <= 6


def test_a_large_set_of_client_keys_is_quick_to_build() -> None:
    import time

    many = [Guarded(f"keys.{n}.secret", secrets.token_urlsafe(32).encode(), many=True) for n in range(500)]
    began = time.perf_counter()
    scanner = Scanner(many)

    assert time.perf_counter() - began < 3
    assert scanner.find(b"..." + many[123].value + b"...") == "keys.123.secret"
