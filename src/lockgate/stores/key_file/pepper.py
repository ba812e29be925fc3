"""The server's pepper: 32 random bytes in the data folder, made once, whoever comes first."""

import secrets
from pathlib import Path

from lockgate.core.key_digest import Pepper
from lockgate.core.store import StoreError
from lockgate.stores.key_file.files import make_folder, read_limited, write_once

FILE = "pepper"


def pepper(folder: Path) -> Pepper:
    """The folder's pepper. A damaged one is an error, never replaced: every key would silently stop working."""
    path = folder / FILE
    if not path.exists():
        make_folder(folder)
        write_once(path, secrets.token_bytes(32))
    try:
        return Pepper(read_limited(path, 64))
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot use {path}: {error}") from error
