"""Has the list written by a process of its own, which takes the memory that the package needs with it when it ends."""

import os
import subprocess
import sys
from pathlib import Path

from lockgate.core.price_list import PriceListError
from lockgate.prices.genai.listing import place, read

SECONDS = 60.0


def prepare(folder: Path) -> None:
    """Does nothing when the file is there and can be read; otherwise it is made anew."""
    try:
        read(folder)
    except PriceListError:
        _write(folder)


def _write(folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "lockgate.prices.genai.export"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603  our own
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PriceListError(f"the price list cannot be made: {error}") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PriceListError(f"the price list cannot be made: {last}")
    path = place(folder)
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_bytes(done.stdout)
        fresh.replace(path)
    except OSError as error:
        raise PriceListError(f"{path} cannot be written: {error}") from error
    read(folder)
