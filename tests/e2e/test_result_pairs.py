"""Two results that come in the other order than their calls: each upstream reads each one with its own call."""

import json

import pytest

from tests.e2e.plant import FAMILIES, Plant
from tests.e2e.two_calls import CITIES, RESULTS, pairs
from tests.e2e.two_results import DIALECTS, ask


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_result_is_read_with_its_call(plant: Plant, dialect: str, family: str) -> None:
    mark = plant.upstream.mark("chat")

    answer = ask(plant, dialect, f"best@{family}", mark.text)

    assert (answer.status, mark.id in answer.body.decode()) == (200, True)
    if family == dialect:
        return  # what the client wrote passes as it is, its order too
    (got,) = plant.upstream.received(mark)
    assert [(p.city, p.result) for p in pairs(family, json.loads(got.body))] == list(zip(CITIES, RESULTS, strict=True))
