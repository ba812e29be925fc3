"""Names that one part of the file uses of another, and names that stand twice."""

from collections.abc import Iterator, Mapping

from lockgate.app.in_words import choice
from lockgate.app.mistake import Path, Wrong, quoted


def known(path: Path, name: str, known: frozenset[str]) -> Iterator[Wrong]:
    if name not in known:
        yield Wrong(path, f"{quoted(name)}, which is not in this file", choice(sorted(known), name))


def repeated(section: str, names: Mapping[int, str]) -> Iterator[Wrong]:
    seen: dict[str, int] = {}
    for number, name in names.items():
        first = seen.setdefault(name, number)
        if first != number:
            yield Wrong(
                (section, number, "name"), f"{quoted(name)} again", f"a name that {section}.{first} does not have"
            )
