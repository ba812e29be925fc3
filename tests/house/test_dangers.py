"""What the code must not hold at all: ways to run what somebody sent, and connections that are made by importing it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.app.load import loads

SOURCE = Path(__file__).parents[2] / "src"
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if path.name not in ("tests.py", "cases.py")]
STARTERS = {
    "lockgate/app/demo/gateway.py",  # the demonstration starts a gateway
    "lockgate/app/demo/tell.py",
    "lockgate/patterns/aside.py",  # an automaton is compiled in a process of its own, from the rules alone
    "lockgate/prices/genai/prepare.py",  # prices are read in one
    "lockgate/clouds/command.py",  # the operator's own command
}
MODULES = {"subprocess", "pickle", "marshal", "shelve", "ctypes", "pty", "code", "codeop", "runpy", "multiprocessing"}
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "asyncio.create_subprocess_exec"}
CALLS |= {"asyncio.create_subprocess_shell", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}
CALLS |= {f"os.{name}{end}" for name in ("exec", "spawn") for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")}


def named(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{named(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def dangerous(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            yield from {named(node.func)} & CALLS
            yield from (f"{word.arg}=" for word in node.keywords if word.arg == "shell")


def test_S18_S19_nothing_runs_what_somebody_sent() -> None:
    """A process is started in five places, none of which a request reaches; code is made of text nowhere."""
    found = {(str(path.relative_to(SOURCE)), what) for path in FILES for what in dangerous(path)}

    assert found == {(path, "subprocess") for path in STARTERS}


@pytest.mark.parametrize(
    "guard",
    [
        "{kind: python, code: 'return 1'}",
        "{kind: regex, code: 'x', patterns: {a: b}}",
        "{kind: blocklist, words: [a], on_hit: 'exec(1)'}",
    ],
)
def test_S19_code_in_a_configuration_is_refused(guard: str, tmp_path: Path) -> None:
    text = f"version: 1\nproviders: {{demo: {{kind: demo}}}}\nrules:\n  - {{name: a, action: flag, guard: {guard}}}\n"

    problems = loads(text.encode(), tmp_path / "lockgate.yaml", {}).problems

    assert problems
    assert "guard" in problems[0].path


IMPORT = """\
import importlib, pathlib, sys

def hook(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.fork"):
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(hook)
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    if path.name not in ("tests.py", "cases.py", "__main__.py"):
        importlib.import_module(".".join(path.relative_to(sys.argv[1]).with_suffix("").parts).removesuffix(".__init__"))
"""


def test_S01_importing_all_of_it_connects_to_nothing_and_starts_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(SOURCE)], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
