"""What holds for lines on stdout: all of them, whole, in order, also when nobody reads for a while."""

import os
import threading

import pytest

from lockgate.core.sink import SinkError
from lockgate.sinks.stdout import PIECE, Stdout


def test_lines_arrive_as_they_are() -> None:
    read, write = os.pipe()
    Stdout(write).write(b"one\ntwo\n")

    assert os.read(read, 100) == b"one\ntwo\n"
    os.close(read)
    os.close(write)


def test_more_than_a_pipe_holds_waits_for_the_reader() -> None:
    read, write = os.pipe()
    lines = b"".join(b"%07d" % n + b"x" * 500 + b"\n" for n in range(1000))
    got: list[bytes] = []

    def reader() -> None:
        while part := os.read(read, 65536):
            got.append(part)

    thread = threading.Thread(target=reader)
    thread.start()
    Stdout(write).write(lines)
    os.close(write)
    thread.join()

    assert b"".join(got) == lines
    os.close(read)


def test_what_left_in_part_goes_on_where_it_stopped() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    lines = (b"y" * 1000 + b"\n") * 200
    sink = Stdout(write, patience=0.01)
    got = b""
    for _ in range(20):
        try:
            sink.write(lines)
            break
        except SinkError:
            got += os.read(read, 1 << 20)
    got += os.read(read, 1 << 20)

    assert got == lines
    os.close(read)
    os.close(write)


def test_a_closed_pipe_is_an_error() -> None:
    read, write = os.pipe()
    os.close(read)

    with pytest.raises(SinkError, match="stdout"):
        Stdout(write).write(b"x\n")
    os.close(write)


def test_pieces_are_whole_lines() -> None:
    sink = Stdout(1)
    sink._sent = 0

    assert sink._end(b"a\n" * PIECE) == PIECE
    assert sink._end(b"z" * PIECE * 2 + b"\nq\n") == PIECE * 2 + 1
