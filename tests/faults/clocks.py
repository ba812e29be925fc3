"""A clock of our own for one process: libfaketime, which Debian has. Only the time of day is changed, as by an administrator."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PLACES = ("/usr/lib", "/usr/local/lib", "/usr/lib64")
NAME = "libfaketimeMT.so.1"


class Clock:
    """`env` is what a process needs to go by it. What it says can be changed while that runs."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.env = {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.jump(0)

    def jump(self, seconds: int) -> None:
        """So far from the true time. A file that is half written would be another time."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.replace(self._file)


def library() -> Path:
    """Where it is. The package is installed when it is missing; skips when that is impossible."""
    if found := _found():
        return found
    if os.geteuid() or not shutil.which("apt-get"):
        pytest.skip("libfaketime is not here, and only root can install it on Debian")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (("update", "-q"), ("install", "-q", "-y", "--no-install-recommends", "libfaketime")):
        subprocess.run(["apt-get", *words], env=env, capture_output=True, check=False, timeout=300)
    if found := _found():
        return found
    pytest.skip("libfaketime is not here and cannot be installed")


def _found() -> Path | None:
    return next((path for place in PLACES for path in Path(place).rglob(NAME)), None)
