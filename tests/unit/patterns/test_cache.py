"""Compiled automata are kept on disk: by what they were made of, and never trusted when they are damaged."""

from pathlib import Path

from lockgate.core.guard import Finding
from lockgate.guards.blocklist import plugin
from lockgate.patterns.looking import Looking

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
