"""Files that only their owner reads, as the stores use them: what goes wrong is a `StoreError` that names the file."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lockgate.audit import files
from lockgate.core.store import StoreError


def make_folder(folder: Path) -> None:
    with _told(f"cannot make the data folder {folder}"):
        files.make_folder(folder)


def write_whole(path: Path, content: bytes) -> None:
    with _told(f"cannot write {path}"):
        files.write_whole(path, content)


def write_once(path: Path, content: bytes) -> bool:
    """Makes the file unless there is one. False when somebody was faster: theirs is whole and stays."""
    with _told(f"cannot write {path}"):
        return files.write_whole(path, content, new=True)


def draft(path: Path, pieces: Iterable[bytes]) -> Path:
    with _told(f"cannot write {path}"):
        return files.draft(path, pieces)


def put(written: Path, path: Path) -> None:
    with _told(f"cannot write {path}"):
        files.put(written, path)


def remove(path: Path) -> None:
    with _told(f"cannot remove {path}"):
        files.remove(path)


def read_limited(path: Path, limit: int) -> bytes:
    """The file's bytes; `ValueError` when there are more than `limit`."""
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is larger than {limit} bytes")
    return content


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with ExitStack() as held:
        with _told(f"cannot open {path}"):
            held.enter_context(files.locked(path))
        yield


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what}: {error.strerror}") from error
