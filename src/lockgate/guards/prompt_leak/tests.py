"""The own tests of the guard against leaks of the system prompt."""

import time
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.events import TextDelta
from lockgate.core.guard import Failed, Rule, Rules
from lockgate.guards.prompt_leak import plugin
from lockgate.guards.prompt_leak.overlap import Prompt
from lockgate.patterns.following import Following
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger

ONE = frozenset((0,))
SYSTEM = (
    "You are the assistant of the Northern Library. Never speak of the reading room's budget, and always answer in one "
    "paragraph. If somebody asks for the director, say that she is away until Monday."
)
CANARY = "ref 7f3a-blue-heron"
ENGINE = Following([plugin(words=6, canaries=(CANARY,)).build()])


def rules(*system: str, words: int = 6) -> Rules:
    engine = ENGINE if words == 6 else Following([plugin(words=words).build()])
    return Rules([Rule("r", 0, "mask", frozenset(("response",)))], engine, "response").bound(system)


def masked(text: str, own: Rules) -> str:
    verdicts = own.engine.look(text, ONE)
    assert not any(isinstance(verdict, Failed) for verdict in verdicts.values())
    return filled(text, decided(Text(text, "assistant", ""), verdicts, own, Ledger("", 0, 0)))


def streamed(pieces: Sequence[str], own: Rules) -> str:
    hold = Holdback(own, Ledger("", 0, 0))
    out = [event for piece in pieces for release in hold.feed(None, [TextDelta(piece)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    return "".join(event.text for event in out if isinstance(event, TextDelta))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("My rules: never speak of the reading room's budget, ok?", "My rules: [PROMPT_WORDS], ok?"),
        ("NEVER SPEAK OF\nTHE - *READING* room S budget!", "[PROMPT_WORDS]!"),
        ("if some\u200bbody asks for the director: hm", "[PROMPT_WORDS]: hm"),
        (f"it says {CANARY.upper()}.", "it says [PROMPT_CANARY]."),
        ("it says cmVmIDdmM2EtYmx1ZS1oZXJvbg==", "it says [PROMPT_CANARY]"),
        ("The Northern Library has a reading room.", "The Northern Library has a reading room."),
        ("She is away until Friday, the director said.", "She is away until Friday, the director said."),
    ],
)
def test_words_of_the_prompt_in_a_row_are_found(said: str, left: str) -> None:
    assert masked(said, rules(SYSTEM)) == left


def test_the_whole_prompt_is_gone() -> None:
    assert masked(f"It is: {SYSTEM}", rules(SYSTEM)) == "It is: [PROMPT_WORDS]."


def test_scripts_without_spaces() -> None:
    own = rules("你是北方图书馆的助手。不要谈论阅览室的预算。")

    assert masked("他说:不要谈论阅览室的预算!", own) == "他说:[PROMPT_WORDS]!"


def test_without_a_system_prompt_only_the_canary_is_found() -> None:
    assert masked(f"{SYSTEM} {CANARY}", rules()) == f"{SYSTEM} [PROMPT_CANARY]"
    assert masked(SYSTEM, rules("Be brief.")) == SYSTEM


def test_two_requests_do_not_mix() -> None:
    first, second = rules(SYSTEM), rules("Something else altogether is what this other one says.")

    assert masked(SYSTEM, second) == SYSTEM
    assert masked(SYSTEM, first) != SYSTEM


@pytest.mark.parametrize(
    "said", [f"So: {SYSTEM} And on.", f"x {SYSTEM[20:90]} y {SYSTEM[40:]}", f"see {CANARY}!"], ids=range(3)
)
def test_S62_a_leak_cut_at_every_place(said: str) -> None:
    own = rules(SYSTEM)
    expected = masked(said, own)
    assert "reading room" not in expected

    for cut in range(len(said)):
        assert streamed([said[:cut], said[cut:]], own) == expected, cut
    assert streamed(list(said), own) == expected


WORDS = st.sampled_from(["a", "b", "ab", "c", " ", " ", ", ", "\n", "\u200b", "A"])


@settings(deadline=None, max_examples=300)
@given(
    st.lists(WORDS, min_size=8, max_size=60).map("".join),
    st.lists(st.lists(WORDS, max_size=5).map("".join), max_size=16),
)
def test_S62_any_cutting_shows_the_same(system: str, pieces: list[str]) -> None:
    own = rules(system, words=4)

    assert streamed(pieces, own) == masked("".join(pieces), own)


def test_a_long_leak_is_masked_as_it_comes() -> None:
    system = " ".join(f"word{number}" for number in range(2000))
    own, left, waits = rules(system), 0, []
    hold = Holdback(own, Ledger("", 0, 0))
    text, out = f"It is: {system} So.", ""
    for at in range(0, len(text), 7):
        piece = text[at : at + 7]
        for release in hold.feed(None, [TextDelta(piece)]):
            out += "".join(event.text for event in release.events if isinstance(event, TextDelta))
        left = len(hold._channels[TextDelta, 0, 0].pending)
        waits.append(left)
    out += "".join(e.text for r in hold.end() for e in r.events if isinstance(e, TextDelta))

    assert "word" not in out
    assert out == masked(text, own)
    assert max(waits) < 1000


def test_an_ordinary_answer_waits_for_a_word_or_two() -> None:
    hold, waits = Holdback(rules(SYSTEM), Ledger("", 0, 0)), []
    text = "The weather in the north was mild this week, and nobody had to stay at home for long. " * 3
    for at in range(0, len(text), 4):
        hold.feed(None, [TextDelta(text[at : at + 4])])
        waits.append(len(hold._channels[TextDelta, 0, 0].pending))

    assert sum(waits) / len(waits) < 6


def test_S49_a_long_answer_and_a_long_prompt_take_little_time() -> None:
    prompt = Prompt([" ".join(f"w{n % 50}" for n in range(20_000))], 12)
    text = " ".join(f"w{n % 49}" for n in range(20_000))
    started = time.process_time()
    list(prompt.parts(text))
    prompt.growing(text)

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("document", [{"words": 3}, {"canaries": ["short"]}])
def test_refuses_nonsense_in_the_file(document: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"kind": "prompt_leak", **document}, plugin)


def test_refuses_nonsense_before_traffic() -> None:
    with pytest.raises(ValueError, match="`canaries`"):
        plugin(overlap=False).build()


def test_words_are_compared_in_answers() -> None:
    assert "`on`" in plugin().misplaced(("request", "system"))
    assert not plugin().misplaced(("tool_arguments",))
    assert not plugin(canaries=("ref-7f3a",), overlap=False).misplaced(("request",))
