"""`lockgate usage`: exact sums over the log, packed and torn segments included."""

import random
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from typer.testing import CliRunner

from lockgate.app.cli import application

CONFIG = "version: 1\ndata: ./data\nproviders: {d: {kind: demo}}\nmodels: {m: {targets: [{provider: d}]}}\n"


def line(kind: str, request: str, ts: str, **more: Any) -> bytes:
    return msgspec.json.encode({"seq": 1, "ts": ts, "kind": kind, "request_id": request, **more}) + b"\n"


def outcome(request: str, ts: str, cost: str | None = None, **more: Any) -> bytes:
    return line(
        "outcome", request, ts, cost_usd=cost, admitted=True, **{"key_id": "k1", "team": "shop", "model": "m", **more}
    )


SOME = [
    line("intent", "a", "2026-11-01T10:00:00.000Z", team="shop", model="m"),
    outcome("a", "2026-11-01T10:00:01.000Z", "0.1", usage={"input": 10, "output": 5, "cached": 4}),
    outcome("b", "2026-11-02T23:30:00.000Z", "0.2", usage={"input": 1}, user="ann", estimated=True),
    outcome("c", "2026-11-03T00:00:00.000Z", None, usage={"input": 7, "output": 7}, team="lab", key_id="k2"),
    line("intent", "d", "2026-11-03T01:00:00.000Z", team="lab", model="m"),
    line("outcome", "e", "2026-11-03T01:00:00.000Z", team="lab", model="m", status=429),
    line("event", "", "2026-11-03T01:00:00.000Z"),
    b'{"kind":"outcome","torn',
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lockgate.yaml").write_text(CONFIG)
    (tmp_path / "data/audit").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def usage(folder: Path) -> Callable[..., Any]:
    def asked(*words: str) -> Any:
        done = CliRunner().invoke(
            application(["usage"]), ["usage", "--json", "--config", str(folder / "lockgate.yaml"), *words]
        )
        return msgspec.json.decode(done.stdout) if done.exit_code == 0 else done.exit_code

    return asked


def write(folder: Path, lines: list[bytes], name: str = "a-00000001.jsonl") -> None:
    raw = b"".join(lines)
    (folder / "data/audit" / name).write_bytes(zstandard.compress(raw) if name.endswith("zst") else raw)


@pytest.mark.parametrize("name", ["a-00000001.jsonl", "a-00000001.jsonl.zst"])
def test_sums_by_team(folder: Path, usage: Callable[..., Any], name: str) -> None:
    write(folder, SOME, name)

    rows = {row["team"]: row for row in usage("--by", "team")}

    assert rows["shop"] == {
        "team": "shop", "requests": 2, "input": 11, "output": 5, "cached": 4, "cost_usd": "0.3",
        "unpriced": 0, "estimated": 1, "unfinished": 0,
    }  # fmt: skip
    assert (rows["lab"]["requests"], rows["lab"]["cost_usd"]) == (1, "0")
    assert (rows["lab"]["unpriced"], rows["lab"]["unfinished"]) == (1, 1)


def test_days_are_those_of_the_zone(folder: Path, usage: Callable[..., Any]) -> None:
    write(folder, SOME)

    days = [(row["day"], row["requests"]) for row in usage("--by", "day", "--zone", "Europe/Berlin")]

    assert days == [("2026-11-01", 1), ("2026-11-03", 2)]
    assert [row["month"] for row in usage("--by", "month")] == ["2026-11"]


@pytest.mark.parametrize(
    ("words", "requests"),
    [
        (("--since", "2026-11-02"), 2),
        (("--until", "2026-11-02"), 1),
        (("--since", "2026-11-02", "--until", "2026-11-03"), 1),
        (("--since", "2026-11-03", "--zone", "Europe/Berlin"), 2),
        (("--since", "2026-11-02T23:30:00+00:00", "--until", "2026-11-02T23:30:00.001Z"), 1),
    ],
)
def test_since_and_until(folder: Path, usage: Callable[..., Any], words: tuple[str, ...], requests: int) -> None:
    write(folder, SOME)

    assert sum(row["requests"] for row in usage("--by", "key", *words)) == requests


@pytest.mark.parametrize(
    "words",
    [("--by", "shoe"), ("--since", "yesterday"), ("--zone", "Mars"), ("--since", "1d", "--until", "2026-11-01")],
)
def test_nonsense_is_wrong_usage(folder: Path, usage: Callable[..., Any], words: tuple[str, ...]) -> None:
    assert usage(*words) == 2


def test_the_table_ends_with_the_whole(folder: Path) -> None:
    write(folder, SOME)

    said = (
        CliRunner()
        .invoke(application(["usage"]), ["usage", "--config", str(folder / "lockgate.yaml")])
        .stdout.splitlines()
    )

    assert said[0].split() == [
        "team",
        "model",
        "requests",
        "input",
        "output",
        "cached",
        "cost_usd",
        "unpriced",
        "estimated",
        "unfinished",
    ]
    assert said[-1].split() == ["all", "-", "3", "18", "12", "4", "0.3", "1", "1", "1"]


def test_a_request_that_ends_after_the_time_is_not_unfinished(folder: Path, usage: Callable[..., Any]) -> None:
    write(folder, SOME)

    rows = usage("--by", "key", "--until", "2026-11-01T10:00:00.500Z")

    assert rows == []


def test_nothing_is_lost_and_no_cent_is_rounded(folder: Path, usage: Callable[..., Any]) -> None:
    chance, sums, lines = random.Random(8), defaultdict(Decimal), []
    for number in range(5000):
        cost = Decimal(chance.randrange(10**15)).scaleb(-18)
        team = f"t{chance.randrange(5)}"
        sums[team] += cost
        lines.append(
            outcome(f"r{number % 700}", f"2026-11-{1 + number % 28:02d}T00:00:00.000Z", f"{cost:f}", team=team)
        )
    write(folder, lines[:2000], "a-00000001.jsonl.zst")
    write(folder, lines[2000:3000], "a-00000002.jsonl")
    write(folder, lines[3000:], "b-00000001.jsonl")

    rows = usage("--by", "team")

    assert {row["team"]: Decimal(row["cost_usd"]) for row in rows} == sums
    assert sum(row["requests"] for row in rows) == 5000
