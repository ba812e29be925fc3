"""A place that secrets come from, and what it may reach: the port of `lockgate.secrets`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

LIMIT = 64 * 1024
"""The most bytes of a secret."""

Variable = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$", description="An environment variable.")]
PathName = Annotated[str, Meta(min_length=1, max_length=4096, description="A file that holds nothing else.")]


class NoSecret(Exception):
    """There is no secret there. `found` and `expected` name the place, never a content."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


class PlainRef(Struct, frozen=True, forbid_unknown_fields=True):
    """What a source needs to reach its secrets comes from the plainest places only."""

    env: Variable | None = None
    file: PathName | None = None

    def __post_init__(self) -> None:
        if (self.env is None) == (self.file is None):
            raise ValueError("either `env` or `file`, and not both")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a source may reach. Relative files lie in `folder`.

    `stored` opens an entry of the built-in store, `plain` what a source itself needs. `hold` is told of every other secret that was needed on the way, so
    that it is guarded like one that was asked for.
    """

    environ: Mapping[str, str]
    folder: Path
    stored: Callable[[str], str]
    plain: Callable[[PlainRef], str]
    hold: Callable[[str, str], None] = field(default=lambda name, value: None)


def _nothing_runs() -> None:
    return None


def _no_files(setting: Any, folder: Path) -> tuple[Path, ...]:
    return ()


def _nobody_asked(setting: Any, environ: Mapping[str, str]) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSource:
    """One word of a reference, as in `{env: NAME}`.

    `setting` is the type of what follows the word, `example` a reference with it. `open` blocks; it gives the secret as
    text, or raises `NoSecret`. `asked` is the address of who is asked over a network, where the operator said one. `files` are those whose change means another secret. `end` is called when the process ends,
    and maybe while somebody is at `open`: nothing that it started may stay behind.
    """

    name: str
    setting: Any
    example: str
    open: Callable[[Any, Surroundings], str]
    asked: Callable[[Any, Mapping[str, str]], str] = _nobody_asked
    files: Callable[[Any, Path], tuple[Path, ...]] = _no_files
    end: Callable[[], None] = _nothing_runs
