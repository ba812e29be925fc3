"""A real redis-server of a test's own, on a unix socket; installed by the test when the machine has none."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pytest


def program() -> str:
    """Where redis-server (or Valkey's) is. Debian's package is installed when it is missing; skips when that is impossible."""
    if found := _found():
        return found
    with (Path(gettempdir()) / "lockgate-redis-install").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process of the tests at a time
        return _found() or _installed()


def _found() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def _installed() -> str:
    if os.geteuid() or not shutil.which("apt-get"):
        pytest.skip("redis-server is not here, and only root can install it on Debian")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (("update", "-q"), ("install", "-q", "-y", "--no-install-recommends", "redis-server")):
        subprocess.run(["apt-get", *words], env=env, capture_output=True, check=False, timeout=300)
    # Debian starts a service, which nobody asked for
    subprocess.run(["service", "redis-server", "stop"], capture_output=True, check=False, timeout=30)
    found = shutil.which("redis-server")
    if not found:
        pytest.skip("redis-server is not here and cannot be installed")
    return found


@dataclass
class Server:
    """One process; `url` says where it answers."""

    program: str
    folder: Path
    options: tuple[str, ...] = ()
    password: str = ""
    within: tuple[str, ...] = ()
    """A command that becomes the one that it gets as arguments."""
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket(self) -> Path:
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        fixed = ("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder), "--daemonize", "no")
        saved = ("--save", "", "--appendonly", "no", "--loglevel", "warning", "--protected-mode", "no")
        self.process = subprocess.Popen(
            [*self.within, self.program, *fixed, *saved, *self.options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while self.process.poll() is None and time.monotonic() < until:
            with suppress(OSError):
                if self.ask("PING") in (b"+PONG", b"-NOAUTH Authentication required."):
                    return
            time.sleep(0.01)
        self.stop()
        raise RuntimeError("redis-server does not answer")

    def ask(self, *words: str) -> bytes:
        """The first line of the answer, past everything that is under test."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(self.socket))
            if self.password:
                line.sendall(f"AUTH {self.password}\r\n".encode())
                assert line.recv(64) == b"+OK\r\n"
            line.sendall(
                b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in words)
            )
            said = b""
            while b"\r\n" not in said and (more := line.recv(65536)):
                said += more
            return said.partition(b"\r\n")[0]

    def signal(self, what: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(what)

    def stop(self) -> None:
        """At once: nothing is written to the disk."""
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process = None


@contextmanager
def server(*options: str, within: tuple[str, ...] = ()) -> Iterator[Server]:
    with TemporaryDirectory(prefix="lockgate-redis-") as folder:
        made = Server(program(), Path(folder), options, within=within)
        made.start()
        try:
            yield made
        finally:
            made.stop()
