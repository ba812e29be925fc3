"""The parent of all processes: forks them, restarts those that die, passes signals on. No event loop, no threads.

Forking happens here and nowhere else, from a process that holds nothing but sockets: that is what makes it safe.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

WATCHED = {
    signal.SIGCHLD,
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
}
QUICK_DEATHS = 5
QUICK_SECONDS = 10.0
LAST_SECONDS = 5.0
"""How long after the grace period the processes may still take before they are killed."""

Main = Callable[[], int]


@dataclass(slots=True)
class Supervisor:
    """`desk` is the process behind the admin listener; it outlives the workers. `grace` is in seconds."""

    desk: Callable[[bool], int]
    worker: Callable[[int, bool, bool], int]
    """Its number; whether the file was read again since the start, so that it has to read it, too; whether it takes the
    place of one that still serves: then it says with SIGUSR1 that it serves.
    """
    workers: int
    grace: float
    before_reload: Callable[[], object] = int
    """Runs before workers are told to reload: what may take a moment, once for all of them."""
    reloaded: bool = False
    _desk_pid: int = 0
    _pids: dict[int, int] = field(default_factory=dict)
    _deaths: list[float] = field(default_factory=list)
    _rolling: list[int] = field(default_factory=list)
    """Workers that are still to be replaced."""
    _old: int = 0
    """The one that is being replaced. It is told to leave when another one serves."""
    _taking: int = 0
    """The worker that takes its place, until it serves."""
    _stopping: bool = False
    _code: int = 0

    def run(self) -> int:
        """Blocks until everything has ended. 0 after a signal to stop, 1 when the processes could not be kept alive."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        self._desk_pid = _fork(lambda: self.desk(self.reloaded))
        for index in range(self.workers):
            self._start(index)
        while self._pids or not self._stopping:
            self._handle(signal.sigwait(WATCHED))
        if self._desk_pid:
            os.kill(self._desk_pid, signal.SIGUSR1)
            _awaited(self._desk_pid)
        return self._code

    def _handle(self, received: int) -> None:
        if received == signal.SIGCHLD:
            self._reap()
        elif received == signal.SIGHUP:
            self.before_reload()
            self.reloaded = True
            self._tell(signal.SIGHUP)
        elif received == signal.SIGUSR2:
            self._roll()
        elif received == signal.SIGUSR1:
            self._taken()
        elif received == signal.SIGALRM:
            self._code = 1
            self._tell(signal.SIGKILL, desk=False)
        elif self._stopping:
            self._tell(signal.SIGKILL, desk=False)  # asked twice: at once, then
        else:
            self._stop()

    def _start(self, index: int, *, replaces: bool = False) -> int:
        pid = _fork(lambda: self.worker(index, self.reloaded, replaces))
        self._pids[pid] = index
        return pid

    def _roll(self) -> None:
        """SIGUSR2: every worker is replaced by a fresh one, one after the other; each goes when the other serves."""
        if not (self._old or self._taking or self._stopping):
            self._rolling = list(self._pids)
            self._roll_next()

    def _roll_next(self) -> None:
        while self._rolling:
            old = self._rolling.pop(0)
            if old in self._pids:
                self._old, self._taking = old, self._start(self._pids[old], replaces=True)
                return

    def _taken(self) -> None:
        """SIGUSR1: the fresh worker serves, and is one like the others from now on."""
        if not self._taking:
            return
        self._taking = 0
        if self._old:
            os.kill(self._old, signal.SIGUSR1)
        else:  # it died meanwhile
            self._roll_next()

    def _rolled(self, pid: int) -> bool:
        """Whether a death belongs to a rolling restart, so that nobody else has to take that place.

        A fresh worker that dies before it serves ends it: the others stay as they are.
        """
        if pid == self._taking:
            _say("a fresh worker died; the others are not replaced")
            alive, self._rolling, self._old, self._taking = self._old > 0, [], 0, 0
            return alive
        if pid != self._old:
            return False
        self._old = 0
        if not self._taking:
            self._roll_next()
        return True

    def _stop(self) -> None:
        self._stopping = True
        self._tell(signal.SIGTERM)
        signal.setitimer(signal.ITIMER_REAL, self.grace + LAST_SECONDS)  # SIGALRM, so that waiting has an end

    def _tell(self, what: signal.Signals, *, desk: bool = True) -> None:
        for pid in [*self._pids, *([self._desk_pid] if desk and self._desk_pid else [])]:
            os.kill(pid, what)

    def _reap(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._died(pid)

    def _died(self, pid: int) -> None:
        index = self._pids.pop(pid, None)
        if index is None and pid != self._desk_pid:
            return  # an orphan that was given to this process, as to the first of a container
        if index is None:
            self._desk_pid = 0
        if self._stopping or self._rolled(pid):
            return
        now = time.monotonic()
        self._deaths = [death for death in self._deaths if now - death < QUICK_SECONDS] + [now]
        if len(self._deaths) >= QUICK_DEATHS:
            _say("its processes keep dying; giving up")
            self._code = 1
            self._stop()
        elif index is None:
            self._desk_pid = _fork(lambda: self.desk(self.reloaded))
        else:
            self._start(index)


def _awaited(pid: int) -> None:
    """A child has ended: by itself, or after `LAST_SECONDS`."""
    signal.setitimer(signal.ITIMER_REAL, LAST_SECONDS)
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if signal.sigwait({signal.SIGCHLD, signal.SIGALRM}) == signal.SIGALRM:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            break
    signal.setitimer(signal.ITIMER_REAL, 0)


def _fork(main: Main) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # Ctrl-C reaches the whole group: only the parent may act on it. The rest is for the child's own loop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        # SIGHUP waits until the child can take it: before, it would kill it.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED - {signal.SIGHUP})
        code = main()
    except BaseException:
        logging.getLogger("lockgate").exception("a process failed")
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):  # it may be closed, or full: the process ends all the same, here
                stream.flush()
        os._exit(code)


def _say(text: str) -> None:
    with suppress(Exception):  # as above
        print(f"lockgate: {text}", file=sys.stderr, flush=True)
