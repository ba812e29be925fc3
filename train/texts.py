"""The labelled texts: those beside the project (`../shared/data`), and those of the project's own generators."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

DATA = next(
    (up / "shared" / "data" for up in Path(__file__).resolve().parents if (up / "shared" / "data").is_dir()),
    Path("nowhere"),
)


class Text(Struct, frozen=True):
    """`label`: 1 is an attack. `permissive`: weights that ship may be made from it."""

    text: str
    label: int
    kind: str
    family: str
    lang: str = "en"
    permissive: bool = True
    id: str = ""


def labelled(path: Path = DATA / "injection" / "dev.jsonl") -> list[Text]:
    """In the order of the file."""
    return list(_lines(path))


def _lines(path: Path) -> Iterator[Text]:
    decode = msgspec.json.Decoder(Text).decode
    for line in path.read_bytes().splitlines():
        if line.strip():
            yield decode(line)
