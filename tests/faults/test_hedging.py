"""A late attempt gets company through the whole gateway: the client has the quicker answer, and the slow upstream sees it leave."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import Rig, rig, well

MORE = """\
  first: {kind: openai_compatible, base_url: "UPSTREAM/v1"}
---
  m: {targets: [{provider: first, model: first}, {provider: well-anthropic, model: faulty-ok}], hedge: {at_least: 50ms}}
"""


@pytest.fixture(scope="module")
def hedged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("hedging")
    with rig(folder, {}, more=MORE) as running:
        assert all(well(running.ask("m"), "openai") for _ in range(25))
        yield running


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_the_quicker_answer_is_used_and_the_other_one_cancelled(hedged: Rig, *, stream: bool) -> None:
    hedged.upstream.play("slow-3000", "first", 1)
    begun = time.monotonic()

    told = hedged.ask("m", stream=stream)

    assert well(told, "openai", stream=stream)
    assert time.monotonic() - begun < 1
    assert hedged.attempts(told) == [("first", 0, "cancelled"), ("well-anthropic", 200, "")]
    slow, quick = hedged.seen(told)
    assert (slow["ended"], quick["ended"]) == ("client_gone", "whole")
    assert slow["ended_at"] - slow["at"] < 1
    assert hedged.gateway.outcome(told.id)["upstream"] == "well-anthropic"


def test_who_is_quick_has_no_company(hedged: Rig) -> None:
    told = hedged.ask("m")

    assert hedged.attempts(told) == [("first", 200, "")]
