"""K8: a gateway with 256 descriptors: half of them for clients, a few more are told so, nobody spins, and it recovers."""

import http.client
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.plant import FAMILIES, Plant, config
from tests.e2e.process import Line, Running, eventually, running
from tests.e2e.upstream import Upstream

MOST = 104
pytestmark = pytest.mark.skipif(shutil.which("prlimit") is None, reason="prlimit is not installed (Debian: util-linux)")


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Plant]:
    env = {f"UP_{name.upper()}": "sk-up" for name in FAMILIES}
    limited = ("prlimit", "--nofile=256:256")
    with (
        Upstream() as upstream,
        running(tmp_path, config(upstream.port), env=env, within=limited) as gateway,
    ):
        yield Plant(upstream, gateway, {})


def worker(gateway: Running) -> int:
    """The process that serves."""
    return next(iter(gateway.writers()))


def busy(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def connected(gateway: Running, number: int) -> list[http.client.HTTPConnection]:
    made = [http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10) for _ in range(number)]
    for one in made:
        one.connect()
    return made


def test_K8_beyond_half_of_the_descriptors_it_refuses_does_not_spin_and_recovers(few: Plant) -> None:
    gateway, pid = few.gateway, worker(few.gateway)
    streams = []
    for _ in range(MOST):  # each has a connection to the upstream, too
        streams.append(Line(gateway))
        assert streams[-1].begin("best@openai", few.upstream.mark("mid").text).status == 200
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    more = connected(gateway, 150)

    more[0].request("GET", "/v1/models")
    told = more[0].getresponse()
    assert (told.status, b"too many connections" in told.read()) == (503, True)
    before, began = busy(pid), time.monotonic()
    used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    time.sleep(1.0)  # a tick is four times in it
    assert descriptors <= used < 256
    assert (busy(pid) - before) / (time.monotonic() - began) < 0.2

    for one in (*more, *streams):
        one.close()
    again = eventually(lambda: Line(gateway).ask("best@openai", few.upstream.mark("chat").text))
    assert again.status == 200
    assert "Too many open files" not in gateway.stderr
