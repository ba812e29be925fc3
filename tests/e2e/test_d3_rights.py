"""D3: somebody takes away the rights to the log, or makes its file system read-only, while it is written."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lockgate.audit import key_file
from lockgate.audit.verify import Trust, verify
from tests.e2e.looking import Looking, config, looking
from tests.e2e.process import Running, Told, eventually, running
from tests.e2e.test_audit_log import ask, stopped
from tests.e2e.warm import COMMAND

SMALL = "{sinks: [{kind: file, segment_bytes: 4096, pack: false}]}"
"""A new segment every few requests."""
AS_OTHERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []
"""Root is stopped by no rights; without these two powers it is an owner like any other."""

needs_setpriv = pytest.mark.skipif(
    bool(AS_OTHERS) and shutil.which("setpriv") is None,
    reason="root needs setpriv here (Debian: apt install util-linux)",
)


def _may_mount() -> bool:
    done = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return done.returncode == 0 and shutil.which("nsenter") is not None


needs_mounts = pytest.mark.skipif(not _may_mount(), reason="this user may not mount in a namespace of its own")


@contextmanager
def writing(folder: Path, within: list[str], audit: str = "{}") -> Iterator[tuple[Running, Looking]]:
    with (
        looking(lambda: folder / "data" / "audit") as upstream,
        running(folder, config(upstream.port, audit), within=within) as gateway,
    ):
        yield gateway, upstream


def refused(told: Told) -> bool:
    return told.status == 503 and told.json["error"]["code"] == "audit_unavailable"


def ended(gateway: Running, upstream: Looking, answered: list[str]) -> None:
    """In order; the log is whole, and has everybody who was answered; no upstream was asked before its intent was written."""
    stopped(gateway)
    verdict = verify(gateway.data / "audit", Trust(key_file.known(gateway.data)))
    assert verdict.bad == ()
    assert set(answered) <= {line["request_id"] for line in gateway.lines() if line["kind"] == "outcome"}
    assert upstream.early == []


@needs_setpriv
def test_D3_without_rights_to_the_folder_nobody_is_served_and_with_them_the_chain_goes_on(tmp_path: Path) -> None:
    with writing(tmp_path, AS_OTHERS) as (gateway, upstream):
        audit = gateway.data / "audit"
        answered = [ask(gateway).id]
        (audit / "w0-00000001.jsonl").chmod(0)
        answered.append((told := ask(gateway)).id)
        assert told.status == 200  # a file that is open stays open
        (audit / "w0-00000001.jsonl").chmod(0o600)

        audit.chmod(0)
        assert refused(ask(gateway))
        reached = len(upstream.seen)
        assert all(refused(ask(gateway)) for _ in range(5))
        assert len(upstream.seen) == reached
        audit.chmod(0o700)

        told = eventually(lambda: (told := ask(gateway)).status == 200 and told)
        answered.append(told.id)
        assert [event["details"]["file"] for event in gateway.events("segment_missing")] == ["w0-00000001.jsonl"]
        ended(gateway, upstream, answered)


@needs_mounts
def test_D3_a_file_system_that_becomes_read_only_stops_requests_until_it_is_not(tmp_path: Path) -> None:
    """What is open is written to until its segment is closed, and no longer: only then does the system refuse."""
    with writing(tmp_path, ["unshare", "-m"], SMALL) as (gateway, upstream):
        audit = gateway.data / "audit"
        answered = [ask(gateway).id]
        inside = ["nsenter", "-m", "-t", str(gateway.process.pid), "mount"]
        for words in (["--bind", str(audit), str(audit)], ["-o", "remount,bind,ro", str(audit)]):
            subprocess.run([*inside, *words], check=True, capture_output=True)
        told = [ask(gateway)]
        while told[-1].status == 200:
            told.append(ask(gateway))
        answered += [each.id for each in told[:-1]]

        assert len(told) < 20
        assert refused(told[-1])
        assert refused(ask(gateway))
        assert "Read-only file system" in gateway.stderr
        subprocess.run([*inside, "-o", "remount,bind,rw", str(audit)], check=True, capture_output=True)

        again = eventually(lambda: (again := ask(gateway)).status == 200 and again)
        answered.append(again.id)
        ended(gateway, upstream, answered)


@needs_mounts
def test_D3_nothing_is_started_on_a_log_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "lockgate.yaml").write_text(config(1))
    audit = tmp_path / "data" / "audit"
    audit.mkdir(parents=True)
    mounts = f'mount --bind "{audit}" "{audit}" && mount -o remount,bind,ro "{audit}" && exec "$0" "$@"'
    line = ["unshare", "-m", "sh", "-c", mounts, *COMMAND, "serve", "--config", str(tmp_path / "lockgate.yaml")]
    line += ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    environ = {**os.environ, "KEY": "lg-" + "k3y" * 14}

    done = subprocess.run(line, env=environ, capture_output=True, text=True, check=False, timeout=30)

    assert done.returncode != 0
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr
