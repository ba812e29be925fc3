"""`lockgate replay`: what a policy would change in recorded traffic, line by line, and no text that nobody asked for."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lockgate.app.cli import application

MAIL = "x.y@example.com"
BLOCK = "{name: words, guard: {kind: blocklist, words: [bluebird]}, action: block, on: [request, response]}"
MASK = "{name: privacy, guard: {kind: pii, entities: [email]}, action: mask, on: [request, response]}"
FLAG = "{name: privacy, guard: {kind: pii, entities: [email]}, action: flag, on: [request, response]}"
SCOPED = "{name: privacy, guard: {kind: pii, entities: [email]}, action: mask, scope: {teams: [top]}}"


def policy(folder: Path, name: str, *rules: str) -> str:
    file = folder / name
    file.write_text(
        "version: 1\nteams: {top: {}, below: {parent: top}, other: {}}\nrules:\n" + "".join(f"  - {r}\n" for r in rules)
    )
    return str(file)


def line(text: str, **more: Any) -> dict[str, Any]:
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    return {"path": "/v1/chat/completions", "body": body, **more}


def answer(text: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


def stream(*texts: str) -> str:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    frames = [{**head, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]} for text in texts]
    frames.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return "".join(f"data: {json.dumps(frame)}\n\n" for frame in frames) + "data: [DONE]\n\n"


def replayed(folder: Path, new: str, *lines: object, **options: str) -> tuple[int, str]:
    file = folder / "traffic.jsonl"
    file.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines))
    more = [word for name, value in options.items() for word in (f"--{name}", value) if word]
    result = CliRunner().invoke(application(["replay"]), ["replay", new, "--traffic", str(file), *more])
    return result.exit_code, result.output


def test_nothing_that_changes_is_exit_code_0(tmp_path: Path) -> None:
    code, said = replayed(
        tmp_path, policy(tmp_path, "new", BLOCK, MASK), line("hello", response=answer("hi")), line("bye")
    )

    assert code == 0
    assert said.strip() == "2 exchanges, 0 would be different"


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (line("a bluebird"), "line 1 request: now blocked by words (blocklist at messages.0.content)"),
        (line(f"to {MAIL}"), "line 1 request: changed by privacy (email at messages.0.content)"),
        (
            line("hi", response=answer(f"to {MAIL}")),
            "line 1 response: changed by privacy (email at response.choices.0.message.content)",
        ),
        (
            line("hi", response=stream("to x.y@ex", "ample.com now")),
            "line 1 response: changed by privacy (email at response.text)",
        ),
        (
            line("hi", response=stream("see blue", "bird")),
            "line 1 response: now blocked by words (blocklist at response.text)",
        ),
        (
            {"dialect": "anthropic_messages", "body": {"model": "m", "system": f"I am {MAIL}", "messages": []}},
            "line 1 request: changed by privacy (email at system)",
        ),
    ],
)
def test_what_would_be_different_is_told_without_its_text(tmp_path: Path, what: object, expected: str) -> None:
    code, said = replayed(tmp_path, policy(tmp_path, "new", BLOCK, MASK), what)

    assert code == 1
    assert said.splitlines()[0] == expected
    assert "1 exchanges, 1 would be different" in said
    assert MAIL not in said
    assert "see" not in said


def test_with_show_the_texts_are_there(tmp_path: Path) -> None:
    _, said = replayed(tmp_path, policy(tmp_path, "new", MASK), line(f"to {MAIL}"), show="")

    assert f"- 'to {MAIL}'" in said
    assert "+ 'to [EMAIL]'" in said


def test_against_an_earlier_policy(tmp_path: Path) -> None:
    old, new = policy(tmp_path, "old", MASK, BLOCK), policy(tmp_path, "new", MASK)

    code, said = replayed(tmp_path, new, line(f"to {MAIL}"), line("a bluebird"), against=old)

    assert code == 1
    first, *rest = said.splitlines()
    assert first == "line 2 request: no longer blocked by words"
    assert [each.split() for each in rest if each.startswith(("privacy", "words"))] == [
        ["privacy", "1", "1", "0", "0"],
        ["words", "1", "0", "1", "0"],
    ]


def test_findings_alone_are_told_and_are_no_difference(tmp_path: Path) -> None:
    code, said = replayed(tmp_path, policy(tmp_path, "new", FLAG), line(f"to {MAIL}"))

    assert code == 0
    assert said.startswith("line 1 request: other findings by privacy (email at messages.0.content)")


def found(rule: str, label: str, action: str) -> dict[str, str]:
    return {"rule": rule, "label": label, "place": "messages.0.content", "action": action}


@pytest.mark.parametrize(
    ("record", "rules", "code", "word"),
    [
        ({"end": "complete", "findings": [found("privacy", "email", "mask")]}, (MASK,), 0, ""),
        ({"end": "complete", "findings": []}, (MASK,), 1, "changed by privacy"),
        ({"end": "complete", "findings": [found("privacy", "email", "mask")]}, (FLAG,), 0, "other findings"),
        ({"end": "blocked", "findings": [found("old", "email", "block")]}, (MASK,), 1, "no longer blocked"),
        ({"end": "complete"}, (MASK,), 1, "changed by privacy"),
    ],
)
def test_against_what_its_record_says(
    tmp_path: Path, record: dict[str, Any], rules: tuple[str, ...], code: int, word: str
) -> None:
    got, said = replayed(tmp_path, policy(tmp_path, "new", *rules), line(f"to {MAIL}", **record))

    assert got == code
    assert word in said


@pytest.mark.parametrize(("team", "code"), [("", 1), ("top", 1), ("below", 1), ("other", 0)])
def test_rules_hold_for_whom_they_are(tmp_path: Path, team: str, code: int) -> None:
    assert replayed(tmp_path, policy(tmp_path, "new", SCOPED), line(f"to {MAIL}", team=team))[0] == code


@pytest.mark.parametrize(
    "what",
    [
        f"{{not json {MAIL}",
        {"path": "/v1/chat/completions"},
        {"path": "/nowhere", "body": {"model": MAIL}},
        {"dialect": MAIL, "body": {"model": "m"}},
        line("x", response=f"data: {{{MAIL}\n\n"),
        '{"path":"/v1/chat/completions","body":{"model":"m","messages":[],"messages":[]}}',
        {**line("x"), "team": [MAIL]},
    ],
)
def test_what_cannot_be_replayed_is_told_without_its_text_and_fails(tmp_path: Path, what: object) -> None:
    code, said = replayed(tmp_path, policy(tmp_path, "new", MASK), line("hi"), what)

    assert code == 1
    assert said.startswith("line 2: cannot be replayed: ")
    assert MAIL not in said


def test_for_programs(tmp_path: Path) -> None:
    code, said = replayed(tmp_path, policy(tmp_path, "new", MASK), line(f"to {MAIL}"), json="")

    document = json.loads(said)
    assert code == 1
    assert (document["read"], document["different"], document["unreadable"]) == (1, [1], [])
    assert document["rules"] == {"privacy": {"found": [0, 1], "blocked": [0, 0]}}
    assert document["lines"][0]["texts"] == []
    assert MAIL not in said


def test_a_policy_with_mistakes_is_not_tried(tmp_path: Path) -> None:
    code, said = replayed(
        tmp_path, policy(tmp_path, "new", "{name: r, guard: {kind: pii}, action: nonsense}"), line("x")
    )

    assert code == 2
    assert "rules.0.action" in said
