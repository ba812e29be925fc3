"""What is read by bytes finds at least what is read by characters; and words the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.finding import Hit
from lockgate.core.guard import Pattern
from lockgate.core.toil import Toil
from lockgate.patterns.engine import Scanner
from lockgate.patterns.kinds import Kind, Kinds
from lockgate.patterns.looking import Looking
from lockgate.patterns.octets import exactly, roughly
from lockgate.patterns.plain import find
from lockgate.patterns.shape import written
from lockgate.patterns.syntax import read

ROUGH = (
    r"[A-ZÀ-ž][a-zA-ZÀ-ž'-]{1,4}",
    r"(?:é|日本|x) ?[^\nb]{0,3}\d",
    r"[äöß日]{2,3}-.\d",
    r"a[^b\s”»]{2}c",
    "[\u00c0-\u024f\u0370-\u1fff]@|@[a\u3040-\U0001f600]",
    r"\S\W\D\d",
    r"[é^a][]日-]{2}[^]é]",
)
EXACT = ("телефон", r"em[sš]o", r"[^A-Za-z](?:né|ñ) ?le", r"σας", r"电话|☎")
CHARS = "abcxzAZ09 é日本ßäöÀžЁ\u024f\u1fff\u3041\U0001f600”-'@\n."


def spans(expression: str, text: str, *, by_bytes: bool) -> set[tuple[int, int]]:
    said = re.compile(expression.encode())
    data, found = text.encode(), set()
    if by_bytes:
        for end in range(len(data) + 1):
            found |= {(at, end) for at in range(end + 1) if said.fullmatch(data, at, end)}
        return found
    plain = re.compile(expression, re.ASCII)
    sizes = [len(text[:at].encode()) for at in range(len(text) + 1)]
    for end in range(len(text) + 1):
        found |= {(sizes[at], sizes[end]) for at in range(end + 1) if plain.fullmatch(text, at, end)}
    return found


@pytest.mark.parametrize("expression", ROUGH)
@given(text=st.text(st.sampled_from(CHARS), max_size=9))
def test_by_bytes_there_are_all_matches(expression: str, text: str) -> None:
    assert spans(expression, text, by_bytes=False) <= spans(written(roughly(read(expression))), text, by_bytes=True)


WORDS = st.lists(
    st.sampled_from(["телефон", "ТЕЛЕФОН", "Теле", "фон", "emso", "EMŠO", "emšO", "NÉ", "né", "Ñ", " le", "LE", " ", "\u03a3\u0391\u03a3", "\u03c3\u03b1\u03c2", "\u03c3\u0391\u03c3", "电话", "☎", "é", "x"]),
    max_size=5,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("expression", EXACT)
@given(text=WORDS)
def test_words_by_bytes_are_the_same_words(expression: str, text: str) -> None:
    node = exactly(read(expression))
    assert node is not None

    said = re.compile(written(node).encode(), re.IGNORECASE)
    wanted = re.compile(expression, re.IGNORECASE)

    ends = {len(text[: found.end()].encode()) for at in range(len(text)) if (found := wanted.match(text, at))}
    data = text.encode()
    by_bytes = {found.end() for at in range(len(data)) if (found := said.match(data, at))}
    assert by_bytes == ends


def test_what_cannot_be_said_by_bytes_is_left_as_it_is() -> None:
    assert exactly(read("[\u0100-\u0400]")) is None
    assert exactly(read(r"[^é]")) is None
    assert exactly(read(r"é|\x{e9}")) is None
    assert exactly(read(r"(?:é.){2}")) is None


KINDS = Kinds([Kind("x", each) for each in ROUGH[:3]])
ENGINE = Looking([KINDS], streams=False)


@given(st.text(st.sampled_from(CHARS), max_size=24))
def test_the_engine_finds_by_bytes_what_its_plain_twin_finds(text: str) -> None:
    assert list(ENGINE.look(text, frozenset((0,))).get(0, [])) == list(find(KINDS, text))  # type: ignore[arg-type]


class Telling:
    """A guard whose hits are believed."""

    patterns = (Pattern(r"[À-ž]", literal=True), Pattern(r"(?:\A|[^A-Za-z])né", caseless=True, hint=True))
    reach, before = 1, 0


@given(st.text(st.sampled_from("aéž日nNÉ "), max_size=12))
def test_hits_that_are_believed_are_told_where_they_are(text: str) -> None:
    found = SCANNER.hits(text, frozenset((0,)), Toil())[0].get(0, [])

    wide = [Hit(0, -1, match.end()) for match in re.finditer("[À-ž]", text)]
    words = [Hit(1, -1, match.end()) for match in re.finditer("(?<![A-Za-z])né", text, re.IGNORECASE)]
    assert sorted(found, key=repr) == sorted([*wide, *words], key=repr)


SCANNER = Scanner([Telling()], None, streams=False)  # type: ignore[list-item]
