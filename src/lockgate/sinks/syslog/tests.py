"""What holds for syslog: each line one message, framed as its transport wants it, again after a broken connection."""

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.core.sink import SinkError
from lockgate.sinks.syslog import plugin
from lockgate.sinks.syslog.channel import channel
from lockgate.sinks.syslog.sink import Syslog

LINES = b'{"seq":1,"ts":"2026-01-01T00:00:00.000Z","kind":"event"}\n{"seq":2,"ts":"2026-01-01T00:00:01.000Z"}\n'
MESSAGES = [
    b"<110>1 2026-01-01T00:00:00.000Z box lockgate w0 audit - " + LINES.splitlines()[0],
    b"<110>1 2026-01-01T00:00:01.000Z box lockgate w0 audit - " + LINES.splitlines()[1],
]


def sink(address: str) -> Syslog:
    return Syslog(channel(address), "w0", 13, "box")


def test_datagrams_of_a_unix_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as collector:
        collector.bind(str(tmp_path / "log"))
        made = sink(f"unix://{tmp_path}/log")
        made.write(LINES)

        assert [collector.recv(4096) for _ in range(2)] == MESSAGES
        made.close()


def test_datagrams_over_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind(("127.0.0.1", 0))
        made = sink(f"udp://127.0.0.1:{collector.getsockname()[1]}")
        made.write(LINES)

        assert [collector.recv(4096) for _ in range(2)] == MESSAGES
        made.close()


@pytest.fixture
def collector() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def framed(raw: bytes) -> list[bytes]:
    found = []
    while raw:
        match = re.match(rb"([1-9][0-9]*) ", raw)
        assert match
        end = match.end() + int(match[1])
        found.append(raw[match.end() : end])
        raw = raw[end:]
    return found


def test_over_tcp_with_their_lengths_and_again_after_the_collector_left(collector: socket.socket) -> None:
    made = sink(f"tcp://127.0.0.1:{collector.getsockname()[1]}")
    made.write(LINES)
    with collector.accept()[0] as first:
        assert framed(first.recv(4096)) == MESSAGES

    made.write(LINES)

    with collector.accept()[0] as second:
        second.settimeout(5)
        assert framed(second.recv(4096)) == MESSAGES
    made.close()


def test_a_collector_that_is_away_takes_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    made = sink(f"tcp://127.0.0.1:{port}")

    with pytest.raises(SinkError, match="syslog"):
        made.write(LINES)


def test_a_message_longer_than_a_socket_takes_at_once(collector: socket.socket) -> None:
    made = sink(f"tcp://127.0.0.1:{collector.getsockname()[1]}")
    line = b'{"ts":"2026-01-01T00:00:00.000Z","x":"' + b"y" * (1 << 20) + b'"}\n'
    thread = threading.Thread(target=made.write, args=(line,))
    thread.start()
    with collector.accept()[0] as one:
        thread_reads = bytearray()
        while len(thread_reads) < len(line):
            thread_reads += one.recv(1 << 16)
    thread.join()

    assert framed(bytes(thread_reads))[0].endswith(line[:-1])
    made.close()


@pytest.mark.parametrize(
    "address", ["", "log", "unix://", "udp://host", "tcp://:5", "http://a:1", "tcp://a:x", "tcp://a:1/p"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="an address like"):
        plugin(address=address).check()
