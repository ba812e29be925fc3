"""Commands as secrets: what they print, for how long, and what is never repeated."""

import os
import signal
import sys
from pathlib import Path

import pytest

import lockgate.secrets.exec as source
from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.exec import plugin


def around(folder: Path) -> Surroundings:
    return Surroundings({"PATH": "/usr/bin:/bin", "WORD": "s3cret"}, folder, str, str)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_what_it_prints_is_the_secret(tmp_path: Path) -> None:
    code = "import os; print(os.environ['WORD'] + os.getcwd())"

    assert plugin.open(python(code), around(tmp_path)) == f"s3cret{tmp_path}"


def test_no_shell_reads_the_words(tmp_path: Path) -> None:
    assert plugin.open(("echo", "$WORD;`id`"), around(tmp_path)) == "$WORD;`id`"


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (("/no/such/command",), "cannot be run"),
        (python("print('canary'); raise SystemExit(3)"), "ended with 3"),
        (python("import sys; sys.stderr.write('canary'); print()"), "printed nothing"),
        (python("print('canary' * 100_000)"), "more than 65536 bytes"),
        (python("import sys; sys.stdout.buffer.write(b'\\xff')"), "text"),
    ],
)
def test_s04_what_is_no_secret_and_is_not_repeated(tmp_path: Path, command: tuple[str, ...], found: str) -> None:
    with pytest.raises(NoSecret) as caught:
        plugin.open(command, around(tmp_path))

    assert found in caught.value.found
    assert "canary" not in caught.value.found


@pytest.mark.parametrize("first", ["echo s3cret", "sleep 60"])
def test_one_whose_child_goes_its_own_way_and_holds_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """A daemon in a session of its own: nobody waits for it, and what was printed before counts."""
    monkeypatch.setattr(source, "SECONDS", 0.3)
    command = ("sh", "-c", f"setsid sh -c 'echo $$ > pid; exec sleep 600' & {first}")

    try:
        if first == "echo s3cret":
            assert plugin.open(command, around(tmp_path)) == "s3cret"
        else:
            with pytest.raises(NoSecret, match="took longer"):
                plugin.open(command, around(tmp_path))
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_one_that_does_not_end_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "SECONDS", 0.2)

    with pytest.raises(NoSecret) as caught:
        plugin.open(("sh", "-c", "sleep 60 & sleep 60"), around(tmp_path))

    assert "took longer" in caught.value.found
