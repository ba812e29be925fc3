"""Texts of an answer that go on beside each other: each is followed by itself, and a client gets each as it was."""

from typing import Any

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.pipeline.ledger import Ledger
from tests.unit.pipeline.test_provider_runs import CANARY, CLAUDES, claude, through

HALF = CANARY[:6], CANARY[6:]
FIELDS = {"text": ("text_delta", "text"), "thinking": ("thinking_delta", "thinking")}


def start(index: int, kind: str = "text") -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, kind: ""}}


def say(index: int, text: str, kind: str = "text") -> dict[str, Any]:
    name, field = FIELDS[kind]
    return {"type": "content_block_delta", "index": index, "delta": {"type": name, field: text}}


def stop(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def heard(wire: bytes) -> list[str]:
    """Block by block, as the SDKs put them together: the text of a delta belongs to the block of its index."""
    texts: list[str] = []
    for frame in wire.split(b"\n\n"):
        content = msgspec.json.decode(sse.data(frame + b"\n\n") or b"{}")
        if content.get("type") == "content_block_start":
            assert content["index"] == len(texts)
            texts.append("")
        elif content.get("type") == "content_block_delta":
            texts[content["index"]] += "".join(content["delta"].get(field, "") for field in ("text", "thinking"))
    return texts


@pytest.mark.parametrize("other", FIELDS)
@pytest.mark.parametrize("kind", FIELDS)
def test_S62_a_finding_over_deltas_of_a_block_with_another_block_between(kind: str, other: str) -> None:
    ledger = Ledger("", 0, 0)
    wire = claude(
        start(0, kind),
        start(1, other),
        say(0, f"tell of {HALF[0]}", kind),
        say(1, "an aside. ", other),
        say(0, f"{HALF[1]} now. ", kind),
        say(1, "And so on. ", other),
        stop(0),
        stop(1),
    )

    out = through(CLAUDES, wire, ledger=ledger)

    assert heard(out) == ["tell of [BLOCKLIST] now. ", "an aside. And so on. "]
    assert len(ledger.findings) == 1


def test_S62_both_blocks_are_followed_at_once() -> None:
    halves = zip(CANARY, CANARY, strict=True)
    said = [delta for one, two in halves for delta in (say(0, one), say(1, two))]

    out = through(CLAUDES, claude(start(0), start(1), *said, stop(1), stop(0)))

    assert heard(out) == ["[BLOCKLIST]", "[BLOCKLIST]"]


def test_S62_blocks_that_follow_one_another_are_read_as_one_text() -> None:
    """An answer with citations is cut into blocks within its sentences."""
    out = through(CLAUDES, claude(start(0), say(0, f"of {HALF[0]}"), stop(0), start(1), say(1, HALF[1]), stop(1)))

    assert heard(out) == ["of [BLOCKLIST]", ""]


def test_a_mask_leaves_the_blocks_as_they_are() -> None:
    wire = claude(start(0), say(0, "one. "), stop(0), start(1), say(1, f"{CANARY}. "), say(1, "two. "), stop(1))

    assert heard(through(CLAUDES, wire)) == ["one. ", "[BLOCKLIST]. two. "]


def test_a_block_waits_for_no_other_one_once_it_is_known() -> None:
    wire = claude(start(0), start(1), say(0, "one. "), say(1, "two. "), stop(0), stop(1))

    assert through(CLAUDES, wire) == wire
