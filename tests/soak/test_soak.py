"""I1-I12 after a while of trouble: `./lockgate test --soak 10m`; a few seconds without."""

import random
import time
from pathlib import Path

import pytest

from lockgate.core.duration import seconds
from tests.checker.histories import Histories, Rate, Reading
from tests.checker.invariants import broken
from tests.e2e.process import PATIENCE, eventually, request
from tests.e2e.test_audit_log import stopped
from tests.soak.clients import Crowd, made, wish
from tests.soak.ground import BUSY, BUSY_SECONDS, WORKERS, Ground, ground, troubled
from tests.soak.readings import artefacts, budgets, codes, memory, reading, verified

CLIENTS = 10
SAMPLES = 40
CREDIT = 3 + 2 * 3 * 3 * 2
"""The first three; and of each of two targets that fail, for each of three models, three failures in each of two workers."""


@pytest.mark.timeout(0)  # it lasts as long as it is told to
def test_a_while_of_trouble(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    length = seconds(pytestconfig.getoption("--soak"))
    with ground(tmp_path) as place:
        told = soaked(place, length)
    assert broken(told) == {}
    assert len(told.clients) > 5 * length
    assert {asked.status for asked in told.clients} >= {200, 400, 404, 429}
    assert any(line["cache"] == "hit" for line in told.audit if "cache" in line)


def soaked(place: Ground, length: float) -> Histories:
    """All histories of it, when it is over and the gateway has stopped."""
    warm = [made(wish(-number, random.Random(number)), place) for number in range(1, 9)]
    before, crowd, samples = reading(place), Crowd(place, CLIENTS, seed=7), []
    with troubled(place.upstream, seed=11):
        crowd.begin()
        for _ in range(SAMPLES):
            time.sleep(length / SAMPLES)
            samples.append(memory(place.gateway))
        crowd.end()
    after = rested(place)
    metrics = request(place.gateway.admin, "GET", "/metrics").body
    entries = request(place.upstream.control, "GET", "/history").json
    stopped(place.gateway)
    return Histories(
        clients=[*warm, *crowd.history],
        upstream=entries,
        audit=place.gateway.lines(),
        budgets=budgets(place.gateway, "rich", "poor"),
        rates={"busy": Rate(BUSY, BUSY_SECONDS, WORKERS)},
        verified=verified(place.gateway),
        artefacts=artefacts(place.gateway, metrics),
        canaries=place.canaries,
        before=before,
        after=after,
        memory=samples,
        credit=CREDIT,
        codes=codes(),
    )


def rested(place: Ground) -> Reading:
    """The gauges reach the administrator's page a moment after the fact."""

    def still() -> Reading | None:
        found = reading(place)
        return None if any(found.gauges.values()) else found

    try:
        return eventually(still, PATIENCE)
    except AssertionError:
        return reading(place)
