"""The JSON Parsing Test Suite (RFC 8259): what must be refused is, what must be taken keeps its value.

A gateway's body is an object, so each text stands as a value in one.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from lockgate.core.body import head, parse
from lockgate.core.problem import Kind, Problem

SHARED = Path(os.environ.get("LOCKGATE_SHARED", Path(__file__).parents[2] / "../shared")).resolve()
CASES = sorted((SHARED / "fixtures/jsontestsuite/test_parsing").glob("*.json"))

DELIBERATE = {
    "y_object_duplicated_key.json": "equal keys are refused: guard and upstream may read different ones (S45)",
    "y_object_duplicated_key_and_value.json": "as above, whatever the values",
}
"""Texts that the suite says must be accepted and that we refuse, with the reason."""


def wrapped(text: bytes) -> bytes:
    return b'{"model":"m","x":' + text + b"}"


def cases(kind: str) -> list[Any]:
    found = [pytest.param(path, id=path.stem) for path in CASES if path.name.startswith(kind)]
    reason = f"the JSON Parsing Test Suite is not at {SHARED}"
    return found or [pytest.param(None, id="missing", marks=pytest.mark.skip(reason=reason))]


@pytest.mark.parametrize("path", cases("n_"))
def test_S46_what_must_be_refused_is(path: Path) -> None:
    for body in (wrapped(path.read_bytes()), path.read_bytes()):
        with pytest.raises(Problem) as caught:
            head(body)

        assert caught.value.kind is Kind.INVALID
        assert caught.value.status == 400


@pytest.mark.parametrize("path", cases("y_"))
def test_S46_what_must_be_accepted_keeps_its_value(path: Path) -> None:
    raw = wrapped(path.read_bytes())
    if path.name in DELIBERATE:
        with pytest.raises(Problem, match="the same key twice"):
            head(raw)
        return
    expected = json.loads(raw)
    headed = head(raw)

    assert json.loads(headed.wire()) == expected
    assert repr(json.loads(parse(headed).wire())) == repr(expected)


@pytest.mark.parametrize("path", cases("i_"))
def test_S46_what_is_left_open_is_taken_whole_or_refused(path: Path) -> None:
    raw = wrapped(path.read_bytes())
    headed = None
    with contextlib.suppress(Problem):
        headed = head(raw)

    if headed:
        assert json.loads(parse(headed).wire()) == json.loads(headed.wire()) == json.loads(raw)


def test_S46_the_suite_is_whole() -> None:
    if not CASES:
        pytest.skip(f"the JSON Parsing Test Suite is not at {SHARED}")
    counts = [sum(path.name.startswith(kind) for path in CASES) for kind in ("y_", "n_", "i_")]

    assert counts == [95, 188, 35]
