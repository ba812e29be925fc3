"""What is released: the same bytes whoever builds it, nothing that is not in the repository, nothing that runs by itself."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def built(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_S01_a_wheel_is_the_same_twice_and_holds_the_repository_alone(tmp_path: Path) -> None:
    known = subprocess.run(
        ["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not known:
        pytest.skip("this is no git repository")

    wheels = [built(tmp_path / name) for name in ("one", "two")]

    assert len({hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}) == 1
    names = {name for name in zipfile.ZipFile(wheels[0]).namelist() if ".dist-info/" not in name}
    assert names <= {name.removeprefix("src/") for name in known}
    assert "lockgate/pipeline/serve.py" in names
    assert not [name for name in names if name.endswith((".pth", "/tests.py")) or "/cases." in name]
