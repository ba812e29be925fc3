"""Compiled automata are kept on disk: by what they were made of, and never trusted when they are damaged."""

import subprocess
import sys
from pathlib import Path

import hyperscan
import pytest

from lockgate.core.guard import Finding
from lockgate.guards.blocklist import plugin
from lockgate.patterns import aside
from lockgate.patterns.database import LARGE, Compiler, Line, _flags, automaton
from lockgate.patterns.looking import Looking
from lockgate.patterns.making import made

ONE = frozenset((0,))


def look(folder: Path, word: str = "blue") -> object:
    return Looking([plugin(words=(word,)).build()], folder).look("a blue bird", ONE).get(0)


def test_what_was_compiled_is_read_again(tmp_path: Path) -> None:
    first = look(tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    assert look(tmp_path) == first == [Finding(2, 6, "blocklist")]
    assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}


def test_other_patterns_are_other_files(tmp_path: Path) -> None:
    look(tmp_path)
    kept = set(tmp_path.iterdir())

    look(tmp_path, "bird")

    assert set(tmp_path.iterdir()) > kept


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    first = look(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:100])

    assert look(tmp_path) == first


def test_without_a_folder_to_write_to_it_works_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")

    assert look(tmp_path / "taken" / "below") == [Finding(2, 6, "blocklist")]


def test_a_large_automaton_is_compiled_in_another_process_and_is_the_same(tmp_path: Path) -> None:
    lines = [Line(rf"word{number}x") for number in range(LARGE)]
    expressions = [(line.expression, _flags(hyperscan, line)) for line in lines]
    hit: list[int] = []

    assert aside.compiled(expressions) == made(expressions)
    for database in (automaton(lines, None), automaton(lines, tmp_path), automaton(lines, tmp_path)):
        database.scan(b"word17x, word18 and word49x", match_event_handler=lambda line, *_: hit.append(line))
    assert hit == [17, 49] * 3


def test_a_folder_that_it_was_started_in_says_nothing_of_how_it_is_compiled(tmp_path: Path) -> None:
    """Who can write there would run what he likes as the gateway."""
    (tmp_path / "msgspec.py").write_text("raise SystemExit(1)")
    code = "from lockgate.patterns import aside; raise SystemExit(not aside.compiled([('a', 0)]))"

    assert subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, check=False).returncode == 0


@pytest.mark.parametrize("expression", ["a b", "a\nb\r", "é中\U0001f600", r"\x00", "", "7 x"])
def test_another_process_reads_every_expression_as_it_is(expression: str) -> None:
    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_ALLOWEMPTY

    assert aside.compiled([("first", 0), (expression, flags)]) == made([("first", 0), (expression, flags)])


def test_what_no_other_process_can_compile_is_refused_with_the_reason() -> None:
    assert aside.compiled([("(", 0)]) == b""
    with pytest.raises(hyperscan.HyperscanError):
        automaton([Line("a")] * LARGE + [Line("(")], None)


def test_automata_come_as_they_were_asked_for_whichever_is_begun_first() -> None:
    lines = [[Line("short")], [], [Line("a{3}b{4}c{5}")], [Line("word"), Line("d{7}")]]

    with Compiler(None) as compiler:
        first, rest = compiler.begun(lines[:1]), compiler.begun(lines[1:])
        all_of_them = [*first(), *rest()]

    texts = (b"short", b"", b"aaabbbbccccc", b"ddddddd")
    assert [each is None for each in all_of_them] == [False, True, False, False]
    for at, one in enumerate(all_of_them):
        if one is not None:
            hits: list[int] = []
            for number, each in enumerate(texts):
                one.scan(each, match_event_handler=lambda *_, into=hits, it=number: into.append(it))
            assert hits == [at]
