"""A name server of our own on a loopback address, and the way to make one process use it."""

import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ADDRESS = f"127.53.{os.getpid() % 200 + 1}.{os.getpid() // 200 % 250 + 1}"
SERVFAIL, NXDOMAIN = 2, 3


class NameServer:
    """Answers A questions from `names`: an address, a number for an error, None for no answer; everything else has none."""

    def __init__(self) -> None:
        self.names: dict[str, str | int | None] = {}
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def bind(self) -> None:
        self._socket.bind((ADDRESS, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                question, sender = self._socket.recvfrom(4096)
                if (answer := self._answer(question)) is not None:
                    self._socket.sendto(answer, sender)

    def _answer(self, question: bytes) -> bytes | None:
        """RFC 1035, 4.1: the question back, and one record that points at its name."""
        name, at = _name(question)
        kind = struct.unpack_from(">H", question, at)[0]
        self.asked.append(name)
        said = self.names.get(name, NXDOMAIN)
        if said is None:
            return None
        code, records = (said, b"") if isinstance(said, int) else (0, b"")
        if isinstance(said, str) and kind == 1:
            records = struct.pack(">HHHIH", 0xC00C, 1, 1, 1, 4) + socket.inet_aton(said)
        counts = struct.pack(">HHHH", 1, bool(records), 0, 0)
        return question[:2] + struct.pack(">H", 0x8180 | code) + counts + question[12 : at + 4] + records


def _name(question: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while size := question[at]:
        labels.append(question[at + 1 : at + 1 + size].decode("ascii", "replace").lower())
        at += size + 1
    return ".".join(labels), at + 1


@contextmanager
def name_server(folder: Path) -> Iterator[tuple[NameServer, list[str]]]:
    """The server, and a command that becomes another one which asks only it. Skips where that is not allowed."""
    (folder / "resolv.conf").write_text(f"nameserver {ADDRESS}\noptions timeout:1 attempts:1\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n")
    mounts = f"mount --bind {folder}/resolv.conf /etc/resolv.conf && mount --bind {folder}/hosts /etc/hosts"
    within = ["unshare", "-m", "sh", "-c", f'{mounts} && exec "$@"', "sh"]
    server = NameServer()
    try:
        if os.geteuid() or not shutil.which("unshare"):
            pytest.skip("a name server of our own needs root")
        if subprocess.run([*within, "true"], capture_output=True, check=False).returncode:
            pytest.skip("a name server of our own needs mount namespaces")
        try:
            server.bind()
        except OSError as error:
            pytest.skip(f"a name server of our own needs port 53: {error}")
        yield server, within
    finally:
        server.close()
