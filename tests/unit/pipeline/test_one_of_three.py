"""One of three upstreams is dead, hangs or errs: clients do not see it, and it is left alone (U1, U3, U8, I10, I11)."""

from collections import Counter
from dataclasses import replace

import msgspec
import pytest

from lockgate.balancers import fastest, least_busy, priority, usage, weighted
from lockgate.core.access import Access
from lockgate.core.balance import BalanceConfig
from lockgate.core.exchange import Route
from lockgate.core.http import Arrival, Origin, Outbound
from lockgate.core.problem import Kind, Problem
from lockgate.health import Enlisted, Shared, Table
from lockgate.pipeline.serve import serve
from tests.balancing import Clock
from tests.fakes import Answered, Coming, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, OPENAI, chat, gateway, openai_answer, policies, whole

REQUESTS = 2000
FAULTS: dict[str, Problem | Answered] = {
    "dead": Problem(Kind.UNREACHABLE, "refused", source="upstream"),
    "hanging": Problem(Kind.UPSTREAM_TIMEOUT, "no answer in time", source="upstream"),
    "erring": Answered(503, [b'{"error": {"message": "no"}}']),
    "limited": Answered(429, [b'{"error": {"message": "no"}}'], ((b"retry-after", b"5"),)),
}


class Three:
    """A transport to three hosts, of which the first has a fault."""

    def __init__(self, fault: Problem | Answered) -> None:
        self._fault = fault
        self.asked: Counter[str] = Counter()

    async def send(self, outbound: Outbound) -> Arrival:
        self.asked[outbound.origin.host] += 1
        answer = self._fault if outbound.origin.host == "u0" else openai_answer()
        if isinstance(answer, Problem):
            raise answer
        return Arrival(answer.status, answer.headers, Coming(answer.chunks))


@pytest.mark.parametrize(
    "kind",
    [priority, weighted, least_busy, fastest, usage],
    ids=["priority", "weighted", "least_busy", "fastest", "usage"],
)
@pytest.mark.parametrize("fault", FAULTS)
async def test_U8_no_client_sees_it(fault: str, kind: object) -> None:
    clock, transport = Clock(), Three(FAULTS[fault])
    table = Table(Shared(16), clock=clock)
    table.enlist([Enlisted(f"u{at}", at + 1, f"u{at}") for at in range(3)], [range(3)])
    plugin: type[BalanceConfig] = vars(kind)["plugin"]
    targets = [replace(OPENAI, name=f"u{at}", origin=Origin("https", f"u{at}", 443), place=at) for at in range(3)]
    route = Route("m", tuple(targets), balancer=plugin().build())
    made = gateway(Script(), Notebook())
    made = replace(
        made, policies=policies({"m": route}, shop=Access(models=("m",))), transport=transport, health=table, now=clock
    )
    body, failed = msgspec.json.encode(chat("m")), 0

    for _ in range(REQUESTS):
        reply = await serve(made, inbound("/v1/chat/completions", body, KEY))
        failed += reply.status != 200
        await whole(reply)
        clock.now += 0.1

    assert failed == 0
    probes = 5 + REQUESTS * 0.1 / (5 if fault == "limited" else 30)
    assert transport.asked["u0"] <= probes
    assert (
        sum(transport.asked.values()) <= REQUESTS + transport.asked["u0"]
    )  # no other attempts than those behind it (I11)
    assert all((shown.state.busy, shown.state.pending) == (0, 0) for shown in table.shown())
