"""The rules of the house about files and folders that no linter knows."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "lockgate"
FILES = sorted([*SRC.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
KINDS = (
    "auth",
    "balancers",
    "dialects",
    "guards",
    "limits",
    "prices",
    "providers",
    "secrets",
    "sinks",
    "stores",
    "token_stores",
    "transports",
)
EXTENSIONS = [
    folder
    for kind in KINDS
    if (SRC / kind).is_dir()
    for folder in sorted((SRC / kind).iterdir())
    if folder.is_dir() and folder.name != "__pycache__"
]
DIALECTS = [folder for folder in EXTENSIONS if folder.parent.name == "dialects"]
NEVER = {"utils", "helpers", "manager", "handler", "base", "common"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def offences(path: Path) -> Iterator[str]:
    """What a file has of which the house has none."""
    text = path.read_text()
    if (lines := text.count("\n")) > 250:
        yield f"{lines} lines, of 250 at most"
    tree = ast.parse(text)
    if text and not ast.get_docstring(tree):
        yield "it does not say what it is"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > 40:
                yield f"{node.name} has {length} lines, of 40 at most"
    if path.stem in NEVER:
        yield "a name that says nothing"


def test_a_file_is_short_says_what_it_is_and_so_do_its_functions_and_its_name() -> None:
    """All of them in one test: one for each file took as long to be collected as everything else of the suite."""
    assert len(FILES) > 1000
    assert [f"{name(path)}: {offence}" for path in FILES for offence in offences(path)] == []


@pytest.mark.parametrize("folder", EXTENSIONS, ids=name)
def test_an_extension_has_its_page_of_the_manual(folder: Path) -> None:
    assert (folder / "README.md").read_text().startswith("# ")


@pytest.mark.parametrize("folder", DIALECTS, ids=name)
def test_a_dialect_has_the_files_of_a_dialect(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}

    wanted = {"__init__.py", "texts.py", "README.md"}
    chats = import_module(f"lockgate.dialects.{folder.name}").plugin.vectors is None
    assert wanted | ({"wire.py", "answer.py", "problem.py"} if chats else set()) <= names


@pytest.mark.parametrize("folder", [f for f in EXTENSIONS if f.parent.name == "guards"], ids=name)
def test_a_guard_comes_with_its_papers(folder: Path) -> None:
    page = (folder / "README.md").read_text()

    assert (folder / "tests.py").exists()
    assert f"kind: {folder.name}" in page
    assert "Status: " in page
    assert "Posture: " in page


@pytest.mark.parametrize(
    "folder", [f for f in EXTENSIONS if f.parent.name == "sinks" and f.name != "metrics"], ids=name
)
def test_a_sink_comes_with_its_papers(folder: Path) -> None:
    page = (folder / "README.md").read_text()

    assert (folder / "tests.py").exists()
    assert f"kind: {folder.name}" in page
    assert "Status: " in page
