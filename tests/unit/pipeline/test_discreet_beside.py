"""I7 in streams: a secret that is cut over fields that no dialect knows does not leave, either."""

from collections.abc import Sequence

import pytest

from lockgate.core.dialect import Dialect
from lockgate.core.events import TextDelta
from lockgate.pipeline.discreet import Discreet
from lockgate.pipeline.ledger import Ledger
from tests.unit.pipeline.test_discreet import ASK, DIALECTS, EGRESS, SECRET, Through, frames, pieces, sent


def with_more(dialect: Dialect, pieces: Sequence[str], text: str) -> list[bytes]:
    """Frames of the same text, each with a field that nobody knows."""
    made = frames(dialect, TextDelta(text))
    at = next(at for at, frame in enumerate(made) if text.encode() in frame)
    frame = next(frame for frame in dialect.framing(ASK).feed(made[at]) if text.encode() in frame)
    inner = dialect.payload(frame, ASK).strip()
    told = [frame.replace(inner, b'%b,"brand_new":"%b"}' % (inner[:-1], piece.encode())) for piece in pieces]
    return [*made[:at], made[at], *told, *made[at + 1 :]]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_I7_a_secret_in_pieces_of_what_nobody_knows_does_not_leave(dialect: Dialect) -> None:
    for size in (1, 4, 9):
        made = with_more(dialect, [*["same"] * 12, *pieces(f"before {SECRET} after", size)], "word")

        out, ledger = sent(dialect, made)

        assert out.endswith(b"secret_in_response")
        assert out.count(b"brand_new") <= 12 + len(pieces(f"before {SECRET[:9]}", size))
        assert [(f.rule, f.label, f.action) for f in ledger.findings] == [("egress", "providers.up.api_key", "block")]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_word_that_every_frame_repeats_is_recognised_with_its_frame(dialect: Dialect) -> None:
    made = with_more(dialect, ["sk-canary"] * 40, "word")
    lane = Discreet(Through(), dialect, ASK, EGRESS, Ledger("r", 0.0, 0.0))

    left = [lane.feed(frame) for frame in made]

    assert b"".join([*left, lane.end()]) == b"".join(made)
    assert left[20:] == made[20:]
