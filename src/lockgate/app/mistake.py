"""One thing wrong with a configuration, with all that is needed to mend it."""

from collections.abc import Mapping

from msgspec import Struct

Path = tuple[str | int, ...]
Lines = Mapping[Path, int]


class Mistake(Struct, frozen=True):
    """Where it is (`line` counts from 1, `path` is like `models.assistant.targets.0`), what is there, what belongs there."""

    file: str
    line: int
    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " + (f"{self.path}: " if self.path else "")
        return f"{place}found {self.found}; expected {self.expected}"


class Wrong(Struct, frozen=True):
    """A mistake whose file is not known yet. `line` 0: where the path is."""

    path: Path
    found: str
    expected: str
    line: int = 0

    def at(self, file: str, lines: Lines) -> Mistake:
        return Mistake(file, self.line or nearest(lines, self.path), dotted(self.path), self.found, self.expected)


def dotted(path: Path) -> str:
    return ".".join(map(str, path))


def nearest(lines: Lines, path: Path) -> int:
    """The line of the path, or of the closest thing around it that is in the file."""
    for end in range(len(path), -1, -1):
        if line := lines.get(path[:end]):
            return line
    return 1


def quoted(text: str) -> str:
    """A text of the file as messages show it: in quotes, on one line, not too long."""
    shown = text if len(text) <= 60 else text[:57] + "…"
    return repr(shown)
