"""C6 through the whole gateway: fifty at once over two workers, and one call."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lockgate.core.repeat import LEASE
from tests.e2e.process import eventually
from tests.faults.rig import Rig, rig

MORE = "---\n  m: {targets: [{provider: well-openai, model: faulty-slow-200}]}\nserver: {workers: 2}\nidempotency: {}\n"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("c6")
    with rig(folder, {}, more=MORE) as running:
        yield running


def test_C6_fifty_at_once_over_two_workers_are_one_call(two: Rig) -> None:
    headers = {"idempotency-key": "c6-parallel", "x-request-id": "same-for-all"}
    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(lambda _: two.same("m", headers), range(50)))

    assert {each.status for each in told} == {200}
    assert len({each.body for each in told}) == 1
    assert len(two.upstream.ended("same-for-all")) == 1
    assert sum(each.headers.get("idempotent-replayed") == "true" for each in told) == 49
    writers = {line["writer"] for line in two.gateway.lines() if line["kind"] == "outcome"}
    assert len(writers) == 2


def test_C6_a_client_that_leaves_costs_the_next_one_nothing(two: Rig) -> None:
    """It was its turn, and it got no answer: whoever asks with its key goes on at once, in whichever worker."""
    two.upstream.play("u3-hang", "faulty-slow-200", 1)
    headers = {"idempotency-key": "c6-left"}
    host, _, port = two.gateway.url.removeprefix("http://").partition(":")
    body = b'{"model": "m", "messages": [{"role": "user", "content": "nonce=same"}]}'
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {two.gateway.key}\r\n"
    head += f"idempotency-key: c6-left\r\nx-request-id: c6-left\r\ncontent-length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port))) as leaving:
        leaving.sendall(head.encode() + body)
        eventually(lambda: two.upstream.seen("c6-left"))
    began = time.monotonic()

    told = [two.same("m", headers) for _ in range(4)]

    assert [each.status for each in told] == [200] * 4
    assert len({each.body for each in told}) == 1
    assert time.monotonic() - began < LEASE / 3


def test_C6_another_body_is_another_request(two: Rig) -> None:
    headers = {"idempotency-key": "c6-other"}
    first = two.ask("m", headers=headers)
    second = two.ask("m", headers=headers)

    assert (first.status, second.status) == (200, 422)
    assert json.loads(second.body)["error"]["code"] == "idempotency_key_reused"


def test_C6_what_is_kept_cannot_be_read(two: Rig) -> None:
    told = two.ask("m", headers={"idempotency-key": "c6-sealed"})

    nonce = told.id.removeprefix("n-").encode()
    assert nonce in told.body
    assert nonce not in (two.gateway.data / "repeats" / "data.mdb").read_bytes()
