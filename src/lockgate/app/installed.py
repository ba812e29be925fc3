"""The installed files against the record that came with them in the wheel."""

import csv
import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

NAME = "lockgate"


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """`verdict`: same, changed, missing, or extra (not in the record). `sha256` is empty for a missing file."""

    path: str
    sha256: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Report:
    files: tuple[InstalledFile, ...]
    good: bool
    summary: str


def inspect(package: Path | None = None) -> Report:
    """Hashes every file of the package. Good only when there is a record to hold it against, and nothing differs."""
    package = package or Path(__file__).parents[1]
    recorded = dict(_recorded(package))
    if not recorded:
        files = tuple(
            InstalledFile(str(path.relative_to(package.parent)), _sha256(path), "unknown") for path in _sources(package)
        )
        return Report(
            files, good=False, summary="this runs from a source tree: there is no record to verify it against"
        )
    files = tuple(sorted(_compared(package, recorded), key=lambda file: file.path))
    different = sum(file.verdict != "same" for file in files)
    words = (
        f"{len(files)} files, all as in the record"
        if not different
        else f"{different} of {len(files)} files differ from the record"
    )
    return Report(files, good=not different, summary=words)


def _compared(package: Path, recorded: dict[Path, str]) -> Iterator[InstalledFile]:
    root = package.parent
    for path, expected in recorded.items():
        found = _sha256(path) if path.is_file() else ""
        verdict = "missing" if not found else "same" if found == expected else "changed"
        yield InstalledFile(str(path.relative_to(root)), found, verdict)
    for path in _sources(package):
        if path not in recorded:
            yield InstalledFile(str(path.relative_to(root)), _sha256(path), "extra")


def _recorded(package: Path) -> Iterator[tuple[Path, str]]:
    """The package's files in the record, with their hashes in hexadecimal. None for an editable install.

    Read from RECORD itself (packaging.python.org, recording installed projects): what the standard library makes of it
    leaves out files that are not there since Python 3.12.
    """
    try:
        installed = metadata.distribution(NAME)
    except metadata.PackageNotFoundError:
        return
    for row in csv.reader((installed.read_text("RECORD") or "").splitlines()):
        name, (kind, _, value) = "".join(row[:1]), "".join(row[1:2]).partition("=")
        path = Path(str(installed.locate_file(name)))
        if kind == "sha256" and path.is_relative_to(package):
            yield path, _hex(value)


def _hex(digest: str) -> str:
    """Empty when it is no base64: then the file differs from it."""
    try:
        return urlsafe_b64decode(digest + "=" * (-len(digest) % 4)).hex()
    except ValueError:
        return ""


def _sources(package: Path) -> Iterator[Path]:
    """Every file but Python's own cache of compiled ones."""
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
