"""`version --verify` tells released files from changed, missing and added ones."""

import base64
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.app import installed
from lockgate.app.installed import inspect


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder as an installer leaves it: a package and its record."""
    package = tmp_path / "lockgate"
    package.mkdir()
    info = tmp_path / "lockgate-9.9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lockgate\nVersion: 9.9.9\n")
    rows = []
    for name in ("__init__.py", "edge.py"):
        (package / name).write_text(f"# {name}\n")
        digest = base64.urlsafe_b64encode(hashlib.sha256((package / name).read_bytes()).digest()).rstrip(b"=").decode()
        rows.append(f"lockgate/{name},sha256={digest},9")
    (info / "RECORD").write_text("\n".join([*rows, "lockgate-9.9.9.dist-info/RECORD,,"]))
    sys.path.insert(0, str(tmp_path))
    yield package
    sys.path.remove(str(tmp_path))


def verdicts(package: Path) -> dict[str, str]:
    return {file.path: file.verdict for file in inspect(package).files}


def test_released_files_are_good(site: Path) -> None:
    (site / "__pycache__").mkdir()
    (site / "__pycache__" / "edge.pyc").write_bytes(b"compiled")

    report = inspect(site)

    assert report.good
    assert [file.verdict for file in report.files] == ["same", "same"]
    assert report.files[0].sha256 == hashlib.sha256(b"# __init__.py\n").hexdigest()


def test_a_record_that_makes_no_sense_makes_nothing_good(site: Path) -> None:
    record = site.parent / "lockgate-9.9.9.dist-info" / "RECORD"
    record.write_text("\n" + record.read_text().replace("sha256=", "sha256=!a", 1) + "\nlockgate/other.py\n,,\n")

    assert not inspect(site).good
    assert set(verdicts(site).values()) == {"same", "changed"}


def test_s01_a_changed_a_missing_and_an_added_file_are_named(site: Path) -> None:
    (site / "edge.py").write_text("import os\n")
    (site / "__init__.py").unlink()
    (site / "extra.pth").write_text("")

    assert not inspect(site).good
    assert verdicts(site) == {
        "lockgate/edge.py": "changed",
        "lockgate/__init__.py": "missing",
        "lockgate/extra.pth": "extra",
    }


def test_a_source_tree_has_nothing_to_be_held_against() -> None:
    report = inspect(Path(installed.__file__).parents[1])

    assert not report.good
    assert "source tree" in report.summary
    assert any(file.path == "lockgate/app/installed.py" and len(file.sha256) == 64 for file in report.files)
