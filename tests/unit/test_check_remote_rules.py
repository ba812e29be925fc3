"""What a configuration may say of guards that are asked over the network."""

from pathlib import Path

import pytest

from lockgate.app.load import load


def said(tmp_path: Path, rule: str) -> list[tuple[str, str, str]]:
    file = tmp_path / "lockgate.yaml"
    file.write_text(f"version: 1\nrules:\n  - {{name: r, action: flag, {rule}}}\n")
    return [(each.path, each.found, each.expected) for each in load(file, {"K": "k" * 40}).problems]


URL = 'url: "http://presidio:3000"'


@pytest.mark.parametrize("on_error", ["block", "allow"])
def test_it_says_what_holds_without_a_verdict(tmp_path: Path, on_error: str) -> None:
    assert said(tmp_path, f"guard: {{kind: presidio, {URL}}}, on_error: {on_error}") == []


def test_without_it_the_configuration_is_refused_and_says_why(tmp_path: Path) -> None:
    ((path, found, expected),) = said(tmp_path, f"guard: {{kind: presidio, {URL}}}")

    assert (path, found) == ("rules.0.on_error", "nothing")
    assert expected.startswith("block or allow: the guard is asked over the network")


def test_a_guard_that_decides_here_has_none(tmp_path: Path) -> None:
    ((path, _, expected),) = said(tmp_path, "guard: {kind: pii}, on_error: allow")

    assert path == "rules.0.on_error"
    assert expected.startswith("nothing: this guard decides here")


@pytest.mark.parametrize(
    ("guard", "more", "path", "word"),
    [
        (f"kind: presidio, {URL}, deadline: 3s", "", "rules.0.guard", "1.5s"),
        (f"kind: presidio, {URL}, stream: 10", "", "rules.0.guard.stream", "whole"),
        (f"kind: presidio, {URL}", ", forward: cleaned", "rules.0.forward", "original"),
        ('kind: webhook, url: "http://169.254.169.254/x"', "", "rules.0.guard", "metadata"),
        ('kind: webhook, url: "https://u:p@h.example/x"', "", "rules.0.guard", "credential"),
        ("kind: openai_moderation", "", "rules.0.guard.api_key", "where the secret comes from"),
        ("kind: lakera, api_key: {env: NONE}", "", "rules.0.guard.api_key", "NONE"),
    ],
)
def test_other_mistakes(tmp_path: Path, guard: str, more: str, path: str, word: str) -> None:
    ((where, found, expected),) = said(tmp_path, f"guard: {{{guard}}}, on_error: block{more}")

    assert where == path
    assert word in found + expected
