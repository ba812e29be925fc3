"""S49: what is done for many hits in one go finds what is found hit by hit, and costs no more than a few scans."""

import re
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lockgate.core.guard import Failed, Finding, Hit
from lockgate.core.hits import Hits, of_all
from lockgate.core.toil import Toil
from lockgate.guards.pii import plugin as pii
from lockgate.guards.pii import sums
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns import exact
from lockgate.patterns.encoding import _readable
from lockgate.patterns.kinds import LEAST, NEAR, NEARER, Kind, Kinds, merged, near, said
from lockgate.patterns.looking import Looking
from lockgate.patterns.unlike import Words
from tests.automata import CACHE

GUARDS: tuple[Kinds, ...] = (pii().build(), secrets().build())  # type: ignore[assignment]
ENGINE = Looking(GUARDS, CACHE)
EVERY_WORD = "ssn ein itin nhs steuer idnr nif bsn svnr ahv pnr cpr pesel cnp egn oib taj amka pps inn cpf cnpj rut nik tfn abn ird iva "
ALL = [kind for guard in GUARDS for kind in guard._kinds]
WORDS = {words.split("|")[0][:40]: words for words in dict.fromkeys(kind.unless for kind in ALL if kind.unless)}
PARTS = ["1", "12", "4111", " ", " ", ".", "-", "a", "b1", "@", "x.co", "\n", "(", "+49", "/", "é", "日", "_"]
TEXTS = st.lists(st.sampled_from(PARTS), max_size=80).map("".join)
LOOKS = (
    r"(?<![\w.-])\d{4}(?:[ .-]?\d{4}){3}(?![\w-]|\.\d)",
    r"(?<![\w.-])(?:1?\d\.){3}\d{1,3}(?:/\d\d)?(?![\w-]|\.\d)",
    r"[ab]\d{1,3}(?: ?x\d{1,2})?",
    r"\w{1,4}@(?P<value>[a-z.]{1,5})(?!\w)",
    r"(?<![\w+])\+?\d(?:[ ./()-]{0,2}\d){3,6}(?!\d)",
)
SHAPES = [Kind("x", each) for each in LOOKS]


@pytest.mark.parametrize("kind", SHAPES, ids=[str(number) for number in range(len(SHAPES))])
@given(text=TEXTS, more=st.sets(st.integers(1, 120), max_size=6))
@example(text="x.co_b1(__a(@-1\n4111-1_..", more={3, 10})
def test_S49_matches_near_each_other_are_those_of_each_hit(kind: Kind, text: str, more: set[int]) -> None:
    """`more`: hits of nothing."""
    wanted = [match.span() for match in kind.exact.finditer(text)]

    ends = sorted({end for _, end in wanted} | {end for end in more if end <= len(text)})

    assert [match.span() for match in exact.together(kind, text, ends)] == wanted
    assert [match.span() for match in exact.one_by_one(kind, text, ends)] == wanted


@given(st.lists(st.integers(0, 400), max_size=30), st.lists(st.integers(0, 400), max_size=12), st.integers(1, 60))
def test_S49_hits_near_words_are_those_that_have_one(ends: list[int], words: list[int], far: int) -> None:
    ends.sort()
    words.sort()

    assert near(ends, words, far) == [end for end in ends if said(words, end - far, end)]


BEFORE = st.lists(
    st.sampled_from(
        [
            *["version", "Version ", "rev", "revision", "ver ", "v.", "\n", "\n# ", "==", "/", "a/", "x@", "java ", "SEE "],
            *["order n", "iban", "hash", "sha-1", "cache", ",", ' "a"', "pass", "1.2.3.4 ", "12 ABCD ", "AB12 ", "\u017fee ", "\u212aonto "],
            *["order", "port", "ACCOUNT", "ver", "1", "count", " ", "§", "tool", "tools/", "client/ ", "reset", "postgres16 ", "é", "'", "=", "csrf"],
        ]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("expression", WORDS.values(), ids=WORDS)
@given(text=BEFORE, cuts=st.lists(st.integers(0, 90), min_size=2, max_size=8))
@example(text="1 ORDER1", cuts=[0, 7, 8])
def test_S49_words_looked_for_once_in_a_text_are_those_looked_for_at_each_place(
    expression: str, text: str, cuts: list[int]
) -> None:
    words, places = Words(expression), sorted(min(cut, len(text)) for cut in cuts)

    unlike = words.within(text, places[0], places[-1])

    search = re.compile(expression, re.IGNORECASE).search
    for start in places:
        for end in places:
            if start <= end:
                assert (unlike is not None and unlike(start, end)) == (search(text, start, end) is not None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=20))
def test_hits_by_pattern_are_the_same_hits(pairs: list[tuple[int, int]]) -> None:
    hits = sorted((Hit(pattern, end - 1, end) for pattern, end in pairs), key=lambda hit: hit.end)

    by_pattern = of_all(hits)

    assert sorted(map(repr, by_pattern)) == sorted(map(repr, hits))
    assert [hit.end for hit in by_pattern] == [hit.end for hit in hits]
    assert (len(by_pattern), by_pattern.candidates()) == (len(hits), len({hit.end for hit in hits}))
    assert of_all(by_pattern) is by_pattern
    assert not hits or by_pattern[0].end == hits[0].end
    assert [hit.pattern for hit in Hits({1: [4]}, {}).called([7, 9])] == [9]


PIECES = st.lists(
    st.sampled_from(
        [
            *["4111 1111 1111 1111", "378282246310005", "1.2.3.4", "10.1.2.3/24", "version ", "ip ", "call ", "030 1234567", "+49 30 1234567"],
            *["a.b@ex.com", "DE89 3704 0044 0532 0130 00", "ssn 078-05-1120", "token: ", "aB3dE5fG7hI9kL1mN3pQ", "password=", "Hunter2!x", "&#52;"],
            *["steuer 12 345 678 903", "pesel 44051401359", "::1", "fe80::1%eth0", "00:1a:2b:3c:4d:5e", "é", "日本", " ", "\n", ", ", "x", "."],
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


def by_itself(guard: Kinds, text: str, hits: Hits) -> list[Finding]:
    """Every match looked at by itself, wherever the engine saw something or did not."""
    found: list[Finding] = []
    for kind in guard._kinds:
        words = hits.ends.get(guard._groups.get(kind.words, -1), ())
        group = "value" if "value" in kind.exact.groupindex else 0
        for match in kind.exact.finditer(text):
            start = match.start()
            told = kind.told > kind.confidence and any(start - NEAR <= word <= match.end() for word in words)
            confidence = kind.told if told else kind.confidence
            before = kind.unless and re.compile(kind.unless, re.IGNORECASE).search(
                text, max(0, start - NEARER), match.start(group)
            )
            sure = confidence >= guard._least.get(kind.label, LEAST) and not before
            if sure and (kind.check is None or kind.check(match[group])):
                found.append(Finding(*match.span(group), kind.label, confidence))
    return merged(found) if found else []


@settings(max_examples=40)
@given(text=PIECES, times=st.sampled_from([1, 1, 30]))
@example(text="1.2.3.4 version 5.6.7.8 ip ", times=30)
@example(text="4111 1111 1111 1111 ", times=30)
@example(text="call 030 1234567 or +49 30 1234567, ", times=30)
def test_S49_findings_are_those_of_every_match_looked_at_by_itself(text: str, times: int) -> None:
    hits, _ = ENGINE._scanner.hits(text * times, frozenset((0, 1)), Toil())

    for number, own in hits.items():
        assert list(GUARDS[number].confirm(text * times, own)) == by_itself(GUARDS[number], text * times, own)


@given(st.text(st.sampled_from("0123456789 -."), min_size=1, max_size=24))
def test_sums_by_bytes_are_those_of_digits(text: str) -> None:
    numbers = [int(char) for char in text if char.isdigit()]
    doubled = [sum(divmod(2 * number, 10)) for number in numbers[-2::-2]]

    assert sums.digits(text) == numbers
    assert sums.plain(text) == "".join(map(str, numbers))
    assert sums.luhn(text) == ((sum(numbers[::-2]) + sum(doubled)) % 10 == 0)


FINDINGS = st.builds(
    lambda start, size, label, confidence: Finding(start, start + size, label, confidence),
    st.integers(0, 20),
    st.integers(1, 8),
    st.sampled_from("abc"),
    st.sampled_from([0.5, 0.7, 0.9]),
)


@given(st.lists(FINDINGS, min_size=1, max_size=12))
def test_findings_that_overlap_are_one_called_after_the_surest(found: list[Finding]) -> None:
    groups: list[list[Finding]] = []
    for each in sorted(found, key=lambda finding: (finding.start, -finding.end)):
        if groups and each.start < max(other.end for other in groups[-1]):
            groups[-1].append(each)
        else:
            groups.append([each])
    best = [max(group, key=lambda finding: (finding.confidence, finding.end - finding.start)) for group in groups]

    assert merged(list(found)) == [
        Finding(group[0].start, max(each.end for each in group), own.label, own.confidence)
        for group, own in zip(groups, best, strict=True)
    ]


@given(st.text("ab\n\t\x00\x1b\u200b\ufffe", max_size=210) | st.text(max_size=210))
def test_what_was_decoded_is_readable_as_character_by_character(text: str) -> None:
    begin = text.encode("utf-8", "replace").decode()
    unreadable = sum(not (char.isprintable() or char in "\n\r\t") for char in begin[:200])

    assert _readable(begin.encode()) == ("" if unreadable * 10 > len(begin[:200]) else begin)


@pytest.mark.parametrize("text", ["glpat-", "secret-", "algolia ", "SWMKEY-1-", "token=", "EXO"])
def test_S49_a_long_run_behind_the_beginning_of_a_secret_is_few_hits(text: str) -> None:
    """One that may end in many places, also as one of several forms, is a hit where it may end first."""
    hits, _ = ENGINE._scanner.hits(text + "0a" * 5000, frozenset((0, 1)), Toil())

    assert sum(map(len, hits.values())) < 40


def test_the_name_of_a_service_may_stand_in_its_key_behind_the_hit() -> None:
    text = 'x: "FuY4TEQLRzwlG00VK8/OUzoTsMcVXxPlmVIC/3F2owm0aeBVgP9m+github+4e0"'

    found = ENGINE.look(text, frozenset((1,)))[1]

    assert not isinstance(found, Failed)
    assert [(each.label, text[each.start : each.end]) for each in found] == [("service_key", text[4:-1])]


@pytest.mark.parametrize(
    "text",
    [
        *["words", "1-", "1.1.1.1 ", "ip 1.2.3.4 ", "4111 1111 1111 1111 ", "&#65;", "call 0301234567 "],
    ],
)
def test_S49_texts_made_to_be_slow_take_a_few_scans(text: str) -> None:
    """100 KB takes 5 to 40 ms: ten times as much is allowed for machines that do other things."""
    before = process_time()

    ENGINE.look((EVERY_WORD + text * 100_000)[:100_000], frozenset((0, 1)))

    assert process_time() - before < 0.5
