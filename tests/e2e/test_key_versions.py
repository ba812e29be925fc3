"""A provider's key changes while requests run: with both versions there, the change is no error for anybody."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.e2e.keyed import Keyed, keyed
from tests.e2e.process import Line, Running, eventually, request, running

CONFIG = """\
version: 1
server: {{drain_seconds: 5, workers: 2}}
data: ./data
providers: {{up: {{kind: {kind}, base_url: "http://127.0.0.1:{port}{path}", api_key: {{env: OLD}}, next_api_key: {{env: NEW}}}}}}
models: {{m: {{targets: [{{provider: up}}]}}}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: tester, team: all, secret: {{env: KEY}}}}]
"""
OLD, NEW = "sk-canary-old-x8RfQ2LmN4pT6vW0", "sk-canary-new-yB3dG5hJ7kM9nP1r"
ENV = {"OLD": OLD, "NEW": NEW}


@pytest.fixture
def upstream() -> Iterator[Keyed]:
    with keyed() as server:
        yield server


def serving(
    folder: Path, upstream: Keyed, kind: str = "openai_compatible", path: str = "/v1"
) -> AbstractContextManager[Running]:
    return running(folder, CONFIG.format(kind=kind, port=upstream.server_port, path=path), env=ENV)


def test_a_key_is_rotated_under_load_without_an_error(tmp_path: Path, upstream: Keyed) -> None:
    upstream.taken, stop, statuses = {OLD}, threading.Event(), list[int]()
    with serving(tmp_path, upstream) as gateway:

        def ask() -> None:
            line = Line(gateway)
            while not stop.is_set():
                statuses.append(line.ask("m", "hi").status)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for taken in ({OLD, NEW}, {NEW}, {OLD, NEW}, {OLD}):
            so_far = len(statuses)
            upstream.taken = taken
            eventually(lambda so_far=so_far: len(statuses) > so_far + 40)  # type: ignore[misc]
        stop.set()
        for thread in threads:
            thread.join()
        metrics = request(gateway.admin, "GET", "/metrics").body.decode()

        assert set(statuses) == {200}
        assert "the other version is in use now" in gateway.stderr
        assert "sk-canary" not in gateway.stderr
        assert 'lockgate_upstream_attempts_total{outcome="401",upstream="up"}' in metrics
    refused = sum(1 for before, after in zip(upstream.keys, upstream.keys[1:], strict=False) if before != after)
    assert refused < len(statuses) / 2  # what was learned is remembered


@pytest.mark.parametrize(("status", "kind", "path"), [(403, "openai_compatible", "/v1"), (400, "gemini", "")])
def test_other_ways_to_refuse_a_key(tmp_path: Path, upstream: Keyed, status: int, kind: str, path: str) -> None:
    upstream.taken, upstream.status = {NEW}, status
    with serving(tmp_path, upstream, kind, path) as gateway:
        Line(gateway).ask("m", "hi")

        assert upstream.keys == [OLD, NEW]


def test_with_both_refused_the_client_hears_nothing_of_keys(tmp_path: Path, upstream: Keyed) -> None:
    upstream.taken = set()
    with serving(tmp_path, upstream) as gateway:
        told = Line(gateway).ask("m", "hi")

        assert (told.status, told.json["error"]["code"]) == (502, "bad_upstream")
        assert [attempt["status"] for attempt in gateway.outcome(told.id)["attempts"]] == [401, 401]
        assert upstream.keys == [OLD, NEW]
        assert "refused both versions" in gateway.stderr


def test_a_400_about_something_else_is_passed_on_whole(tmp_path: Path, upstream: Keyed) -> None:
    """Its body was read, to see whether it is about the key."""
    upstream.taken, upstream.status, upstream.reason = set(), 400, "TOO_HOT"
    with serving(tmp_path, upstream) as gateway:
        told = Line(gateway).ask("m", "hi")

        assert (told.status, told.json["error"]["message"]) == (400, "no")
        assert upstream.keys == [OLD]
