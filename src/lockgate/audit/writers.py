"""Who writes: each process takes the first writer's name that is free, and goes on with its chain."""

from pathlib import Path

from lockgate.audit.files import make_folder, taken

MOST = 512


def claim(folder: Path, prefix: str = "w") -> tuple[str, int]:
    """A name, and the lock that holds it as long as it is open: the system frees it when the process ends."""
    make_folder(folder)
    for number in range(MOST):
        writer = f"{prefix}{number}"
        lock = taken(folder / f"{writer}.lock")
        if lock is not None:
            return writer, lock
    raise OSError(f"all {MOST} writers' names in {folder} are taken")
