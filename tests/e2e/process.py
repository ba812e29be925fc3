"""The installed command as a process: started, asked, and ended whatever happens; what it said is shown when a test fails."""

import http.client
import json
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from lockgate.audit.segments import chunks, listed
from tests.e2e import warm
from tests.e2e.warm import ROOT, Process

T = TypeVar("T")
PATIENCE = 15.0

live: "list[Running]" = []
"""Every gateway that runs now, so that a failed test can show what they said."""


@dataclass
class Running:
    """A gateway: where it answers, a key of it, its folder with `lockgate.yaml`, `data` and `stderr`, and its process."""

    folder: Path
    key: str
    env: Mapping[str, str]
    process: Process
    url: str = ""
    admin: str = ""
    kept: "list[Line]" = field(default_factory=list)
    """Connections of tests, closed with the gateway."""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def file(self) -> Path:
        return self.folder / "lockgate.yaml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    @property
    def children(self) -> list[int]:
        """The desk and the workers, in no order."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def command(self, *arguments: str) -> str:
        """The same installed command on the same configuration; what it printed."""
        done = warm.run([*arguments, "--config", str(self.file)], self.env)
        done.check_returncode()
        return done.stdout

    def lines(self, request_id: str = "") -> list[dict[str, Any]]:
        """The audit lines of requests there are now, of one or of all, in order; `file` is where a line stands."""
        return [
            line
            for line in self._written(request_id)
            if line["kind"] != "event" and request_id in ("", line["request_id"])
        ]

    def events(self, what: str = "") -> list[dict[str, Any]]:
        """The audit lines about the gateway itself."""
        return [line for line in self._written(what) if line["kind"] == "event" and what in ("", line["event"])]

    def _written(self, word: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for segment in [each for row in listed(self.data / "audit").values() for each in row]:
            lines = b"".join(chunks(segment)).decode().splitlines(keepends=True)
            whole = [line for line in lines if word in line and line.endswith("\n")]  # one may be half written
            found += [json.loads(line) | {"file": segment.path.name} for line in whole]
        return found

    def writers(self) -> dict[int, str]:
        """The audit log's writers: which process each name belongs to now."""
        return {int(line["details"]["pid"]): line["writer"] for line in self.events("start")}

    def outcome(self, request_id: str) -> dict[str, Any]:
        """The one outcome line of a request; waits for it."""
        ended = eventually(lambda: [line for line in self.lines(request_id) if line["kind"] == "outcome"])
        assert len(ended) == 1
        return ended[0]


@dataclass
class Told:
    """An answer, whole."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["x-request-id"]


def request(
    address: str, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Told:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), dict(headers or {}))
        response = connection.getresponse()
        return Told(response.status, response.read(), {k.lower(): v for k, v in response.getheaders()})
    finally:
        connection.close()


def eventually(holds: Callable[[], T], seconds: float = 5.0) -> T:
    """The first value that is true; asked again and again until the time is over."""
    end = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < end, f"still {value!r} after {seconds} s"
        time.sleep(0.01)
    return value


@contextmanager
def running(
    folder: Path, config: str, *options: str, env: Mapping[str, str] | None = None, within: Sequence[str] = ()
) -> Iterator[Running]:
    """`lockgate serve` on a configuration, which may name the environment variable KEY; ended with SIGTERM, or killed.

    `within` is a command that becomes the gateway, which it gets as arguments.
    """
    (folder / "lockgate.yaml").write_text(config)
    key = "lg-" + secrets.token_urlsafe(40)
    whole = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "KEY": key, **(env or {})}
    words = [
        "serve",
        "--config",
        str(folder / "lockgate.yaml"),
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        *options,
    ]
    with (folder / "stderr").open("w") as said:
        process = warm.started(words, whole, said.fileno(), within)
    gateway = Running(folder, key, whole, process)
    live.append(gateway)
    try:
        gateway.url, gateway.admin = _listening(gateway)
        yield gateway
    finally:
        for line in gateway.kept:
            line.close()
        _ended(process)
        live.remove(gateway)


def _listening(gateway: Running) -> tuple[str, str]:
    stdout = gateway.process.stdout
    assert stdout is not None
    limit = threading.Timer(PATIENCE, gateway.process.kill)
    limit.start()
    said = [stdout.readline().strip() for _ in range(2)]
    limit.cancel()
    assert [line.partition(" http")[0] for line in said] == ["data plane listening on", "admin listening on"], (
        said,
        gateway.stderr,
    )
    return said[0].rpartition(" ")[2], said[1].rpartition(" ")[2]


def _ended(process: Process) -> None:
    """In order if it can; the whole session that we started is killed if it cannot, or if something of it is left."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.terminate()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


class Line:
    """A connection that is kept: requests one after the other, and streams that are read piece by piece."""

    def __init__(self, gateway: Running, key: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE)
        self._key = key or gateway.key
        self._response: http.client.HTTPResponse | None = None
        gateway.kept.append(self)

    def ask(self, model: str, text: str, *, key: str = "", path: str = "/v1/chat/completions") -> Told:
        response = self.begin(model, text, key=key, path=path, stream=False)
        return Told(response.status, response.read(), {k.lower(): v for k, v in response.getheaders()})

    def begin(
        self, model: str, text: str, *, key: str = "", path: str = "/v1/chat/completions", stream: bool = True
    ) -> http.client.HTTPResponse:
        """The answer as far as its head; `read1` gives what is there of a stream."""
        body = {"model": model, "max_tokens": 99, "stream": stream, "messages": [{"role": "user", "content": text}]}
        headers = {"authorization": f"Bearer {key or self._key}"}
        self._connection.request("POST", path, json.dumps(body), headers)
        self._response = self._connection.getresponse()
        return self._response

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        self._connection.close()


def rest(stream: http.client.HTTPResponse) -> bytes:
    """What still comes; a connection that is cut is as good an end as an error."""
    try:
        return stream.read()
    except http.client.IncompleteRead as cut:
        return cut.partial
    except ConnectionError:
        return b""
