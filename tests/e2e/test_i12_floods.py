"""I12: a flood from somebody without a key does not fill the log, and none of it is missing there, also when the worker ends."""

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.plant import Plant, planted
from tests.e2e.process import Line, eventually, request

MANY = 1000
ASKED = b"GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer lg-nobody\r\n\r\n"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Plant]:
    with planted(tmp_path) as plant:
        yield plant


def flood(port: int, number: int) -> int:
    """Answers with 401, over one connection."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        for _ in range(number // 50):
            line.sendall(ASKED * 50)
            while len(re.findall(rb"HTTP/1.1 401", found)) % 50 or not found.endswith(b"}"):
                found += line.recv(1 << 16)
            found += b"\n"
    return len(re.findall(rb"HTTP/1.1 401", found))


def test_I12_a_flood_without_a_key_is_a_few_records_and_a_number(own: Plant) -> None:
    gateway = own.gateway

    assert flood(gateway.port, MANY) == MANY
    gateway.process.send_signal(signal.SIGTERM)  # at once: what was counted since the last second is told at the end
    gateway.process.wait(20)

    lines = [line for line in gateway.lines() if line["code"] == "invalid_api_key"]
    told = [each["details"] for each in gateway.events("refused_unknown")]
    assert {(each["client"], each["code"]) for each in told} == {("127.0.0.1", "invalid_api_key")}
    assert len(lines) + sum(int(each["requests"]) for each in told) == MANY
    assert len(lines) < MANY / 4
    gateway.command("audit", "verify")


def test_I12_the_number_comes_within_a_second_or_so_and_the_metrics_count_all(own: Plant) -> None:
    flood(own.gateway.port, 100)

    eventually(lambda: own.gateway.events("refused_unknown"))
    metrics = request(own.gateway.admin, "GET", "/metrics").body.decode()
    assert re.search(r'lockgate_requests_total{[^}]*code="invalid_api_key"[^}]*} 100\.0', metrics)


def test_I12_what_comes_while_the_worker_ends_is_in_the_numbers_too(own: Plant) -> None:
    gateway = own.gateway
    stream = Line(gateway).begin("best@openai", (running := own.upstream.mark("mid")).text)
    own.upstream.received(running)

    gateway.process.send_signal(signal.SIGTERM)
    eventually(lambda: request(gateway.url, "GET", "/readyz").status == 503)
    late = [request(gateway.url, "GET", "/v1/models").status for _ in range(70)]
    own.upstream.open(running)
    stream.read()
    gateway.process.wait(20)

    lines = [line for line in gateway.lines() if line["code"] == "draining"]
    told = [int(each["details"]["requests"]) for each in gateway.events("refused_unknown")]
    assert late == [503] * 70
    assert (len(lines) + sum(told), bool(told)) == (70, True)
