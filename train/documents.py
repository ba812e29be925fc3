"""Real documents of this machine, 0.9 to 20 KB each: no weight was made from any of them.

They are parted by the package that they are of, so that what was calibrated on one half can be measured on the other.
"""

import gzip
import re
import sysconfig
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

LEAST, MOST = 900, 20_000
OF_A_KIND, OF_A_PACKAGE = 600, 12
_SITE = sysconfig.get_paths()["purelib"]
_STDLIB = sysconfig.get_paths()["stdlib"]
_DOC = "/usr/share/doc"
KINDS: dict[str, tuple[tuple[str, str], ...]] = {
    "READMEs of Python packages": ((_SITE, "*.dist-info/METADATA"), ("/usr/lib/python3", "**/METADATA")),
    "READMEs of Node packages": (("/usr/lib/node_modules", "**/README.md"),),
    "READMEs and notes": tuple((_DOC, f"*/{name}") for name in ("README*", "*.md", "*.md.gz", "*.txt", "*.rst")),
    "changelogs": ((_DOC, "*/NEWS*"), (_DOC, "*/changelog.gz")),
    "manual pages": (("/usr/share/man", "man[1-8]/*.gz"),),
    "web pages": (("/usr/share", "**/*.html"), ("/usr/lib", "**/*.html")),
    "manuals of Perl": (("/usr/share/perl", "**/*.pod"), ("/usr/lib", "**/*.pod")),
    "source": ((_STDLIB, "*.py"), (_STDLIB, "*/*.py"), ("/usr/lib/python3", "**/*.py")),
    "data": tuple(("/usr/share", f"**/*.{name}") for name in ("json", "xml", "yaml")),
    "licences": (("/usr/share/common-licenses", "*"), (_DOC, "*/copyright")),
}
_ROFF = re.compile(r"^[.'](?:\\\".*|\S+[ \t]*)|\\f(?:\[\w*\]|\(..|.)|\\&", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """`measured`: of the half on which nothing was calibrated."""

    kind: str
    package: str
    text: str
    measured: bool


def documents() -> list[Document]:
    """The same on the same machine."""
    return [document for kind, places in KINDS.items() for document in _of(kind, places)]


def _of(kind: str, places: tuple[tuple[str, str], ...]) -> Iterator[Document]:
    paths = {path for folder, pattern in places if Path(folder).is_dir() for path in Path(folder).glob(pattern)}
    packages: Counter[str] = Counter()
    for path in sorted(paths, key=lambda path: (_number(str(path)), path)):
        package = _package(path)
        if packages[package] >= OF_A_PACKAGE or not path.is_file():
            continue
        if text := _part(_read(path), _number(str(path))):
            packages[package] += 1
            yield Document(kind, package, text, bool(_number(package) % 2))
        if packages.total() >= OF_A_KIND:
            return


def _package(path: Path) -> str:
    """A word for what it came with: manual pages and modules whose names begin alike, what lies in one folder."""
    parts = path.parts
    if "man" in parts:
        return re.split(r"[-_.:+]", path.name)[0]
    for mark in ("doc", "node_modules", "site-packages", "dist-packages", "share"):
        if mark in parts[:-1]:
            after = parts[len(parts) - parts[::-1].index(mark) :]
            return re.split(r"[-_.\d]", after[0].removeprefix("lib").removeprefix("@").casefold())[0] or after[0]
    return path.parent.name if path.parent != Path(_STDLIB) else path.stem


def _read(path: Path) -> str:
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = data[:400_000].decode("utf-8", "ignore")
    except (OSError, EOFError):
        return ""
    if path.name == "METADATA":
        text = text.partition("\n\n")[2]
    return _ROFF.sub("", text).replace("\\-", "-") if "man" in path.parts else text


def _part(text: str, number: int) -> str:
    """Of a long one a stretch that begins with a line."""
    size = LEAST + int((MOST - LEAST) * (number % 997 / 997) ** 2)
    if len(text) > size:
        begin = number % (len(text) - size)
        text = text[text.find("\n", begin) + 1 if begin else 0 :][:size]
    return text if len(text) >= LEAST else ""


def _number(text: str) -> int:
    return crc32(text.encode("utf-8", "replace"))
