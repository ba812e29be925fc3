"""I7 in streams: a secret that is spread over the texts of many frames does not leave; every other stream leaves as it came."""

import secrets
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.answer import Usage
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import Ended, Event, Finished, Started, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects import openai_chat
from lockgate.egress import Guarded, Scanner
from lockgate.pipeline.discreet import HELD, Discreet
from lockgate.pipeline.frame_shape import around
from lockgate.pipeline.ledger import Ledger
from tests.dialects import CHATS, UNSAID

DIALECTS = list(CHATS.values())
SECRET = "sk-canary-" + "Zm9vYmFyIGJhciBiYXogcXV4"
EGRESS = Scanner([Guarded("providers.up.api_key", SECRET.encode())])
ASK = Ask("m", stream=True, request_id="r", created=5)


class Through:
    """A lane that passes on what it gets; a problem is a line."""

    over = False

    def feed(self, chunk: bytes) -> bytes:
        return chunk

    def end(self) -> bytes:
        return b""

    def fail(self, problem: Problem) -> bytes:
        return problem.kind.code.encode()

    def close(self) -> None:
        pass


def frames(dialect: Dialect, *events: Event) -> list[bytes]:
    encoder = dialect.encoder(ASK)
    whole = (Started("a", "m", 5), *events, Finished("stop"), Ended(Usage(input=1, output=2)))
    return [out for event in whole if (out := encoder.feed(event))]


def sent(dialect: Dialect, chunks: Sequence[bytes]) -> tuple[bytes, Ledger]:
    """What leaves, with the code of the problem at its end."""
    ledger = Ledger("r", 0.0, 0.0)
    lane, out = Discreet(Through(), dialect, ASK, EGRESS, ledger), b""
    try:
        for chunk in chunks:
            out += lane.feed(chunk)
        return out + lane.end(), ledger
    except Problem as problem:
        assert problem.kind is Kind.LEAK
        return out + lane.fail(problem), ledger


def texts(dialect: Dialect, out: bytes) -> str:
    framing, decoder = dialect.framing(ASK), dialect.decoder(ASK)
    events = [event for frame in framing.feed(out) for event in decoder.feed(frame)]
    return "".join(getattr(e, "text", "") or getattr(e, "arguments", "") for e in events)


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("kind", ["text", "thinking", "arguments"])
def test_I7_a_secret_in_pieces_does_not_leave(dialect: Dialect, kind: str) -> None:
    for size in (1, 2, 4, 9, 33, 99):
        say = pieces(f"before {SECRET} after", size)
        if kind == "arguments":
            told: list[Event] = [ToolStarted(0, "call_1", "f"), *(ToolDelta(0, piece) for piece in say)]
        else:
            told = [TextDelta(piece) if kind == "text" else ThinkingDelta(piece) for piece in say]
        made = frames(dialect, *told)

        out, ledger = sent(dialect, made)

        if kind in UNSAID.get(dialect.name, ()):
            assert SECRET[:6] not in texts(dialect, out)
            continue
        if kind == "arguments" and dialect.name in ("gemini_generate", "ollama_chat"):
            continue  # arguments that are no JSON are not said there at all
        assert out.endswith(b"secret_in_response")
        assert SECRET[:6] not in texts(dialect, out.removesuffix(b"secret_in_response"))
        assert [(f.rule, f.label, f.action) for f in ledger.findings] == [("egress", "providers.up.api_key", "block")]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_I7_a_secret_in_one_frame_does_not_leave(dialect: Dialect) -> None:
    for text in (SECRET, f"a {SECRET}", SECRET.encode().hex(), f"{SECRET}\n"):
        out, _ = sent(dialect, frames(dialect, TextDelta("hi"), TextDelta("you"), TextDelta(text)))

        assert out.endswith(b"secret_in_response")
        assert SECRET.encode() not in out
        assert b"you" in out


@given(
    st.sampled_from(DIALECTS),
    st.lists(st.text(max_size=20) | st.sampled_from(["sk-c", "sk-canary", "\n\n", " is", "s"]), max_size=20),
)
@settings(max_examples=150)
def test_every_other_stream_leaves_as_it_came(dialect: Dialect, say: list[str]) -> None:
    made = frames(dialect, *(TextDelta(piece) for piece in say if piece))

    out, ledger = sent(dialect, made)

    assert out == b"".join(made)
    assert ledger.findings == []


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_what_may_begin_a_secret_waits_and_nothing_else_does(dialect: Dialect) -> None:
    lane = Discreet(Through(), dialect, ASK, EGRESS, Ledger("r", 0.0, 0.0))
    made = frames(dialect, *(TextDelta(text) for text in ("a task", " sk-", "canary", "-island", " end")))
    waiting = [next(i for i, frame in enumerate(made) if text in frame) for text in (b" sk-", b"canary", b"-island")]

    left = [lane.feed(frame) for frame in made]

    assert left[waiting[1]] == b""
    assert left[waiting[2]].endswith(made[waiting[2]])
    assert b"".join(left) == b"".join(made)


def test_one_text_does_not_hold_up_the_others_for_ever() -> None:
    say = [TextDelta("sk-canary", 0), *(TextDelta(f"word {n}", 1) for n in range(HELD + 5))]
    made = frames(openai_chat.plugin, *say)
    lane = Discreet(Through(), openai_chat.plugin, ASK, EGRESS, Ledger("r", 0.0, 0.0))

    left = [lane.feed(frame) for frame in made]

    assert b"word 3" in b"".join(left[: HELD + 4])


def filled(texts: Sequence[str], hide: Sequence[str]) -> list[bytes]:
    """As OpenAI sends them: with a filling that hides how long a text is."""
    told = [
        b'data: {"id":"a","object":"chat.completion.chunk","created":5,"model":"m","choices":[{"index":0,'
        b'"delta":{"content":"%b"},"finish_reason":null}],"obfuscation":"%b","usage":null}\n\n'
        % (t.encode(), h.encode())
        for t, h in zip(texts, hide, strict=True)
    ]
    return [*told, b"data: [DONE]\n\n"]


def test_I7_behind_fillings_too() -> None:
    words = ["one", " two", " three", "\\n", " four"]
    for size in (1, 3, 50):
        say = [*words, *pieces(SECRET, size), " end"]
        hide = [secrets.token_urlsafe(n % 5) for n in range(len(say))]

        out, _ = sent(openai_chat.plugin, filled(say, hide))

        assert out.endswith(b"secret_in_response")
        assert SECRET[:6] not in texts(openai_chat.plugin, out.removesuffix(b"secret_in_response"))
    out, _ = sent(openai_chat.plugin, filled([*words, *words], ["a", "bc", "d", "e", "f", "g", "h", SECRET, "i", "j"]))
    assert SECRET.encode() not in out


def test_frames_with_fillings_are_recognised() -> None:
    one, two, three = filled([" one", " two", " three"], ["ab", "c", "def"])[:3]

    shape = around(two, b" two", around(one, b" one", None))

    assert shape is not None
    assert shape.inner(three) == (b" three", b"def")
    assert shape.inner(three.replace(b"obfuscation", b"content")) is None
    assert shape.inner(three.replace(b" three", b'x","content":"y')) is None


def test_an_error_of_the_upstream_is_looked_at_too() -> None:
    ledger = Ledger("r", 0.0, 0.0)
    lane = Discreet(Through(), openai_chat.plugin, ASK, EGRESS, ledger)

    out = lane.fail(Problem(Kind.UPSTREAM_ERROR, f"wrong key {SECRET}", source="upstream"))

    assert out == b"secret_in_response"
    assert ledger.findings[0].place == "stream"


def test_what_is_no_frame_is_looked_at_all_the_same() -> None:
    out, _ = sent(openai_chat.plugin, [b"data: {]\n\n", f"data: {{{SECRET}\n\n".encode()])

    assert out == b"data: {]\n\nsecret_in_response"


class Ready(Through):
    """Breaks behind frames that it had not given out yet, as a guarded lane does in the middle of a chunk."""

    ready = b""

    def feed(self, chunk: bytes) -> bytes:
        self.ready = chunk
        raise Problem(Kind.BAD_UPSTREAM, "broken", source="upstream")

    def fail(self, problem: Problem) -> bytes:
        ready, self.ready = self.ready, b""
        return ready + super().fail(problem)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_I7_what_was_ready_when_a_lane_broke_does_not_leave_unseen(dialect: Dialect) -> None:
    for say in ([TextDelta(f"a {SECRET}")], [TextDelta(piece) for piece in pieces(SECRET, 9)]):
        ledger = Ledger("r", 0.0, 0.0)
        lane = Discreet(Ready(), dialect, ASK, EGRESS, ledger)
        with pytest.raises(Problem) as broken:
            lane.feed(b"".join(frames(dialect, *say)))

        assert lane.fail(broken.value) == b"secret_in_response"
        assert ledger.problem is not None
        assert (ledger.end, ledger.problem.kind) == ("blocked", Kind.LEAK)


def test_S49_many_texts_cost_in_proportion() -> None:
    """Whether a text waits is asked when it goes on, and not whenever another one does."""
    asked = 0

    class Reading:
        @property
        def waiting(self) -> bool:
            nonlocal asked
            asked += 1
            return False

        def feed(self, text: bytes) -> str:
            return ""

    class Many:
        def find(self, data: bytes, home: object = None) -> str:
            return ""

        def reading(self) -> Reading:
            return Reading()

    calls = [event for n in range(200) for event in (ToolStarted(n, f"id{n}", "note"), ToolDelta(n, "some words"))]
    lane = Discreet(Through(), openai_chat.plugin, ASK, Many(), Ledger("r", 0.0, 0.0))
    for chunk in frames(openai_chat.plugin, *calls):
        lane.feed(chunk)

    assert asked < 2000
