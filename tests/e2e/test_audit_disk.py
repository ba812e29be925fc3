"""D1, D2: a disk that is full, and one that fails its flushes: refused while it lasts, and served again soon after."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lockgate.audit import key_file
from lockgate.audit.verify import Trust, verify
from tests.e2e.looking import Looking, config, looking
from tests.e2e.process import Running, eventually, request, running
from tests.e2e.test_audit_log import ask, stopped
from tests.e2e.warm import COMMAND, ROOT


def _may_mount() -> bool:
    done = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return done.returncode == 0


def ready(gateway: Running, address: str = "") -> int:
    return request(address or gateway.url, "GET", "/readyz").status


@contextmanager
def on_a_small_disk(folder: Path, workers: int = 1) -> Iterator[tuple[Running, Looking, Path]]:
    """The log on a disk of 64 KiB that nobody else sees; the path is where tests find it."""
    audit = folder / "data" / "audit"
    audit.mkdir(parents=True)
    places = [audit]
    mount = f'mount -t tmpfs -o size=64k,mode=700 tmpfs "{audit}" && exec "$0" "$@"'
    with (
        looking(lambda: places[-1]) as upstream,
        running(folder, config(upstream.port, workers=workers), within=["unshare", "-m", "sh", "-c", mount]) as gateway,
    ):
        places.append(Path(f"/proc/{gateway.process.pid}/root{audit}"))
        yield gateway, upstream, places[-1]


needs_mounts = pytest.mark.skipif(not _may_mount(), reason="this user may not mount a tmpfs in a namespace of its own")


@needs_mounts
def test_D1_a_full_disk_stops_all_requests_and_room_lets_them_through_again(tmp_path: Path) -> None:
    with on_a_small_disk(tmp_path) as (gateway, upstream, disk):
        (disk / "filler").write_bytes(b"x" * 28 * 1024)
        told = [ask(gateway)]
        while told[-1].status == 200:
            told.append(ask(gateway))
        refused, reached = ask(gateway), len(upstream.seen)

        assert (refused.status, refused.json["error"]["code"]) == (503, "audit_unavailable")
        assert refused.headers["retry-after"] == "1"
        assert (ready(gateway), eventually(lambda: ready(gateway, gateway.admin) == 503)) == (503, True)
        assert request(gateway.url, "GET", "/livez").status == 200
        assert [ask(gateway).status for _ in range(20)] == [503] * 20
        assert len(upstream.seen) == reached
        assert upstream.early == []

        (disk / "filler").unlink()
        freed = time.monotonic()
        eventually(lambda: ready(gateway) == 200)
        assert time.monotonic() - freed < 1
        assert ask(gateway).status == 200
        _good(gateway, disk, tmp_path / "copy")


@needs_mounts
def test_D1_the_last_word_of_a_process_has_room_on_a_full_disk(tmp_path: Path) -> None:
    with on_a_small_disk(tmp_path) as (gateway, _, disk):
        (disk / "filler").write_bytes(b"x" * 28 * 1024)
        while ask(gateway).status == 200:
            pass
        with (disk / "w0-00000001.jsonl").open("rb") as log:
            stopped(gateway)

            assert b'"event":"stop"' in log.read()


@needs_mounts
def test_D1_without_room_for_the_counters_nothing_is_started_and_it_is_said_why(tmp_path: Path) -> None:
    """Their room is taken in advance: a worker that finds none later would be killed by the system."""
    (tmp_path / "lockgate.yaml").write_text(config(1) + "limits: [{kind: requests, max: 9, per: 1m}]\n")
    counters = tmp_path / "data" / "limits"
    counters.mkdir(parents=True)
    mount = f'mount -t tmpfs -o size=64k,mode=700 tmpfs "{counters}" && exec "$0" "$@"'
    line = ["unshare", "-m", "sh", "-c", mount, *COMMAND, "serve", "--config", str(tmp_path / "lockgate.yaml")]
    line += ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "KEY": "lg-" + "k3y" * 14}

    done = subprocess.run(line, env=environ, capture_output=True, text=True, check=False, timeout=30)

    assert (done.returncode, done.stdout) == (1, "")
    assert "data.mdb cannot have 16 MiB: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def _good(gateway: Running, disk: Path, copy: Path) -> None:
    """The lines on the small disk, verified with the keys of the data folder."""
    shutil.copytree(disk, copy)
    verdict = verify(copy, Trust(key_file.known(gateway.data)))
    assert verdict.bad == ()
    assert verdict.records > 30


def failing(inject: str) -> list[str]:
    return [
        "strace",
        "-D",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-o",
        "/dev/null",
        "-e",
        "trace=fdatasync",
        "-e",
        f"inject=fdatasync:{inject}",
    ]


needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace here (Debian: apt install strace)")


@needs_strace
def test_D2_a_flush_that_fails_once_costs_no_request(tmp_path: Path) -> None:
    with (
        looking(lambda: tmp_path / "data" / "audit") as upstream,
        running(tmp_path, config(upstream.port, "{patience: 5s}"), within=failing("error=EIO:when=7")) as gateway,
    ):
        told = [ask(gateway) for _ in range(10)]

        assert [one.status for one in told] == [200] * 10
        assert upstream.early == []
        assert len(gateway.events("segment_abandoned")) == 1
        verdict = verify(gateway.data / "audit", Trust(key_file.known(gateway.data)))
        assert verdict.bad == ()
        assert {one.id for one in told} <= {line["request_id"] for line in gateway.lines()}


@needs_strace
def test_D2_a_flush_that_hangs_lets_nothing_through(tmp_path: Path) -> None:
    with (
        looking(lambda: tmp_path / "data" / "audit") as upstream,
        running(tmp_path, config(upstream.port), within=failing("delay_enter=2000000:when=4")) as gateway,
    ):
        ask(gateway)  # two flushes behind that of the start
        began = time.monotonic()
        refused = ask(gateway)

        assert refused.status == 503
        assert time.monotonic() - began < 1
        assert len(upstream.seen) == 1
        eventually(lambda: ready(gateway) == 200)
