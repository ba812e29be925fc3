"""The command `demo`: whatever it promises a newcomer comes out so, and it leaves nothing behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.warm import ROOT


def test_every_promise_of_the_demo_is_kept(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(tmp_path), "COLUMNS": "160", "NO_COLOR": "1"}

    told = subprocess.run(
        [sys.executable, "-m", "lockgate.app.cli", "demo"], env=env, capture_output=True, text=True, check=False
    )

    assert "✗" not in told.stdout
    assert told.returncode == 0, told.stdout + told.stderr
    (kept,) = re.findall(r"(\d+) of (\d+) promises kept", told.stdout)
    assert kept[0] == kept[1]
    assert int(kept[0]) > 20
    assert not list(tmp_path.iterdir())
