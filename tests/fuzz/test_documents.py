"""Requests, whole answers and error bodies of every dialect: whatever the bytes, a value or a Problem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.body import head, parse
from lockgate.core.dialect import Ask, Target
from lockgate.core.problem import Kind, Problem
from tests.fuzz import hostile
from tests.fuzz.dialects import DIALECTS, corpus, least
from tests.fuzz.effort import tried

REQUESTS = {name: corpus(name, ".request.json") for name in DIALECTS}
ANSWERS = {name: corpus(name, ".answer.json") for name in DIALECTS}
ASK = Ask("m", request_id="r", created=1)


@pytest.mark.parametrize("name", DIALECTS)
@tried(250)
@given(data=st.data())
def test_any_request_is_read_or_refused(name: str, data: st.DataObject) -> None:
    raw, dialect = data.draw(hostile.mutated(REQUESTS[name])), DIALECTS[name]
    other = DIALECTS[data.draw(st.sampled_from(sorted(DIALECTS)))]
    try:
        body = head(raw)
        dialect.ask(Target(names={"model": "m"}), body)
        slots = list(dialect.texts(parse(body).tree))
        chat = dialect.decode_chat(body.wire(), ASK)
        wire = other.encode_chat(chat).wire
    except Problem as problem:
        if problem.status >= 500:
            raise
        return

    assert len(head(wire).wire()) <= 40 * len(raw) + 4000
    assert parse(body).edit({slot.path: slot.text for slot in slots}).wire() == parse(body).wire()


@pytest.mark.parametrize("name", DIALECTS)
@tried(250)
@given(data=st.data())
def test_any_answer_is_read_or_a_bad_upstream(name: str, data: st.DataObject) -> None:
    raw, dialect = data.draw(hostile.mutated(ANSWERS[name])), DIALECTS[name]
    other = DIALECTS[data.draw(st.sampled_from(sorted(DIALECTS)))]
    counted = dialect.unary_usage(raw)
    assert counted is None or least(counted) >= 0
    try:
        answer = dialect.decode_answer(raw, ASK)
        wire = other.encode_answer(answer, ASK).wire
    except Problem as problem:
        if problem.source != "upstream" or problem.kind not in (Kind.BAD_UPSTREAM, Kind.UPSTREAM_ERROR):
            raise
        return

    assert least(answer.usage) >= 0
    assert len(head(wire).wire()) <= 40 * len(raw) + 4000


@pytest.mark.parametrize("name", DIALECTS)
@tried(100)
@given(data=st.data(), status=st.sampled_from([400, 401, 429, 500, 503]))
def test_any_error_body_is_read(name: str, data: st.DataObject, status: int) -> None:
    raw = data.draw(
        hostile.mutated([b'{"error":{"message":"x","code":7,"details":[{}]}}', b'{"error":"x"}', *ANSWERS[name]])
    )

    problem = DIALECTS[name].read_problem(status, raw)

    assert (problem.kind, problem.status, problem.source) == (Kind.UPSTREAM_ERROR, status, "upstream")
    assert head(DIALECTS[name].problem(problem, "r"))
