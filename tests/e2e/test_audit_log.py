"""The audit log of a running gateway: no upstream is called before its intent is written, all of it is verified and signed."""

import secrets
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e import warm
from tests.e2e.looking import Looking, config, looking
from tests.e2e.process import Running, Told, eventually, request, running


def ask(gateway: Running, request_id: str = "", *, stream: bool = False) -> Told:
    request_id = request_id or secrets.token_hex(8)
    body = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": request_id}]}
    headers = {"x-request-id": request_id, "x-api-key": gateway.key}
    return request(gateway.url, "POST", "/v1/chat/completions", body, headers)


def verify(gateway: Running, *options: str) -> tuple[int, str]:
    done = warm.run(["audit", "verify", "--config", str(gateway.file), *options], gateway.env)
    return done.returncode, done.stdout + done.stderr


def stopped(gateway: Running) -> None:
    gateway.process.send_signal(signal.SIGTERM)
    assert gateway.process.wait(15) == 0


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Looking]:
    with looking(lambda: tmp_path / "data" / "audit") as upstream:
        yield upstream


def test_I2_every_request_that_an_upstream_sees_has_its_intent_on_the_disk(tmp_path: Path, upstream: Looking) -> None:
    with running(tmp_path, config(upstream.port, workers=2)) as gateway:
        with ThreadPoolExecutor(16) as pool:
            told = list(pool.map(lambda number: ask(gateway, stream=number % 2 == 0), range(200)))

        assert {one.status for one in told} == {200}
        # An answer is whole when its outcome is written: nothing to wait for.
        written = {line["request_id"] for line in gateway.lines() if line["kind"] == "outcome"}
        assert {one.id for one in told} <= written
    assert (len(upstream.seen), upstream.early) == (200, [])


def test_I6_after_a_stop_all_of_it_is_verified_and_signed(tmp_path: Path, upstream: Looking) -> None:
    with running(tmp_path, config(upstream.port)) as gateway:
        for _ in range(5):
            ask(gateway)
        stopped(gateway)

        code, said = verify(gateway)

        assert (code, said.startswith("good: 12 records of 1 writers")) == (0, True)
        assert "12 of them are in the signed tree" in said
        assert [event["event"] for event in gateway.events()] == ["start", "stop"]
        (segment,) = (gateway.data / "audit").glob("*.jsonl")
        rows = segment.read_bytes().splitlines(keepends=True)
        segment.write_bytes(b"".join(rows[:-1]))
        assert verify(gateway)[0] == 1


def test_verify_is_right_also_while_the_gateway_writes(tmp_path: Path, upstream: Looking) -> None:
    with running(tmp_path, config(upstream.port, "{checkpoint: 100ms}")) as gateway, ThreadPoolExecutor(4) as pool:
        busy = [pool.submit(ask, gateway) for _ in range(150)]
        codes = [verify(gateway) for _ in range(3)]

        assert [code for code, _ in codes] == [0, 0, 0], codes
        assert {each.result().status for each in busy} == {200}


def test_a_witness_gets_the_checkpoints_and_finds_a_cut_end(tmp_path: Path, upstream: Looking) -> None:
    with running(tmp_path, config(upstream.port, "{witness: {file: kept}}")) as gateway:
        ask(gateway)
        stopped(gateway)
        kept = tmp_path / "kept"
        assert verify(gateway, "--witness", str(kept))[0] == 0
        for path in (gateway.data / "audit").glob("*"):
            path.unlink()
    with running(tmp_path, config(upstream.port)) as gateway:
        stopped(gateway)

        assert verify(gateway)[0] == 0
        assert verify(gateway, "--witness", str(kept))[0] == 1


def test_reloads_good_and_bad_are_in_the_log(tmp_path: Path, upstream: Looking) -> None:
    with running(tmp_path, config(upstream.port)) as gateway:
        gateway.process.send_signal(signal.SIGHUP)
        eventually(lambda: gateway.events("reload"))
        gateway.file.write_text("version: 2\n")
        gateway.process.send_signal(signal.SIGHUP)

        assert eventually(lambda: gateway.events("reload_refused"))


def test_D3_a_log_that_is_deleted_while_it_is_written_goes_on(tmp_path: Path, upstream: Looking) -> None:
    with running(tmp_path, config(upstream.port)) as gateway:
        ask(gateway)
        (gateway.data / "audit" / "w0-00000001.jsonl").unlink()

        told = ask(gateway)

        assert told.status == 200
        assert {line["kind"] for line in gateway.lines(told.id)} == {"intent", "outcome"}
        assert eventually(lambda: gateway.events("segment_missing"))
        code, said = verify(gateway)
        assert (code, "a line is missing" in said or "follows" in said) == (1, True)
