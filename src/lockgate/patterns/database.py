"""Automata on disk: compiling takes seconds, reading a compiled one milliseconds."""

import hashlib
import os
import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

from lockgate.patterns import aside
from lockgate.patterns.making import Expressions, made

LARGE = 50
"""So many lines may take seconds and much memory: they are compiled in another process."""


class Line(Struct, frozen=True):
    """One expression of an automaton."""

    expression: str
    caseless: bool = False
    once: bool = False
    """One hit a text is enough."""
    bytewise: bool = False
    """The same read by bytes as by characters, and compiled in half the time: all of it is ASCII, or what is no letter before a word."""


def automaton(lines: Sequence[Line], cache: Path | None) -> Any:
    """A database of all lines; a line's number is its pattern's. `cache` is a folder of ours, or nowhere."""
    kept = _place(lines, cache)
    found = _read(kept)
    return found if found is not None else _made(_expressions(lines), kept)


def _place(lines: Sequence[Line], cache: Path | None) -> Path | None:
    # A compiled automaton is for the library that made it, and for a processor that can do as much.
    known = repr((version("hyperscan"), platform.machine(), _processor(), [tuple(map(repr, _row(x))) for x in lines]))
    return None if cache is None else cache / f"{hashlib.sha256(known.encode()).hexdigest()[:32]}.automaton"


def _read(kept: Path | None) -> Any:
    """None where it is not there, or damaged."""
    import hyperscan  # noqa: PLC0415  only where there is a guard

    if kept is not None:
        with suppress(OSError, hyperscan.HyperscanError):
            return _loaded(hyperscan, kept.read_bytes())
    return None


def _made(expressions: Expressions, kept: Path | None) -> Any:
    import hyperscan  # noqa: PLC0415  as above

    data = aside.compiled(expressions) if len(expressions) >= LARGE else b""
    data = data or made(expressions)
    if kept is not None:
        with suppress(OSError):
            _keep(kept, data)
    return _loaded(hyperscan, data)


def _loaded(hyperscan: Any, data: bytes) -> Any:
    database = hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database


class Compiler:
    """What has to be compiled is compiled side by side: in other processes, or in this one without Python's lock."""

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begun(self, wanted: Sequence[Sequence[Line]]) -> Callable[[], list[Any]]:
        """Tells one automaton for each list of lines, None for an empty one, once all are there."""
        # What takes longest begins first, and the short ones fill what is left of the time.
        order = sorted((at for at, lines in enumerate(wanted) if lines), key=lambda at: -_dear(wanted[at]))
        made = {at: self._one(wanted[at]) for at in order}
        return lambda: [made[at]() if at in made else None for at in range(len(wanted))]

    def _one(self, lines: Sequence[Line]) -> Callable[[], Any]:
        """What Python does for it is done here: a thread would wait for each of these steps while this one goes on."""
        kept = _place(lines, self._cache)
        found = _read(kept)
        return self._pool.submit(_made, _expressions(lines), kept).result if found is None else lambda: found


def _dear(lines: Sequence[Line]) -> int:
    """Characters with a repeat beside them: words cost next to nothing."""
    return sum(len(line.expression) for line in lines if "{" in line.expression)


def refusal(line: Line) -> str:
    """Why the automaton does not take this expression; empty when it does."""
    import hyperscan  # noqa: PLC0415  as above

    try:
        automaton((line,), None)
    except hyperscan.HyperscanError as error:
        return str(error).rstrip(".")
    return ""


def _row(line: Line) -> tuple[object, ...]:
    return line.expression, line.caseless, line.once, line.bytewise


def _expressions(lines: Sequence[Line]) -> Expressions:
    import hyperscan  # noqa: PLC0415  as above

    return [(line.expression, _flags(hyperscan, line)) for line in lines]


def _flags(hyperscan: Any, line: Line) -> int:
    flags = 0 if line.bytewise else hyperscan.HS_FLAG_UTF8
    if line.caseless:
        flags |= hyperscan.HS_FLAG_CASELESS | (0 if line.expression.isascii() else hyperscan.HS_FLAG_UCP)
    return int(flags | (hyperscan.HS_FLAG_SINGLEMATCH if line.once else 0))


def _processor() -> str:
    with suppress(OSError):
        for row in Path("/proc/cpuinfo").read_text().splitlines():
            if row.startswith(("flags", "Features")):
                return row
    return platform.processor()


def _keep(path: Path, data: bytes) -> None:
    """Whole or not at all; two workers may write the same one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(data)
    half.replace(path)
