"""A command that was forked and not executed is the same to whoever looks at it."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e import warm
from tests.e2e.warm import COMMAND, ROOT


def test_a_forked_command_says_what_an_executed_one_says(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("version: 1\nmodells: {}\n")
    words = ["check", "a.yaml"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

    forked = warm.run(words, env, tmp_path)
    executed = subprocess.run([*COMMAND, *words], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert executed.returncode == 1
    assert (forked.returncode, forked.stdout, forked.stderr) == (1, executed.stdout, executed.stderr)


def test_it_has_a_session_of_its_own_and_ends_as_it_is_made_to() -> None:
    process = warm.start(["faulty", "--port", "0", "--control", "0"], os.environ, 2)
    with process.stdout:
        assert "listening on" in process.stdout.readline()
        assert os.getsid(process.pid) == process.pid
        assert process.poll() is None

        process.kill()

        assert process.wait(5) == -signal.SIGKILL


def test_each_of_those_that_start_at_once_gets_its_own() -> None:
    with ThreadPoolExecutor(6) as threads:
        words = ["faulty", "--port", "0", "--control", "0"]
        processes = list(threads.map(lambda _: warm.start(words, os.environ, 2), range(6)))
    try:
        for each in processes:
            assert "listening on" in each.stdout.readline()
            assert Path(f"/proc/{each.pid}/fd/1").readlink() == Path(f"pipe:[{os.fstat(each.stdout.fileno()).st_ino}]")
    finally:
        for each in processes:
            each.kill()
        for each in processes:
            each.wait(5)
            each.stdout.close()
