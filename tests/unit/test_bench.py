"""The bench measures what it says, and leaves nothing behind. No timing is asserted."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bench import __main__ as command
from bench import bodies, extent, gateway, measures, phases, pipeline, process, stream_load, stream_upstream, table, wrk
from bench.table import Row


@pytest.mark.parametrize("size", [1100, 28_000])
def test_bodies_have_the_size_they_claim(size):
    assert abs(len(bodies.chat("some-model", size)) - size) <= 16


def test_events_carry_one_mark_each_and_are_of_a_size():
    for begin, event, end in (bodies.openai_events(), bodies.anthropic_events()):
        mark = bodies.MARK.encode()
        assert (begin.count(mark), event.count(mark), end.count(mark)) == (0, 1, 0)
        assert 160 < len(event) < 220


async def _streamed(asked_events: int, sent_events: int, model: str) -> dict[str, object]:
    server = await stream_upstream.serve(0, sent_events)
    port = server.sockets[0].getsockname()[1]
    load = stream_load.Load(stream_load.request(model, "key"), 7, asked_events)
    result = await load.run(port, 5)
    server.close()
    return result


async def test_streams_are_counted():
    result = await _streamed(30, 30, "stream-1")

    assert (result["failed"], result["events"], result["wrong"]) == (0, 210, "")


async def test_a_lost_event_fails_its_stream():
    result = await _streamed(30, 29, "stream-1")

    assert result["failed"] == 7
    assert "29 events" in str(result["wrong"])


async def test_an_error_is_not_waited_for():
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    load = stream_load.Load(stream_load.request("stream-1", "key"), 3, 5)

    result = await asyncio.wait_for(load.run(server.sockets[0].getsockname()[1], 60), 10)
    server.close()

    assert result["failed"] == 3
    assert "502" in str(result["wrong"])


def test_wrk_is_read():
    result = wrk.read('x\nRESULT {"requests":500,"us":2000000,"p50":1500,"p99":9000,"failed":1,"refused":2}\n')

    assert result == wrk.Result(250.0, 1.5, 9.0, 3)
    with pytest.raises(process.Failed):
        wrk.read("unable to connect")


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("a", "µs", gateway=5, most=5), True),
        (Row("a", "µs", gateway=5.1, most=5), False),
        (Row("a", "/s", nginx=100, gateway=13, least=10, least_ratio=0.13), True),
        (Row("a", "/s", nginx=100, gateway=12, least=10, least_ratio=0.13), False),
        (Row("a", "/s", nginx=100, least=10), None),
        (Row("a", "/s", gateway=1), None),
    ],
)
def test_aims(row, met):
    assert row.met is met
    assert ("missed" in table.cells(row)[-1]) is (met is False)


def test_tables_hold_every_row():
    rows = [Row("one", "µs", 1, 20_000.4, most=3, note="a|b"), Row("two", "", note="not there")]

    assert "20,000" in table.text(rows)
    assert len(table.markdown(rows).splitlines()) == 4
    assert all(line.count(" | ") == 5 for line in table.markdown(rows).splitlines())


def test_the_gateway_is_configured_as_an_operator_would(tmp_path):
    made = yaml.safe_load(gateway.configuration(gateway.Ports(1000, 2000), tmp_path))

    assert made["providers"]["openai"]["base_url"] == "http://127.0.0.1:1000/v1"
    assert made["providers"]["claude_streams"]["base_url"] == "http://127.0.0.1:2000"
    assert set(made["teams"]["bench"]["models"]) == set(made["models"])
    assert {target["provider"] for model in made["models"].values() for target in model["targets"]} == set(
        made["providers"]
    )


_STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal,time;signal.signal(15,signal.SIG_IGN);time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def test_what_was_started_is_ended_even_if_it_will_not(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "PATIENCE", 0.2)
    with process.running(
        [sys.executable, "-c", _STUBBORN], process.LOAD_CORE, log=tmp_path / "log", stdout=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        child = int(started.stdout.readline())
        family = process.tree(started.pid)
        cores = os.sched_getaffinity(child)

    assert family == [started.pid, child]
    assert cores == {process.LOAD_CORE}
    assert not any(Path(f"/proc/{pid}").exists() and process.exists(pid) for pid in family)


def test_a_process_that_does_not_come_up_says_why(tmp_path):
    log = tmp_path / "log"
    with (
        process.running(
            [sys.executable, "-c", "raise SystemExit('no such file')"], process.LOAD_CORE, log=log
        ) as started,
        pytest.raises(process.Failed, match="ended with 1: no such file"),
    ):
        process.await_answer(started, process.free_port(), log)


def test_own_memory_and_processor_time_are_seen():
    assert process.memory(os.getpid()).rss > process.memory(os.getpid()).pss > 1000
    assert process.cpu(os.getpid()) > 0


_FORKED = """
import os, signal, socket
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
if os.fork():
    print(server.getsockname()[1], flush=True)
    os.wait()
signal.alarm(10)
connection, _ = server.accept()
connection.recv(1000)
print(os.getpid(), flush=True)
connection.send(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
connection.recv(1000)
"""


def test_the_worker_is_the_one_that_answers(tmp_path):
    log = tmp_path / "log"
    command = [sys.executable, "-c", _FORKED]
    with process.running(command, process.LOAD_CORE, log=log, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        port = int(started.stdout.readline())
        found = process.worker(started.pid, port)
        answering = int(started.stdout.readline())

    assert found == answering != started.pid


@pytest.mark.parametrize("model", ["same", "translated"])
def test_the_pipeline_in_memory_is_the_real_one(model):
    gateway = pipeline.gateway()

    whole = pipeline.finished(pipeline.answered(gateway, pipeline.request(model, 1100)))
    streamed = pipeline.finished(pipeline.answered(gateway, pipeline.request(model, 1100, stream=True)))

    assert b'"object": "chat.completion"' in whole or b'"object":"chat.completion"' in whole
    assert streamed.count(bodies.MARK.encode()) == pipeline.EVENTS
    assert streamed.endswith(b"data: [DONE]\n\n")


def test_phases_that_are_not_there_are_named():
    def absent() -> phases.Step:
        raise ModuleNotFoundError(name="lockgate.nothing")

    row = phases._row(phases.Phase("x", absent), 0.01)

    assert (row.gateway, row.note) == (None, "not there yet: lockgate.nothing")
    assert phases.best(lambda: sum(range(1000)), 0.02) > 1


def test_without_wrk_and_nginx_it_says_what_is_missing(monkeypatch, tmp_path):
    said: list[str] = []
    monkeypatch.setattr("bench.nginx.found", lambda: None)
    monkeypatch.setattr("bench.wrk.found", lambda: None)
    bench = measures.Bench(tmp_path, extent.QUICK, said.append, "none", gateway.Ports(0, 0))
    monkeypatch.setattr(command, "_say", said.append)

    made = command._with_nginx(bench, None)

    assert "nginx and wrk" in said[0]
    assert [row.note for row in [*measures.requests(made), *measures.latency(made)]] == ["needs wrk and nginx"] * 2
