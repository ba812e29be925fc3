"""Secrets that are read again: in force all together, or as they were."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from lockgate.app.guarded import guarded
from lockgate.app.load import Loaded, load, loads
from lockgate.app.renewal import secrets_anew, secrets_changed
from lockgate.core.store import StoreError
from lockgate.stores.key_file import KeyFile

CONFIG = """\
version: 1
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
keys: [{name: tester, team: all, secret: {file: tester.key}}]
"""


@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "away"), ValueError("no key"), StoreError("no store"), RecursionError("deep")]
)
async def test_what_cannot_be_built_leaves_all_as_it_was_until_a_file_changes(tmp_path: Path, error: Exception) -> None:
    def put(_: Loaded) -> None:
        raise error

    (tmp_path / "lockgate.yaml").write_text(CONFIG)
    (tmp_path / "tester.key").write_text("x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-one")
    loaded = load(tmp_path / "lockgate.yaml", {})
    (tmp_path / "tester.key").write_text("x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-three")
    assert secrets_changed(loaded)

    left = await secrets_anew(loaded, {}, put)

    assert left.secrets == loaded.secrets
    assert not secrets_changed(left)


OFTEN = CONFIG.replace("secret: {file: tester.key}", "secret: {exec: [cat, tester.key]}") + "secrets: {refresh: 10s}\n"


async def test_what_no_file_tells_of_is_read_again_when_it_is_time(tmp_path: Path) -> None:
    put: list[Loaded] = []
    (tmp_path / "lockgate.yaml").write_text(OFTEN.replace("tester.key]", f"{tmp_path}/tester.key]"))
    (tmp_path / "tester.key").write_text("x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-one")
    loaded = load(tmp_path / "lockgate.yaml", {"PATH": "/usr/bin:/bin"})
    now = time.monotonic()
    assert not secrets_changed(loaded)
    assert now < loaded.again <= now + 10

    due = replace(loaded, again=now)
    assert secrets_changed(due)
    same = await secrets_anew(due, {"PATH": "/usr/bin:/bin"}, put.append)
    (tmp_path / "tester.key").write_text("x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-two")
    other = await secrets_anew(replace(same, again=now), {"PATH": "/usr/bin:/bin"}, put.append)
    (tmp_path / "tester.key").unlink()
    left = await secrets_anew(replace(other, again=now), {"PATH": "/usr/bin:/bin"}, put.append)

    assert put == [other]  # nothing is made anew where nothing changed
    assert [[*map(str.encode, (s.reveal()[-3:] for s in each.secrets.values()))] for each in (same, other, left)] == [
        [b"one"], [b"two"], [b"two"],
    ]  # fmt: skip
    assert not any(map(secrets_changed, (same, other, left)))


@pytest.mark.parametrize("refresh", ["9s", "8d", "5", "soon"])
def test_too_often_and_too_seldom_are_mistakes(refresh: str, tmp_path: Path) -> None:
    raw = OFTEN.replace("10s", refresh).replace("[cat, tester.key]", "[echo, x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r]")

    problems = loads(raw.encode(), tmp_path / "x.yaml", {"PATH": "/usr/bin:/bin"}).problems

    assert problems
    assert "refresh" in problems[0].path or "secrets" in problems[0].path


async def test_a_new_pepper_is_a_secret_that_changed(tmp_path: Path) -> None:
    """So that nothing lets it out, in logs or answers."""
    (tmp_path / "lockgate.yaml").write_text(CONFIG)
    (tmp_path / "tester.key").write_text("x8RfQ2LmN4pT6vW0yB3dG5hJ7kM9nP1r-one")
    store = KeyFile(tmp_path / "data")
    store.pepper()
    loaded = load(tmp_path / "lockgate.yaml", {})
    before = (tmp_path / "data" / "pepper").read_bytes()

    store.turn(lambda peppers: None)

    held: list[Loaded] = []
    assert secrets_changed(loaded)
    anew = await secrets_anew(loaded, {}, held.append)
    assert not secrets_changed(anew)
    peppers = {each.value for each in guarded(anew) if each.label == "the pepper"}
    assert peppers == {before, (tmp_path / "data" / "pepper").read_bytes()}
