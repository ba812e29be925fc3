"""The end of a gateway: streams outlive it for a while and not longer, asked twice it goes at once; and starts that fail."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.plant import planted
from tests.e2e.process import Line, eventually, request, rest
from tests.e2e.warm import COMMAND, ROOT


@pytest.mark.parametrize("family", ["openai", "anthropic"], ids=["verbatim", "translated"])
def test_after_the_grace_period_a_stream_ends_and_not_cleanly(tmp_path: Path, family: str) -> None:
    with planted(tmp_path, drain=0.5) as plant:
        mark = plant.upstream.mark("mid")
        stream = Line(plant.gateway).begin(f"best@{family}", mark.text)
        first = stream.read1()
        (got,) = plant.upstream.received(mark)

        plant.gateway.process.send_signal(signal.SIGTERM)
        told = time.monotonic()

        assert b"[DONE]" not in first + rest(stream)
        assert got.closed.wait(5)
        assert plant.gateway.process.wait(10) == 0
        assert 0.4 < got.closed_at - told < 1.5
        outcome = plant.gateway.outcome(stream.headers["x-request-id"])
        assert outcome["end"] != "complete"


def test_while_streams_end_readiness_is_off_new_requests_are_told_and_the_code_is_zero(tmp_path: Path) -> None:
    with planted(tmp_path, workers=2) as plant:
        mark = plant.upstream.mark("mid")
        stream = Line(plant.gateway).begin("best@anthropic", mark.text)
        first = stream.read1()

        plant.gateway.process.send_signal(signal.SIGTERM)

        eventually(lambda: request(plant.gateway.admin, "GET", "/readyz").status == 503, 1)
        assert request(plant.gateway.admin, "GET", "/livez").status == 200
        eventually(lambda: b'"code":"draining"' in Line(plant.gateway).ask("best@openai", "hi").body)
        for path in ("/v1/chat/completions", "/v1/messages", "/api/chat"):
            refused = Line(plant.gateway).ask("best@openai", "hi", path=path)
            assert (refused.status, "server-timing" in refused.headers) == (503, True)
        plant.upstream.open(mark)
        assert (first + stream.read()).endswith(b"data: [DONE]\n\n")
        assert plant.gateway.process.wait(10) == 0
        outcome = plant.gateway.outcome(stream.headers["x-request-id"])
        assert (outcome["end"], outcome["status"]) == ("complete", 200)


def test_asked_a_second_time_it_ends_at_once(tmp_path: Path) -> None:
    with planted(tmp_path, drain=60) as plant:
        mark = plant.upstream.mark("mid")
        stream = Line(plant.gateway).begin("best@openai", mark.text)
        stream.read1()
        plant.gateway.process.send_signal(signal.SIGTERM)
        eventually(lambda: request(plant.gateway.admin, "GET", "/readyz").status == 503)

        plant.gateway.process.send_signal(signal.SIGTERM)

        told = time.monotonic()
        plant.gateway.process.wait(5)
        assert time.monotonic() - told < 1
        assert b"[DONE]" not in rest(stream)


@pytest.mark.parametrize("which", ["--listen", "--admin"])
def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path, which: str) -> None:
    (tmp_path / "lockgate.yaml").write_text("version: 1\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        other = "--admin" if which == "--listen" else "--listen"
        command = [*COMMAND, "serve", "--config", "lockgate.yaml", which, place, other, "127.0.0.1:0"]

        answer = subprocess.run(
            command, cwd=tmp_path, env=environ(), capture_output=True, text=True, timeout=30, check=False
        )

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"cannot listen on {place}: Address already in use\n"


def test_a_configuration_with_mistakes_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "lockgate.yaml").write_text("version: 1\nteems: {}\n")

    answer = subprocess.run(
        [*COMMAND, "serve"], cwd=tmp_path, env=environ(), capture_output=True, text=True, timeout=30, check=False
    )

    assert (answer.returncode, answer.stdout) == (1, "")
    assert "lockgate.yaml:2: teems" in answer.stderr


def environ() -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if k != "LOCKGATE_CONFIG"}, "PYTHONPATH": str(ROOT / "src")}
