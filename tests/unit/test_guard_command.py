"""`lockgate guard test`: what is found in a text, and what would be sent."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from lockgate.app.cli import application
from lockgate.app.show_text import painted
from lockgate.app.try_text import Spot

MAIL = "x.y@example.com"
RULES = """version: 1
providers: {p: {kind: openai, api_key: {env: NOT_SET_HERE}}}
teams: {top: {}}
rules:
  - {name: words, guard: {kind: blocklist, words: [bluebird]}, action: block, on: [request]}
  - {name: privacy, guard: {kind: pii, entities: [email]}, action: mask, on: [request, response]}
  - {name: quiet, guard: {kind: blocklist, words: [hush]}, action: block, mode: shadow}
  - {name: theirs, guard: {kind: blocklist, words: [magpie]}, action: block, scope: {teams: [top]}}
"""


def tried(folder: Path, *arguments: str, text: str | None = None, env: dict[str, str] | None = None) -> tuple[int, str]:
    file = folder / "policy.yaml"
    file.write_text(RULES)
    command = ["guard", "test", str(file), *arguments]
    result = CliRunner().invoke(application(["guard"]), command, input=text, env=env)
    return result.exit_code, result.output


def document(folder: Path, *arguments: str) -> Any:
    return json.loads(tried(folder, *arguments, "--json")[1])


def test_masks(tmp_path: Path) -> None:
    code, said = tried(tmp_path, f"to {MAIL}")

    assert code == 0
    assert said.splitlines() == [
        "user: sent with changes",
        f"  text   to {MAIL}",
        "  found  email  privacy: mask  3-18  0.95",
        "  sent   to [EMAIL]",
    ]


def test_a_block_is_exit_code_1(tmp_path: Path) -> None:
    code, said = tried(tmp_path, "a bluebird", "clean")

    assert code == 1
    assert "text 1 (user): blocked - blocked by rule 'words'" in said
    assert "text 2 (user): sent as it is: nothing was found" in said


def test_standard_input_is_one_text(tmp_path: Path) -> None:
    code, said = tried(tmp_path, text=f"two\nlines {MAIL}\n")

    assert code == 0
    assert "lines [EMAIL]" in said


def test_for_programs(tmp_path: Path) -> None:
    (found,) = document(tmp_path, f"{MAIL} hush")

    assert (found["outcome"], found["sent"]) == ("changed", "[EMAIL] hush")
    assert [
        (each["rule"], each["label"], each["action"], each["start"], each["end"]) for each in found["findings"]
    ] == [
        ("privacy", "email", "mask", 0, 15),
        ("quiet", "blocklist", "shadow", 16, 20),
    ]


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        ((), "blocked"),
        (("--answer", "--place", "assistant"), "clean"),
        (("--place", "tool_result"), "blocked"),
    ],
)
def test_where_it_stands(tmp_path: Path, arguments: Sequence[str], outcome: str) -> None:
    assert document(tmp_path, "bluebird", *arguments)[0]["outcome"] == outcome


@pytest.mark.parametrize(("team", "outcome"), [("", "blocked"), ("top", "blocked"), ("none", "clean")])
def test_for_whom(tmp_path: Path, team: str, outcome: str) -> None:
    assert document(tmp_path, "magpie", "--team", team)[0]["outcome"] == outcome


def test_a_place_that_there_is_not(tmp_path: Path) -> None:
    code, said = tried(tmp_path, "x", "--place", "nowhere")

    assert code == 2
    assert "tool_result" in said


def test_mistakes_of_rules_are_told(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("version: 1\nrules: [{name: r, guard: {kind: pii}, action: x}]\n")

    result = CliRunner().invoke(application(["guard"]), ["guard", "test", str(tmp_path / "bad.yaml"), "x"])

    assert result.exit_code == 2  # 1 is for a text that is blocked
    assert "rules.0.action" in result.output


def test_what_the_gateway_would_refuse_is_refused_here(tmp_path: Path) -> None:
    guard = 'guard: {kind: webhook, url: "https://d.example"}, on_error: block'
    rules = f"[{{name: r, {guard}, action: tokenize}}, {{name: r, {guard}, action: flag}}]"
    (tmp_path / "bad.yaml").write_text(f"version: 1\nrules: {rules}\n")

    result = CliRunner().invoke(application(["guard"]), ["guard", "test", str(tmp_path / "bad.yaml"), "x"])

    assert result.exit_code == 2  # 1 is for a text that is blocked
    assert "rules.0.action" in result.output
    assert "rules.1.name" in result.output


def test_nothing_is_written_where_there_is_no_data_folder(tmp_path: Path) -> None:
    tried(tmp_path, "x")

    assert [path.name for path in tmp_path.iterdir()] == ["policy.yaml"]


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_on_a_terminal_and_not_where_it_is_not_wanted(*, no_color: str, coloured: bool) -> None:
    environ = {**os.environ, "NO_COLOR": no_color, "TERM": "xterm-256color"} if no_color else {"TERM": "xterm-256color"}
    console = Console(force_terminal=True, highlight=False, _environ=environ)
    with console.capture() as capture:
        console.print(painted(f"to {MAIL}", [Spot("r", "email", 3, 18, "mask")]))

    assert (f"\x1b[30;43m{MAIL}" in capture.get()) == coloured
    assert MAIL in capture.get()


@pytest.mark.parametrize(("on_error", "outcome"), [("block", "blocked"), ("allow", "found")])
def test_a_detector_that_is_away(tmp_path: Path, on_error: str, outcome: str) -> None:
    rule = f'{{name: r, guard: {{kind: webhook, url: "http://127.0.0.1:1"}}, action: flag, on_error: {on_error}}}'
    (tmp_path / "far.yaml").write_text(f"version: 1\nrules: [{rule}]\n")

    result = CliRunner().invoke(application(["guard"]), ["guard", "test", str(tmp_path / "far.yaml"), "x", "--json"])

    (found,) = json.loads(result.output)
    assert found["outcome"] == outcome
    assert found["undecided"] == ["guard_error:webhook:unreachable"]
    assert result.exit_code == (1 if on_error == "block" else 0)


def test_what_nobody_sees_is_spelled_out() -> None:
    assert painted("a\u200bb\x1b[2J\U000e0041", []).plain == "a\\u{200b}b\\u{1b}[2J\\u{e0041}"
