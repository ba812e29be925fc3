"""U5: the kernel ends an upstream's connection in the middle of a stream, as an administrator's `ss -K` does."""

import os
import shutil
import socket
import subprocess

import pytest

from tests.e2e.plant import Plant
from tests.e2e.process import Line, rest


def destroy(port: int) -> None:
    """Every connection of this port, from its side: whoever is at the other end gets an RST."""
    subprocess.run(["ss", "-K", "-t", "src", "127.0.0.1", "sport", "=", f":{port}"], capture_output=True, check=True)


def can_destroy() -> bool:
    """Where the kernel was built without it, or does not allow it, it does nothing and says nothing."""
    if os.geteuid() or not shutil.which("ss"):
        return False
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address) as one, listener.accept()[0]:
            destroy(address[1])
            one.settimeout(0.2)
            try:
                one.recv(1)
            except ConnectionResetError:
                return True
            except TimeoutError:
                return False
    return False


def test_U5_a_connection_that_the_kernel_destroys_in_the_middle_is_told_and_never_hidden(plant: Plant) -> None:
    if not can_destroy():
        pytest.skip("`ss -K` needs root and a kernel with INET_DIAG_DESTROY")
    stream = Line(plant.gateway).begin("fall@openai@anthropic", (mark := plant.upstream.mark("mid")).text)
    first = stream.read1()
    plant.upstream.received(mark)

    destroy(plant.upstream.port)
    told = first + rest(stream)

    outcome = plant.gateway.outcome(stream.headers["x-request-id"])
    assert (outcome["code"], outcome["end"]) == ("upstream_reset", "upstream_error")
    assert b'"error"' in told
    assert b"[DONE]" not in told
    assert plant.upstream.calls(mark) == 1  # nobody else is asked once something was sent
