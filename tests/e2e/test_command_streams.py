"""Commands whose streams are closed, full or in another encoding, and names that are no text: one line says what is wrong."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e import warm

BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lockgate.yaml").write_text("version: 1\n")
    return tmp_path


@pytest.mark.parametrize("arguments", [("version",), ("schema",)])
def test_who_has_seen_enough_of_the_output_is_told_nothing(arguments: tuple[str, ...]) -> None:
    """`| head -1`, or a pager that ends: before our first byte, or in the middle."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*warm.COMMAND, *arguments], stdout=writing, stderr=subprocess.PIPE, env=BUFFERED, check=False
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("arguments", [("version",), ("schema",)])
def test_a_full_disk_under_the_output_is_said_in_one_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*warm.COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, env=BUFFERED, check=False
        )

    assert (done.returncode, done.stderr) == (1, b"lockgate: No space left on device\n")


@pytest.mark.parametrize("at", ["typer.main", "lockgate.app.load"])
def test_ctrl_c_while_it_is_being_loaded_says_nothing(at: str) -> None:
    code = """
import os, signal, sys
class Meanwhile:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Meanwhile())
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever began the tests behind a shell may have it ignored
from lockgate.app.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code, "check", "x.yaml", at], capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize(
    ("shell", "code", "said"),
    [
        ("secrets set a --config lockgate.yaml <&-", 1, "lockgate: an empty secret protects nothing\n"),
        (f"check {'x' * 300}", 2, "x: 1 mistake\n"),
        ("keys revoke $(printf '\\377') --config lockgate.yaml", 1, "`lockgate keys list` shows them\n"),
        ("check $(printf '\\377').yaml", 2, ".yaml: 1 mistake\n"),
    ],
)
def test_odd_streams_and_names_are_said_in_one_line(folder: Path, shell: str, code: int, said: str) -> None:
    command = f"exec {sys.executable} -m lockgate.app.cli {shell}"
    around = {**os.environ, "PYTHONPATH": str(warm.ROOT / "src"), "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=around, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert done.stderr.endswith(said)
