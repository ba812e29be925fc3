"""Several sinks at once: each gets every line, and as many have to take it as are required."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.looking import Looking, config, looking
from tests.e2e.process import eventually, running
from tests.e2e.test_audit_log import ask, stopped
from tests.threaded import serving


class Collector(ThreadingHTTPServer):
    """Takes lines while `takes`, with the credential it expects."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.takes = True
        self.lines: list[dict[str, object]] = []


class Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        good = self.server.takes and self.headers["authorization"] == "Bearer collector-token-of-the-test"
        if good:
            self.server.lines += [json.loads(line) for line in body.splitlines()]
        self.send_response(204 if good else 503)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with serving(Collector()) as server:
        yield server


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Looking]:
    with looking(lambda: tmp_path / "data" / "audit") as upstream:
        yield upstream


def audit(collector: Collector, required: int) -> str:
    hook = f'{{kind: webhook, url: "http://127.0.0.1:{collector.server_address[1]}/in", token: {{env: TOKEN}}}}'
    return f"{{sinks: [{{kind: file}}, {hook}], required: {required}, patience: 2s}}"


TOKEN = {"TOKEN": "collector-token-of-the-test"}


def test_with_two_required_both_have_the_intent_before_the_upstream_is_called(
    tmp_path: Path, upstream: Looking, collector: Collector
) -> None:
    with running(tmp_path, config(upstream.port, audit(collector, 2)), env=TOKEN) as gateway:
        told = ask(gateway)
        kinds = [line["kind"] for line in collector.lines if line["request_id"] == told.id]
        assert (told.status, kinds) == (200, ["intent", "outcome"])

        collector.takes = False
        assert ask(gateway).status == 503
        assert len(upstream.seen) == 1

        collector.takes = True
        eventually(lambda: ask(gateway).status == 200)
        stopped(gateway)
    numbers = [line["seq"] for line in collector.lines]
    assert numbers == list(range(1, len(numbers) + 1))


def test_with_one_required_a_sink_that_is_away_costs_nothing_and_gets_everything_later(
    tmp_path: Path, upstream: Looking, collector: Collector
) -> None:
    collector.takes = False
    with running(tmp_path, config(upstream.port, audit(collector, 1)), env=TOKEN) as gateway:
        assert [ask(gateway).status for _ in range(5)] == [200] * 5
        assert collector.lines == []

        collector.takes = True
        eventually(lambda: len(collector.lines) == 11)
