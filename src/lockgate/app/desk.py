"""The process behind the admin listener: health, metrics of all workers, and the demo upstream."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lockgate.app.admin_problem import problem
from lockgate.app.apart import apart
from lockgate.app.clock import SystemClock
from lockgate.app.health import LIVE, READY, TEXT
from lockgate.app.wire import ASK, Report, unpacked
from lockgate.core.http import Inbound, Reply
from lockgate.core.permission import Permission, Permissions
from lockgate.core.problem import Problem
from lockgate.pipeline.begin import begin
from lockgate.pipeline.reply import marks
from lockgate.sinks.metrics import Counts, merge

ANSWER_SECONDS = 0.25
"""How long a worker may take to say its numbers before its last ones are shown."""

CHALLENGE = (b"www-authenticate", b'Bearer realm="lockgate admin"')
NEEDED = "a credential is needed here: the administrator's secret, or a client key"


@dataclass(slots=True, eq=False)
class Connected:
    """A worker on the line: where to ask, its last report, and who waits for the next one."""

    writer: asyncio.StreamWriter
    report: Report | None = None
    waiting: list[asyncio.Future[None]] = field(default_factory=list)


class Desk:
    """Knows the workers. `ready` is called once, when all of them are. `clean` takes secrets out of a text.

    `check` reads the configuration's file: its version, what is wrong with it, and what of it waits for the next start.
    `tell_all` has everybody read it, and `renew` this process.
    """

    def __init__(
        self,
        expected: int,
        ready: Callable[[], None],
        clean: Callable[[str], str] = str,
        check: Callable[[], tuple[str, list[str], Sequence[str]]] = lambda: ("", [], ()),
        tell_all: Callable[[], None] = int,  # type: ignore[assignment]
    ) -> None:
        self.clean = clean
        self.tell_all = tell_all
        self._check = check
        self._expected = expected
        self._ready = ready
        self._announced = False
        self._workers: set[Connected] = set()
        self._gone = Counts()
        self.draining = self.reloading = False
        self.ends: Callable[[], Mapping[str, float]] = dict  # when certificates end, by their setting
        self.renew: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)

    @property
    def is_ready(self) -> bool:
        return not self.draining and self._live() >= self._expected

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        worker = Connected(writer)
        self._workers.add(worker)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                worker.report = await unpacked(reader)
                _wake(worker)
                if not self._announced and self.is_ready:
                    self._announced = True
                    self._ready()
        self._workers.discard(worker)
        _wake(worker)
        writer.close()
        self._keep(worker)

    async def counts(self) -> tuple[Counts, int]:
        """Fresh numbers of all workers, those that died included, and how many workers there are."""
        loop = asyncio.get_running_loop()
        waits = []
        for worker in self._workers:
            waits.append(loop.create_future())
            worker.waiting.append(waits[-1])
            worker.writer.write(ASK)
        if waits:
            await asyncio.wait(waits, timeout=ANSWER_SECONDS)
        reports = [worker.report.counts for worker in self._workers if worker.report]
        return merge([self._gone, *reports]), self._live()

    async def checked(self) -> tuple[str, list[str], Sequence[str]]:
        """Apart, for a secret may come over the network."""
        return await apart(self._check)

    def versions(self) -> list[dict[str, object]]:
        """Which configuration each worker serves."""
        reports = sorted(self._serving(), key=lambda report: report.pid)
        return [{"worker": r.worker, "pid": r.pid, "version": r.version, "ready": r.ready} for r in reports]

    def all_serve(self, version: str) -> bool:
        serving = self._serving()
        return len(serving) >= self._expected and all(each.version == version for each in serving)

    async def news(self) -> None:
        """Until a worker says something."""
        waits = [asyncio.get_running_loop().create_future() for _ in self._workers]
        for worker, wait in zip(self._workers, waits, strict=True):
            worker.waiting.append(wait)
        if waits:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(ANSWER_SECONDS)

    def _serving(self) -> list[Report]:
        return [each.report for each in self._workers if each.report and each.report.version]

    def _live(self) -> int:
        return sum(1 for worker in self._workers if worker.report and worker.report.ready)

    def _keep(self, worker: Connected) -> None:
        """Counters only grow: what a dead worker counted stays. What it had open is closed."""
        if worker.report is not None:
            counts = worker.report.counts
            counts.requests_open = counts.streams_open = counts.audit_backlog = counts.audit_unavailable = 0
            counts.upstream_busy, counts.upstream_states = {}, {}
            self._gone = merge([self._gone, counts])


def _wake(worker: Connected) -> None:
    waiting, worker.waiting = worker.waiting, []
    for future in waiting:
        if not future.done():
            future.set_result(None)


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """A path of the admin listener; `{id}` at its end is one segment, whatever it is. Without a permission the listener does
    not start (S15).
    """

    path: str
    answer: Callable[[Desk, Inbound], Awaitable[Reply]]
    permission: Permission | None = None
    method: str = "GET"


def answers(
    desk: Desk, own: Callable[[Inbound], Awaitable[Permissions | None]], routes: Sequence[AdminRoute] | None = None
) -> Callable[[Inbound], Awaitable[Reply]]:
    """The admin listener's paths. `own` says what the caller may: None is nobody that is known; a `Problem`: it cannot say."""
    routes = ROUTES if routes is None else routes
    if undeclared := [route.path for route in routes if route.permission is None]:
        raise ValueError(f"no permission is declared for {', '.join(undeclared)} of the admin listener")
    by_path = {route.path: route for route in routes}

    async def marked(inbound: Inbound) -> Reply:
        ledger = begin(inbound, SystemClock())
        try:
            reply = await serve(inbound)
        except Problem as wrong:
            reply = problem(wrong.status, wrong.detail, code=wrong.kind.code)
        return Reply(reply.status, (*reply.headers, *marks(ledger)), reply.body)

    async def serve(inbound: Inbound) -> Reply:
        route = by_path.get(inbound.path) or by_path.get(_with_id(inbound.path))
        if route is None:
            return problem(404, "there is nothing at this path")
        if inbound.method != route.method and (inbound.method, route.method) != ("HEAD", "GET"):
            return problem(405, f"this path takes {route.method}", headers=((b"allow", route.method.encode()),))
        if route.permission is not Permission.ANYBODY:
            held = await own(inbound)
            if held is None:
                return problem(401, NEEDED, headers=(CHALLENGE,))
            if route.permission not in held:
                return problem(403, f"this needs the permission {Permission(route.permission).value}")
        return await route.answer(desk, inbound)

    return marked


def _with_id(path: str) -> str:
    """The path of a route that takes any last segment."""
    return path[: path.rfind("/") + 1] + "{id}"


async def _alive(desk: Desk, inbound: Inbound) -> Reply:
    return Reply(200, TEXT, b"ok\n")


async def _ready(desk: Desk, inbound: Inbound) -> Reply:
    return (
        Reply(200, TEXT, b"ok\n")
        if desk.is_ready
        else Reply(503, TEXT, b"draining, not started, or the audit log takes nothing\n")
    )


def refused(wrong: Problem, inbound: Inbound) -> Reply:
    """What the listener itself does not take."""
    return problem(wrong.status, wrong.detail, code=wrong.kind.code, headers=marks(begin(inbound, SystemClock())))


async def _metrics(desk: Desk, inbound: Inbound) -> Reply:
    from lockgate.sinks.metrics.exposition import TYPE, expose  # noqa: PLC0415  only this process shows them

    counts, workers = await desk.counts()
    counts.certificates = {(name,): end for name, end in desk.ends().items()}
    return Reply(200, ((b"content-type", TYPE),), desk.clean(expose(counts, workers).decode()).encode())


ROUTES = (
    *(AdminRoute(path, _alive, Permission.ANYBODY) for path in LIVE),
    *(AdminRoute(path, _ready, Permission.ANYBODY) for path in READY),
    AdminRoute("/metrics", _metrics, Permission.METRICS_READ),
)


def heed_signals(desk: Desk, reload: Callable[[], None]) -> asyncio.Event:
    """SIGTERM: not ready any more. SIGUSR1: the end, which the event tells. Two signals, for one sent twice may come once."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def terminate() -> None:
        desk.draining = True

    loop.add_signal_handler(signal.SIGTERM, terminate)
    loop.add_signal_handler(signal.SIGUSR1, told.set)
    loop.add_signal_handler(signal.SIGHUP, reload)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    return told


async def until(told: asyncio.Event, parent: int, tick: Callable[[], Awaitable[None]]) -> None:
    """Until the event, or the parent's death. `tick` is called twice a second."""
    while not told.is_set() and os.getppid() == parent:
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), 0.5)
        await tick()


async def open_line(desk: Desk, path: Path) -> asyncio.Server:
    """Where the workers report. The folder is the parent's own, so nobody else can connect."""
    return await asyncio.start_unix_server(desk.connected, path)
