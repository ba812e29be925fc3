"""The server's pepper: 32 random bytes in the data folder, made once, whoever comes first; and the one before it."""

import secrets
from pathlib import Path

from lockgate.core.key_digest import Pepper, Peppers
from lockgate.core.store import StoreError
from lockgate.stores.key_file.document import FILE as KEYS
from lockgate.stores.key_file.files import make_folder, read_limited, remove, write_once, write_whole

FILE = "pepper"
PREVIOUS = "pepper.previous"
PEPPERS = (FILE, PREVIOUS)


def pepper(folder: Path) -> Pepper:
    """The folder's pepper, made if there is none. A damaged one, or one that is gone while there are keys, is an error and
    never replaced: every key would silently stop working.
    """
    path = folder / FILE
    if not path.exists():
        if (folder / KEYS).exists():
            raise StoreError(f"{path} is missing, and the keys in {KEYS} hang on it: put it back from a backup")
        make_folder(folder)
        write_once(path, secrets.token_bytes(32))
    return Pepper(_read(path))


def peppers(folder: Path) -> Peppers:
    """The pepper, and the previous one while keys hang on it. Read in this order: `turn` writes the previous one first."""
    current = Pepper(_read(folder / FILE))
    if not (folder / PREVIOUS).exists():
        return Peppers(current)
    previous = Pepper(_read(folder / PREVIOUS))
    return Peppers(current, None if previous.id == current.id else previous)


def turn(folder: Path) -> Peppers:
    """A new pepper, with the one that was there as the previous one. The caller holds the lock, and has seen no previous one."""
    write_whole(folder / PREVIOUS, _read(folder / FILE))
    write_whole(folder / FILE, secrets.token_bytes(32))
    return peppers(folder)


def drop(folder: Path) -> None:
    """The previous pepper is gone for good."""
    remove(folder / PREVIOUS)


def _read(path: Path) -> bytes:
    try:
        content = read_limited(path, 64)
        Pepper(content)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot use {path}: {error}") from error
    return content
