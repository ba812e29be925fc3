"""S72: a client leaves in each phase, in each way: the upstream sees it within 250 ms, and there is exactly one outcome line."""

import itertools
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.plant import Plant
from tests.e2e.process import eventually, request
from tests.e2e.upstream import Mark

SOON = 0.25
WAYS = {
    "verbatim": ("best@openai", True),
    "translated": ("best@anthropic", True),
    "whole": ("best@openai", False),
    "whole, translated": ("best@gemini", False),
}
MODELS = WAYS | {"next": ("fall@openai@gemini", True)}


def fin(client: socket.socket) -> None:
    client.close()


def rst(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def half(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)


Leave = Callable[[socket.socket], None]
leaving = pytest.mark.parametrize("leave", [fin, rst, half])


@pytest.fixture(scope="module")
def left(plant: Plant) -> Iterator[list[str]]:
    """The ids of all requests of this file; in the end each still has exactly one outcome."""
    ids: list[str] = []
    yield ids
    outcomes = [line["request_id"] for line in plant.gateway.lines() if line["kind"] == "outcome"]
    assert {each: outcomes.count(each) for each in ids} == dict.fromkeys(ids, 1)


@pytest.fixture
def client(plant: Plant) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", plant.gateway.port), timeout=5) as one:
        yield one


def asking(plant: Plant, way: str, mark: Mark) -> bytes:
    model, stream = MODELS[way]
    body = json.dumps({"model": model, "stream": stream, "messages": [{"role": "user", "content": mark.text}]}).encode()
    lines = ("POST /v1/chat/completions HTTP/1.1", "host: gw", f"x-api-key: {plant.gateway.key}")
    lines = (*lines, f"x-request-id: {mark.id}", f"content-length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@leaving
@pytest.mark.parametrize(("way", "phase"), list(itertools.product(WAYS, ("head", "first", "mid", "last"))))
def test_S72_the_upstream_is_closed_at_once(
    plant: Plant, client: socket.socket, left: list[str], *, way: str, phase: str, leave: Leave
) -> None:
    mark = plant.upstream.mark(phase)
    client.sendall(asking(plant, way, mark))
    (got,) = plant.upstream.received(mark)
    assert got.answered.wait(5)
    if phase in ("mid", "last") and WAYS[way][1]:
        heard = b""
        while b"answer " not in heard:
            heard += client.recv(65536)

    gone = time.monotonic()
    leave(client)

    assert got.closed.wait(5)
    assert got.closed_at - gone < SOON
    outcome = plant.gateway.outcome(mark.id)
    assert (outcome["end"], outcome["admitted"], len(outcome["attempts"])) == ("client_gone", True, 1)
    assert [line["kind"] for line in plant.gateway.lines(mark.id)] == ["intent", "outcome"]
    left.append(mark.id)


@leaving
def test_S72_in_the_middle_of_its_own_body(plant: Plant, client: socket.socket, left: list[str], leave: Leave) -> None:
    mark = plant.upstream.mark("chat")
    client.sendall(asking(plant, "verbatim", mark)[:-9])

    leave(client)

    assert plant.gateway.outcome(mark.id)["end"] == "client_gone"
    assert plant.upstream.calls(mark) == 0
    left.append(mark.id)


@leaving
def test_S72_I9_in_the_middle_of_its_own_head(plant: Plant, client: socket.socket, leave: Leave) -> None:
    mark = plant.upstream.mark("chat")
    client.sendall(asking(plant, "verbatim", mark)[:60])

    leave(client)

    assert request(plant.gateway.url, "GET", "/livez").status == 200
    assert plant.upstream.calls(mark) == 0
    assert plant.gateway.lines(mark.id) == []


@leaving
def test_S72_while_the_next_upstream_is_asked(
    plant: Plant, client: socket.socket, left: list[str], leave: Leave
) -> None:
    mark = plant.upstream.mark(".openai=503", "head")
    client.sendall(asking(plant, "next", mark))
    _, second = plant.upstream.received(mark, 2)
    assert second.answered.wait(5)

    gone = time.monotonic()
    leave(client)

    assert second.closed.wait(5)
    assert second.closed_at - gone < SOON
    outcome = plant.gateway.outcome(mark.id)
    assert outcome["end"] == "client_gone"
    assert [(a["upstream"], a["status"], a["error"]) for a in outcome["attempts"]] == [
        ("openai", 503, ""),
        ("gemini", 0, "cancelled"),
    ]
    left.append(mark.id)


def test_everything_that_was_open_is_closed(plant: Plant) -> None:
    def open_now() -> bool:
        text = request(plant.gateway.admin, "GET", "/metrics").body.decode()
        return "lockgate_requests_open 0.0" in text and "lockgate_streams_open 0.0" in text

    eventually(open_now)
