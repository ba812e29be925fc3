"""S60: one canary in each cell. Every string, long number and field's name of every document and frame there is on record,
in every dialect: none goes on, whatever it is called and whether the dialect knows it.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path as File
from typing import Any

import msgspec
import pytest

from lockgate.core.body import Parsed
from lockgate.core.dialect import Ask
from lockgate.core.guard import Action, Rule, Rules
from lockgate.core.problem import Kind, Problem
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.patterns.looking import Looking
from lockgate.pipeline.flow import nonsense
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened
from tests.dialects import CHATS

WIRE = File(__file__).parents[2] / "wire"
DIALECTS = CHATS
WORD, NUMBER = "bluebird", 4111111111111111
ENGINE = Looking([blocklist(words=(WORD, str(NUMBER))).build()])
ASK = Ask("m", stream=True, usage=True, request_id="r1", created=1_767_225_600)
KINDS = ("request", "answer")


def rules(action: Action, direction: Any) -> Rules:
    return Rules([Rule("r", 0, action, frozenset((direction,)))], ENGINE, direction)


def documents(kind: str) -> Iterator[tuple[str, str]]:
    for name in DIALECTS:
        for path in sorted((WIRE / name).glob(f"*.{kind}.*")):
            if path.name.count(".") == 2:
                yield name, path.name


def cells(node: Any, made: Any = lambda new: new) -> Iterator[tuple[str, Any]]:
    """The document with a canary in one cell, for each cell; and a field that nobody knows in each object."""
    if isinstance(node, dict):
        yield "unknown field", made({**node, "brand_new": {"x": [WORD]}})
        yield "field's name", made({**node, f"a {WORD}": 1})
        yield "unknown number", made({**node, "brand_new": NUMBER})
        for key, value in node.items():
            yield from cells(value, lambda new, key=key: made({**node, key: new}))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from cells(value, lambda new, at=at: made([*node[:at], new, *node[at + 1 :]]))
    elif isinstance(node, str):
        yield "text", made(f"{node} {WORD}" if " " in node or not node else WORD)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", DIALECTS)
def test_S60_no_cell_of_a_document_is_open(name: str, kind: str) -> None:
    count = 0
    for dialect, file in documents(kind):
        if dialect != name:
            continue
        tree = msgspec.json.decode((WIRE / name / file).read_bytes())
        for cell, document in cells(tree):
            count += 1
            own = rules("mask", "request" if kind == "request" else "response")
            out = screened(
                Parsed(document), DIALECTS[name], own, Ledger("", 0, 0), "" if kind == "request" else "response."
            )

            assert WORD not in out.wire().decode(), (file, cell, document)
            assert str(NUMBER) not in out.wire().decode(), (file, cell, document)

    assert count > 20


@pytest.mark.parametrize("name", DIALECTS)
def test_S60_a_cell_that_blocks_blocks(name: str) -> None:
    for dialect, file in documents("request"):
        if dialect == name:
            for cell, document in list(cells(msgspec.json.decode((WIRE / name / file).read_bytes())))[::7]:
                with pytest.raises(Problem) as problem:
                    screened(Parsed(document), DIALECTS[name], rules("block", "request"), Ledger("", 0, 0))
                assert problem.value.kind is Kind.BLOCKED, (file, cell)
                assert WORD not in problem.value.where


def streamed(name: str, raw: bytes, *, array: bool) -> bytes:
    dialect, ask = DIALECTS[name], msgspec.structs.replace(ASK, array=array)
    lane = Guarded(Sides(dialect, ask, dialect, ask), rules("mask", "response"), Ledger("", 0, 0))
    out = b""
    try:
        out = lane.feed(raw)
        return out + lane.end()
    except (Problem, ValueError) as error:
        return out + lane.fail(error if isinstance(error, Problem) else nonsense())


def frames(raw: bytes) -> Iterator[tuple[int, int, Any]]:
    """Where a JSON document stands in a stream, and what it is."""
    at = 0
    for line in raw.splitlines(keepends=True):
        begin = line.find(b"{")
        with suppress(msgspec.DecodeError):  # of an array over lines, only what is whole
            if begin >= 0:
                yield at + begin, at + len(line.rstrip()), msgspec.json.decode(line[begin:].rstrip())
        at += len(line)


@pytest.mark.parametrize("name", DIALECTS)
def test_S60_no_cell_of_a_stream_is_open(name: str) -> None:
    count = 0
    for dialect, file in documents("stream"):
        raw = (WIRE / name / file).read_bytes() if dialect == name else b""
        for begin, end, frame in frames(raw):
            for cell, document in cells(frame):
                count += 1
                out = streamed(
                    name, raw[:begin] + msgspec.json.encode(document) + raw[end:], array=file.startswith("array")
                )

                assert WORD.encode() not in out, (file, cell, document)
                assert str(NUMBER).encode() not in out, (file, cell, document)

    assert count > 20
