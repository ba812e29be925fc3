"""Processes: they end when told, keys change while they run, a dead worker is replaced, a stream outlives SIGTERM."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.served import Served, gateway, upstream
from tests.e2e.warm import ROOT

HELLO = {"model": "chat@openai", "messages": [{"role": "user", "content": "canary prompt"}]}


def post(served: Served, body: dict[str, Any], key: str = "") -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=20)
    headers = {"authorization": f"Bearer {key or served.key}"}
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.read(), {k.lower(): v for k, v in response.getheaders()}
    finally:
        connection.close()


def get(address: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def lockgate(served: Served, *arguments: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "KEY": served.key, "UP": "sk-upstream"}
    command = [
        sys.executable,
        "-m",
        "lockgate.app.cli",
        *arguments,
        "--config",
        str(served.data.parent / "lockgate.yaml"),
    ]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=30).stdout


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_key_works_within_a_second_and_ends_within_one(served: Served) -> None:
    made = json.loads(lockgate(served, "keys", "create", "--name", "late", "--team", "all", "--json"))

    assert within(1.5, lambda: post(served, HELLO, made["secret"])[0] == 200)
    lockgate(served, "keys", "revoke", made["id"])
    assert within(1.5, lambda: post(served, HELLO, made["secret"])[0] == 401)
    assert made["secret"] not in lockgate(served, "keys", "list")


def test_every_response_has_its_id_and_its_time(served: Served) -> None:
    for _, _, headers in (post(served, HELLO), post(served, HELLO, "lg-wrong"), post(served, {"model": 1})):
        assert headers["x-request-id"]
        assert headers["server-timing"].startswith("lockgate;dur=")


def test_S32_nothing_of_a_prompt_or_a_key_is_written_down(served: Served) -> None:
    _, body, headers = post(served, HELLO)

    def lines() -> str:
        return "".join(path.read_text() for path in (served.data / "audit").glob("*.jsonl"))

    assert within(3, lambda: lines().count(headers["x-request-id"]) == 2)
    written = lines() + (served.data.parent / "stderr").read_text() + get(served.admin, "/metrics")[1]
    assert "canary prompt" not in written
    assert served.key not in written
    assert "sk-upstream" not in written + body.decode()
    kinds = [json.loads(line)["kind"] for line in lines().splitlines() if headers["x-request-id"] in line]
    assert kinds == ["intent", "outcome"]


def test_metrics_count_what_was_asked(served: Served) -> None:
    def count() -> float:
        found = re.findall(
            r'lockgate_requests_total\{.*code="ok".*route="chat@openai".*\} (\S+)', get(served.admin, "/metrics")[1]
        )
        return sum(map(float, found))

    before = count()
    post(served, HELLO)

    assert count() == before + 1


@pytest.mark.parametrize("quickly", [True, False])
def test_sigterm_ends_everything_with_zero(tmp_path: Path, quickly: bool) -> None:
    with upstream() as port, gateway(tmp_path, port, {"chat": "demo"}) as served:
        parts = children(served.process.pid)
        if not quickly:
            assert post(served, HELLO)[0] == 200

        served.process.send_signal(signal.SIGTERM)

        assert served.process.wait(10) == 0
        assert within(2, lambda: not any(Path(f"/proc/{pid}").exists() for pid in parts))


def test_a_stream_outlives_sigterm_and_readiness_is_off_at_once(tmp_path: Path) -> None:
    with (
        upstream() as port,
        gateway(tmp_path, port, {"slow": "demo-slow"}) as served,
        closing(http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=20)) as connection,
    ):
        body = {"model": "slow@openai", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"x-api-key": served.key})
        response = connection.getresponse()
        first = response.read(10)

        served.process.send_signal(signal.SIGTERM)

        assert within(1, lambda: get(served.admin, "/readyz")[0] == 503)
        # The two processes hear of it each for itself: the one may still let in what the other does not announce any more.
        assert within(1, lambda: post(served, HELLO)[0] == 503)
        assert b'"code":"draining"' in post(served, HELLO)[1]
        assert (first + response.read()).endswith(b"data: [DONE]\n\n")
        assert served.process.wait(10) == 0


def test_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    with upstream() as port, gateway(tmp_path, port, {"chat": "demo"}) as served:
        before = children(served.process.pid)
        worker = max(before)  # forked after the desk

        os.kill(worker, signal.SIGKILL)

        assert within(3, lambda: worker not in children(served.process.pid) and len(children(served.process.pid)) == 2)
        assert within(3, lambda: post(served, HELLO)[0] == 200)


def test_sighup_takes_a_good_file_and_leaves_a_bad_one(tmp_path: Path) -> None:
    with upstream() as port, gateway(tmp_path, port, {"chat": "demo"}) as served:
        file = tmp_path / "lockgate.yaml"
        good = file.read_text()

        file.write_text(good.replace("models:\n", 'models:\n  "late": {targets: [{provider: openai, model: demo}]}\n'))
        served.process.send_signal(signal.SIGHUP)
        assert within(3, lambda: post(served, {**HELLO, "model": "late"})[0] == 200)

        worker = max(children(served.process.pid))
        os.kill(worker, signal.SIGKILL)  # the one that takes its place knows what was reloaded
        assert within(5, lambda: len(children(served.process.pid)) == 2 and worker not in children(served.process.pid))
        assert post(served, {**HELLO, "model": "late"})[0] == 200

        file.write_text("version: 2\n")
        served.process.send_signal(signal.SIGHUP)
        assert within(3, lambda: "was not reloaded" in (tmp_path / "stderr").read_text())
        assert post(served, {**HELLO, "model": "late"})[0] == 200
