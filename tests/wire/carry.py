"""Documents of one dialect carried to another, as the pipeline does it."""

from collections.abc import Iterable

import msgspec

from lockgate.core.body import head
from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask, Encoded, Target
from lockgate.core.events import Event
from lockgate.core.guard import Rules
from lockgate.core.problem import Problem
from lockgate.pipeline.flow import nonsense
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Lane, Sides, Translated, Verbatim
from lockgate.pipeline.ledger import Ledger
from tests.dialects import CHATS

DIALECTS = dict(sorted(CHATS.items()))
PAIRS = [(one, other) for one in DIALECTS for other in DIALECTS if one != other]
ASK = Ask("m", stream=True, usage=True, request_id="r1", created=1_767_225_600)
WHOLE = msgspec.structs.replace(ASK, stream=False)


def chat(dialect: str, raw: bytes) -> Chat:
    """A request as it is understood. Where the path names the model (Gemini), it names `m`."""
    body = head(raw)
    names = {} if "model" in body.top else {"model": "m", "verb": "generateContent"}
    ask = DIALECTS[dialect].ask(Target(names), body)
    return DIALECTS[dialect].decode_chat(
        body.wire(), msgspec.structs.replace(ask, request_id="r1", created=ASK.created)
    )


def request(dialect: str, other: str, raw: bytes) -> Encoded:
    said = chat(dialect, raw)
    encoded = DIALECTS[other].encode_chat(said)
    return Encoded(encoded.wire, (*said.unsaid, *encoded.lost))


def answer(dialect: str, other: str, raw: bytes) -> Encoded:
    said = DIALECTS[dialect].decode_answer(raw, WHOLE)
    encoded = DIALECTS[other].encode_answer(said, WHOLE)
    return Encoded(encoded.wire, (*said.unsaid, *encoded.lost))


def ledger() -> Ledger:
    return Ledger("r1", 0.0, 0.0)


def sides(dialect: str, other: str, *, array: bool = False) -> Sides:
    return Sides(DIALECTS[dialect], msgspec.structs.replace(ASK, array=array), DIALECTS[other], ASK)


def translated(between: Sides) -> tuple[Lane, Ledger]:
    book = ledger()
    return Translated(between, book), book


def verbatim(between: Sides) -> tuple[Lane, Ledger]:
    book = ledger()
    return Verbatim(between, book), book


def guarded(between: Sides, rules: Rules) -> tuple[Lane, Ledger]:
    book = ledger()
    return Guarded(between, rules, book), book


def run(lane: Lane, pieces: Iterable[bytes]) -> tuple[bytes, Problem | None]:
    """What leaves the lane, as `Flow` drives it; and the problem that broke it."""
    out: list[bytes] = []
    broken: Problem | None = None
    try:
        out += [lane.feed(piece) for piece in pieces]
        out.append(lane.end())
    except (Problem, ValueError) as error:
        broken = error if isinstance(error, Problem) else nonsense()
        out.append(lane.fail(broken))
    lane.close()
    return b"".join(out), broken


def stream(dialect: str, other: str, pieces: Iterable[bytes], *, array: bool = False) -> Encoded:
    lane, book = translated(sides(dialect, other, array=array))
    wire, _ = run(lane, pieces)
    return Encoded(wire, tuple(book.lost))


def events(dialect: str, pieces: Iterable[bytes], *, array: bool = False) -> tuple[list[Event], Problem | None]:
    """What a client that speaks the dialect understands, up to where it broke."""
    ask = msgspec.structs.replace(ASK, array=array)
    framing, decoder = DIALECTS[dialect].framing(ask), DIALECTS[dialect].decoder(ask)
    found: list[Event] = []
    try:
        for piece in pieces:
            for frame in framing.feed(piece):
                found += decoder.feed(frame)
        for frame in framing.end():
            found += decoder.feed(frame)
        found += decoder.end()
    except (Problem, ValueError) as error:
        return found, error if isinstance(error, Problem) else nonsense()
    return found, None
