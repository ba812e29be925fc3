"""Which configuration a command means."""

from collections.abc import Mapping
from pathlib import Path

DEFAULT = Path("lockgate.yaml")


def find_config(given: Path | None, environ: Mapping[str, str]) -> Path:
    """What was given, else what LOCKGATE_CONFIG names, else `./lockgate.yaml`; whether it is there is another question."""
    if given is not None:
        return given
    return Path(environ["LOCKGATE_CONFIG"]) if environ.get("LOCKGATE_CONFIG") else DEFAULT
