"""The gateway in force, and every request's way to it. A request takes it once: what a reload brings is for the next one."""

from collections.abc import Awaitable
from dataclasses import dataclass

from lockgate.app.alerts import Alerts
from lockgate.app.build import Ports, build
from lockgate.app.client_keys import ClientKeys
from lockgate.app.frontage import Frontage, frontage
from lockgate.app.guarded import guarded
from lockgate.app.health import ROUTES, health
from lockgate.app.keepers import Keepers
from lockgate.app.load import Loaded
from lockgate.app.prices import Prices
from lockgate.app.pulse import Pulse
from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Kind, Problem
from lockgate.egress import Redactor
from lockgate.pipeline import aside
from lockgate.pipeline.serve import Gateway, serve


@dataclass(frozen=True, slots=True)
class Parts:
    """What a gateway is made of beside its configuration, and what has to hear of another one."""

    ports: Ports
    kept: Keepers
    keys: ClientKeys
    alerts: Alerts
    redactor: Redactor
    pulse: Pulse | None = None


class Serving:
    """`ready`: balancers may send requests here. `draining`: new requests are told to ask another one."""

    def __init__(self, parts: Parts, loaded: Loaded, prices: Prices) -> None:
        self._parts = parts
        self.ready, self.draining = True, False
        self.loaded: Loaded
        self.prices: Prices
        self._gateway: Gateway
        self._frontage: Frontage
        self.use(loaded, prices)

    @property
    def version(self) -> str:
        """Of the configuration in force."""
        return self._gateway.proving.policy

    def use(self, loaded: Loaded, prices: Prices) -> None:
        """All of it, or nothing: `build` comes first, for it reads files. Raises what `renewal.NOT_BUILT` lists."""
        parts = self._parts
        self._gateway = build(loaded, parts.ports, parts.kept.memories(loaded, prices.quotes))
        self.loaded, self.prices = loaded, prices
        parts.alerts.use(loaded)
        self._frontage = frontage(loaded.valid.server)
        parts.redactor.hold(guarded(loaded))
        parts.keys.use(loaded)
        if parts.pulse is not None:
            parts.pulse.use(loaded)

    def answer(self, inbound: Inbound) -> Awaitable[Reply]:
        """To be awaited. No coroutines stand around that of `serve`: each of them is entered whenever something came."""
        front = self._frontage
        return self._answer(inbound) if front.idle else front.answer(inbound, self._answer, self._preflight)

    def _answer(self, inbound: Inbound) -> Awaitable[Reply]:
        if self.draining or inbound.path in ROUTES:
            return self._aside(inbound)
        return serve(self._gateway, inbound)

    async def _aside(self, inbound: Inbound) -> Reply:
        """Probes of health, and what comes too late."""
        if reply := health(inbound, draining=not self.ready, audit=self._parts.ports.books.audit.available):
            return aside.plain(self._gateway, reply, inbound)
        if self.draining:
            return self.refuse(Problem(Kind.DRAINING, "this instance is shutting down", source="gateway"), inbound)
        return await serve(self._gateway, inbound)

    def _preflight(self, reply: Reply, inbound: Inbound) -> Reply:
        return aside.preflighted(self._gateway, reply, inbound)

    def refuse(self, problem: Problem, inbound: Inbound) -> Reply:
        """For what the pipeline never saw."""
        return aside.refused(self._gateway, problem, inbound)

    def note(self, problem: Problem, request_id: str, address: str) -> None:
        """For what was no request yet."""
        aside.noted(self._parts.ports.books, problem, request_id, address)
