"""Reloading (S75, S76, S78, K5): by the file itself, by the admin listener; all workers, all at once, or not at all."""

import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.one_model import config
from tests.e2e.process import Running, eventually, request, running
from tests.e2e.upstream import Upstream


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as one:
        yield one


@pytest.fixture
def gateway(tmp_path: Path, upstream: Upstream) -> Iterator[Running]:
    with running(tmp_path, config(upstream.port), env={"UP": "sk-" + secrets.token_hex(16)}) as one:
        yield one


def status(gateway: Running, model: str, text: str = "act=chat id=0000000000000000") -> int:
    body = {"model": model, "messages": [{"role": "user", "content": text}]}
    return request(gateway.url, "POST", "/v1/chat/completions", body, {"x-api-key": gateway.key}).status


def renamed(gateway: Running, name: str) -> None:
    text = gateway.file.read_text()
    gateway.file.write_text(text.replace("  first:", f"  {name}:").replace("  second:", f"  {name}:"))


def versions(gateway: Running) -> list[str]:
    told = json.loads(request(gateway.admin, "GET", "/api/config").body)
    return [worker["version"] for worker in told["workers"]]


def readable(gateway: Running) -> bool:
    try:
        return request(gateway.admin, "GET", "/readyz").status == 200
    except OSError:
        return False


def reload(gateway: Running) -> tuple[int, dict[str, Any]]:
    reply = request(gateway.admin, "POST", "/api/config/reload")
    return reply.status, json.loads(reply.body)


def test_a_changed_file_is_in_force_without_a_word(gateway: Running) -> None:
    (before,) = set(versions(gateway))

    renamed(gateway, "second")

    eventually(lambda: len(set(versions(gateway)) - {before}) == 1 and before not in versions(gateway))
    assert [status(gateway, "second") for _ in range(6)] == [200] * 6
    assert {status(gateway, "first") for _ in range(6)} == {404}


def test_S76_all_workers_serve_it_when_the_admin_listener_answers(gateway: Running) -> None:
    for number in range(4):
        renamed(gateway, "second" if number % 2 == 0 else "first")

        code, told = reload(gateway)

        assert code == 200
        assert {worker["version"] for worker in told["workers"]} == {told["version"]}
        wanted = "second" if number % 2 == 0 else "first"
        assert {status(gateway, wanted) for _ in range(8)} == {200}


def test_S75_a_bad_file_is_refused_with_everything_that_is_wrong(gateway: Running) -> None:
    before = set(versions(gateway))
    gateway.file.write_text(gateway.file.read_text() + "modells: 5\nlimits: [{kind: wishes, max: 1}]\n")

    code, told = reload(gateway)

    assert code == 422
    assert told["status"] == 422
    last = len(gateway.file.read_text().splitlines())
    unknown, wishes = (error.partition(": ")[2] for error in told["errors"])
    assert unknown.startswith(
        "modells: found the key 'modells', which is not known to this version of Lockgate; expected "
    )
    assert unknown.endswith("(did you mean 'models'?)")
    assert wishes.startswith("limits.0.kind: found 'wishes', which is not known to this version of Lockgate; expected ")
    places = [error.partition(": ")[0] for error in told["errors"]]
    assert places == [f"{gateway.file}:{last - 1}", f"{gateway.file}:{last}"]
    assert set(versions(gateway)) == before
    assert status(gateway, "first") == 200


def test_S75_a_bad_file_that_lies_there_is_reported_and_the_old_one_serves(gateway: Running) -> None:
    good = gateway.file.read_text()
    gateway.file.write_text(good[:-30])

    eventually(lambda: len(gateway.events("reload_refused")) >= 2)
    assert b'lockgate_reloads_total{outcome="refused"} 2.0' in request(gateway.admin, "GET", "/metrics").body
    assert status(gateway, "first") == 200

    gateway.file.write_text(good.replace("first:", "second:"))
    eventually(lambda: status(gateway, "second") == 200)


def test_K5_who_takes_a_dead_ones_place_while_a_bad_file_lies_there_serves_what_is_in_force(gateway: Running) -> None:
    """Not what was in force at the start: keys that were taken out of the file would open it again. But what is for the next
    start is for that, keys and log among it.
    """
    text = gateway.file.read_text().replace("  first:", "  second:").replace("data: ./data", "data: ./elsewhere")
    good = f"{text}prices: {{second: {{input: 5, output: 5}}}}\n"
    gateway.file.write_text(good)
    _, told = reload(gateway)
    gateway.file.write_text("version: 1\nmodells: 5\n")

    before = gateway.children
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    eventually(lambda: len(gateway.children) == 3 and not set(before) & set(gateway.children), 10)
    eventually(lambda: readable(gateway) and len(versions(gateway)) == 2, 10)
    assert set(versions(gateway)) == {told["version"]}
    assert {status(gateway, "first") for _ in range(8)} == {404}
    body = {"model": "second", "messages": [{"role": "user", "content": "act=chat id=0000000000000000"}]}
    reply = request(gateway.url, "POST", "/v1/chat/completions", body, {"x-api-key": gateway.key})
    assert reply.status == 200
    assert gateway.outcome(reply.id)["cost_usd"]
    assert not (gateway.folder / "elsewhere").exists()
    gateway.file.write_text(good)
    assert reload(gateway)[0] == 200


def test_K5_ten_megabytes_of_configuration_stop_nobody(gateway: Running) -> None:
    """A file of this size is refused for it; requests go on being answered all the while."""
    statuses: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            statuses.append(status(gateway, "first"))

    asking = threading.Thread(target=ask)
    asking.start()
    gateway.file.write_text(gateway.file.read_text() + "#" * (10 << 20) + "\n")
    code, _ = reload(gateway)
    over.set()
    asking.join()

    assert code in (200, 422)
    assert set(statuses) == {200}


def test_S77_S78_requests_under_way_keep_what_they_began_with(gateway: Running, upstream: Upstream) -> None:
    """A dozen reloads while requests come and go: every one of them is answered, and a stream that runs all the while ends well."""
    mark = upstream.mark("mid")
    ended: list[bytes] = []

    def stream() -> None:
        body = {"model": "first", "stream": True, "messages": [{"role": "user", "content": mark.text}]}
        ended.append(request(gateway.url, "POST", "/v1/chat/completions", body, {"x-api-key": gateway.key}).body)

    streaming = threading.Thread(target=stream)
    streaming.start()
    upstream.received(mark)
    statuses = []
    for number in range(12):
        renamed(gateway, "second" if number % 2 == 0 else "first")
        assert reload(gateway)[0] == 200
        statuses.append(status(gateway, "second" if number % 2 == 0 else "first"))
    upstream.open(mark)
    streaming.join(10)

    assert statuses == [200] * 12
    (whole,) = ended
    assert whole.endswith(b"data: [DONE]\n\n")
    assert mark.id.encode() in whole


def test_S22_a_page_in_a_browser_cannot_ask_for_it(gateway: Running) -> None:
    reply = request(gateway.admin, "POST", "/api/config/reload", headers={"origin": "https://elsewhere.example"})

    assert reply.status == 401


def test_who_may_not_write_may_read(gateway: Running) -> None:
    assert request(gateway.admin, "GET", "/api/config/reload").status == 405
    assert request(gateway.admin, "POST", "/api/config").status == 405


def test_watching_can_be_left(tmp_path: Path, upstream: Upstream) -> None:
    text = config(upstream.port).replace("workers: 2", "workers: 1, watch: false")
    with running(tmp_path, text, env={"UP": "sk-" + secrets.token_hex(16)}) as one:
        renamed(one, "second")
        end = time.monotonic() + 1.6  # three looks of a watch that is not there

        eventually(partial(lambda: time.monotonic() > end))

        assert status(one, "first") == 200
        assert reload(one)[0] == 200
        assert status(one, "second") == 200
