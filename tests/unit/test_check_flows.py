"""`flows` in a configuration: what is refused, with where and why."""

from pathlib import Path

import pytest

from lockgate.app.load import load

BASE = """\
version: 1
providers:
  demo: {kind: demo}
models:
  demo: {targets: [{provider: demo}], spotlight: {style: datamark}}
teams:
  shop: {models: ["*"]}
rules:
  - {name: seen, guard: {kind: blocklist, words: [bluebird]}, on: [request], action: flag}
"""
GOOD = 'flows: [{name: out, tools: ["send_*"], action: block, data: [blocklist], trusted_tools: [clock], scope: {teams: [shop]}}]\n'


def problems(folder: Path, text: str) -> list[str]:
    file = folder / "lockgate.yaml"
    file.write_text(BASE + text)
    return [*map(str, load(file, {}).problems)]


def test_a_good_one(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("flows: [{name: out, tools: [], action: block}]\n", "flows.0.tools", ""),
        ("flows: [{name: out, tools: [a], action: mask}]\n", "flows.0.action", ""),
        ("flows: [{name: seen, tools: [a], action: flag}]\n", "flows.0.name", "a rule's name"),
        ("flows: [{name: a, tools: [a], action: flag}, {name: a, tools: [b], action: flag}]\n", "flows.1", ""),
        ("flows: [{name: a, tools: [a], action: flag, scope: {teams: [bank]}}]\n", "flows.0.scope.teams.0", "bank"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, where: str, words: str) -> None:
    told = problems(tmp_path, text)

    assert any(where in each and words in each for each in told), told


def test_labels_that_no_rule_looks_for(tmp_path: Path) -> None:
    file = tmp_path / "lockgate.yaml"
    file.write_text(BASE.partition("rules:")[0] + GOOD)

    assert any("flows.0.data" in str(each) for each in load(file, {}).problems)
