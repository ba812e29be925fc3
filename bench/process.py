"""Processes of a measurement: pinned to a core, looked at through /proc, and gone when it is over."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))
GATEWAY_CORE = _CORES[0]
LOAD_CORE = _CORES[1] if len(_CORES) > 1 else _CORES[0]
PATIENCE = 5.0
"""Seconds that a process has to end by itself."""
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Memory:
    """In KiB. `pss` counts a page that n processes share as an n-th of it."""

    rss: int
    pss: int


class Failed(RuntimeError):
    """A process did not come up."""


@contextlib.contextmanager
def running(
    command: Sequence[str], core: int, *, log: Path, env: Mapping[str, str] | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A process on one core, with its children. All of them are ended at the end, and with this process if it dies."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout if stdout is not None else errors,
            stderr=errors,
            env={**os.environ, **(env or {})},
            text=True,
            start_new_session=True,
            preexec_fn=_pinned(core),  # noqa: PLW1509 - there are no threads here
        )
    try:
        yield process
    finally:
        _end(process)


def move(pid: int, cores: Collection[int]) -> None:
    """A process that runs, its children and all their threads, to other cores."""
    for one in tree(pid):
        for thread in Path(f"/proc/{one}/task").glob("*"):
            with contextlib.suppress(OSError):
                os.sched_setaffinity(int(thread.name), cores)


def _pinned(core: int) -> Callable[[], None]:
    def prepare() -> None:
        os.sched_setaffinity(0, {core})
        _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: end with the parent, however it ends

    return prepare


def _end(process: subprocess.Popen[str]) -> None:
    family = tree(process.pid)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        family = [pid for pid in family if exists(pid)]
        if not _outlive(family, PATIENCE):
            break
    if process.stdout:
        process.stdout.close()


def _outlive(pids: list[int], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while alive := [pid for pid in pids if exists(pid)]:
        if time.monotonic() > until:
            return bool(alive)
        time.sleep(0.02)
    return False


def exists(pid: int) -> bool:
    """False also for one that has ended and was not waited for yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def tree(pid: int) -> list[int]:
    """A process and all that it started, parents first."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in children.read_text().split()]
    return found


def worker(pid: int, port: int) -> int:
    """The process of the tree that holds a connection made to the port just now: the one that does the work."""
    family = tree(pid)
    if len(family) == 1:
        return pid
    with socket.create_connection(("127.0.0.1", port), 2) as probe:
        probe.settimeout(2)
        probe.sendall(b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        probe.recv(4096)
        held = _socket(port, probe.getsockname()[1])
        found = [one for one in family if held in _sockets(one)]
    if len(found) != 1:
        raise Failed(f"cannot tell which of the processes {family} serves port {port}")
    return found[0]


def _socket(local: int, remote: int) -> str:
    """What /proc calls the server's end of a connection (proc(5), /proc/net/tcp)."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{local:04X}") and fields[2].endswith(f":{remote:04X}"):
            return f"socket:[{fields[9]}]"
    return ""


def _sockets(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(str(descriptor.readlink()))
    return found


def cpu(pid: int) -> float:
    """Seconds of processor time that a process and its living children have used, in user and kernel mode."""
    used = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
    return used / _TICK


def memory(pid: int) -> Memory:
    sizes = {}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            sizes[name] = rest.split()[0] if rest.split() else "0"
    return Memory(int(sizes.get("Rss", 0)), int(sizes.get("Pss", 0)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def await_answer(process: subprocess.Popen[str], port: int, log: Path, *, path: str = "", seconds: float = 20) -> float:
    """Seconds until the port answers: a connection, or with `path` a status of 200. Raises `Failed` with the log's end."""
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        if process.poll() is not None:
            break
        if _answers(port, path):
            return time.perf_counter() - started
        time.sleep(0.002)
    ended = (
        f"ended with {process.returncode}" if process.returncode is not None else f"not ready within {seconds:.0f} s"
    )
    raise Failed(f"{ended}: {_last(log)}")


def _answers(port: int, path: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
        if not path:
            return True
        probe.sendall(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n".encode())
        return probe.recv(16).startswith(b"HTTP/1.1 200")
    return False


def _last(log: Path) -> str:
    lines = [line.strip() for line in _read(log).splitlines() if line.strip()]
    return " / ".join(lines[-3:])[-400:] or "it said nothing"


def _read(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""
