"""Which limits apply to a request, whatever was asked before it."""

import pytest

from lockgate.core.allowance import Limit, Limits
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route
from lockgate.pipeline.applies import Applies
from tests.unit.pipeline.gateway import CLAUDE, OPENAI
from tests.unit.pipeline.limited import a_limit

CALLER = Caller("k", "shop", "name")
ALL, FIRST, SECOND = (Route("m", upstreams) for upstreams in ((OPENAI, CLAUDE), (OPENAI,), (CLAUDE,)))


@pytest.mark.parametrize(
    "limits",
    [
        [a_limit("requests", 9, "1m", ("provider", each.name)) for each in (OPENAI, CLAUDE)],
        [a_limit("requests", 9, "1m", by="provider")],
    ],
    ids=["of each", "of all"],
)
def test_limits_of_providers_apply_to_those_targets_that_are_for_the_request(limits: list[Limit]) -> None:
    """Targets may be for some requests only: the next request to the same model may have others."""
    applies = Applies(Limits.of(limits))
    found = [[each.provider for each in applies.of(CALLER, route).all.all] for route in (FIRST, ALL, SECOND, FIRST)]

    assert found == [["oai"], ["oai", "ant"], ["ant"], ["oai"]]
