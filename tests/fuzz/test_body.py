"""The body: refused with a Problem, or one sane object whose value stays, whatever the bytes."""

import json
from typing import Any

from hypothesis import given

from lockgate.core.body import Headed, head, parse
from lockgate.core.problem import Kind, Problem
from tests.fuzz import hostile
from tests.fuzz.dialects import DIALECTS, corpus
from tests.fuzz.effort import tried

REQUESTS = [raw for name in DIALECTS for raw in corpus(name, ".request.json")]
SMALL = [
    b'{"model":"m","messages":[{"role":"user","content":"h\\u00e9"}],"n":[1.0,-0,1e5,123456789012345678901234567890]}',
    b'{"a":{"a":{"a":[[[{"a":1,"b":2,"A":3}]]]}},"\\u0061b":"\\ud83d\\ude00"}',
]


@tried(400)
@given(hostile.mutated([*SMALL, *REQUESTS]))
def test_any_bytes_are_a_body_or_a_problem(raw: bytes) -> None:
    body = taken(raw)
    if body is None:
        return

    value = json.loads(raw, object_pairs_hook=unique)
    assert json.loads(body.wire(), object_pairs_hook=unique) == value
    assert json.loads(parse(body).wire(), object_pairs_hook=unique) == value
    assert taken(body.wire()) == body
    assert taken(parse(body).wire()) is not None


def taken(raw: bytes) -> Headed | None:
    try:
        return head(raw)
    except Problem as problem:
        if problem.kind is not Kind.INVALID or problem.source != "client" or len(problem.detail) > 120:
            raise
        return None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a key twice"
    return dict(pairs)
