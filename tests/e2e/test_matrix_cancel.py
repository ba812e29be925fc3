"""Each official client leaves a stream: the upstream sees it within 250 ms, and the record says who left."""

import time

import pytest

from tests.e2e.clients import Client
from tests.e2e.plant import FAMILIES, Plant
from tests.e2e.process import eventually

SOON = 0.25


@pytest.mark.parametrize("family", FAMILIES)
def test_leaving_a_stream_closes_the_upstream(plant: Plant, sdk: Client, family: str) -> None:
    mark = plant.upstream.mark("mid")

    def gone() -> int:
        return sum(
            (line["kind"], line["model"], line["end"]) == ("outcome", f"best@{family}", "client_gone")
            for line in plant.gateway.lines()
        )

    before = gone()
    stream = sdk.stream(f"best@{family}", mark.text)
    assert next(stream) == "The "
    (got,) = plant.upstream.received(mark)

    left = time.monotonic()
    stream.close()  # type: ignore[attr-defined]

    assert got.closed.wait(5)
    assert got.closed_at - left < SOON
    assert eventually(lambda: gone() - before) == 1
