"""W3C Trace Context: the caller's trace goes on, and what is no trace does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.pipeline.trace import child
from tests.fakes import Notebook, Script
from tests.unit.pipeline.gateway import chat, openai_answer, told
from tests.unit.pipeline.policed import CARRIERS, ask, gateway

TRACE, SPAN = b"0af7651916cd43dd8448eb211c80319c", b"b7ad6b7169203331"
GOOD = b"00-" + TRACE + b"-" + SPAN + b"-01"
BAD = [
    b"",
    b"00-1",
    GOOD.upper(),
    b"ff" + GOOD[2:],
    b"00-" + b"0" * 32 + b"-" + SPAN + b"-01",
    b"00-" + TRACE + b"-" + b"0" * 16 + b"-01",
    GOOD + b"-more",  # version 00 has nothing behind the flags
    GOOD[:-1],
    GOOD + b" ",
    b"0" + GOOD,
]


@pytest.mark.parametrize("value", BAD)
def test_what_is_no_traceparent_goes_nowhere_and_takes_its_state_along(value: bytes) -> None:
    assert child(((b"traceparent", value), (b"tracestate", b"v=1")), "id", 1.5) == ((), b"")


def test_state_without_a_parent_is_dropped() -> None:
    assert child(((b"tracestate", b"v=1"),), "id", 1.5) == ((), b"")


def test_a_later_version_is_spoken_to_in_ours() -> None:
    (parent, *_), _ = child(((b"traceparent", b"cc-" + TRACE + b"-" + SPAN + b"-03-what-comes"),), "id", 1.5)

    assert re.fullmatch(b"00-" + TRACE + b"-[0-9a-f]{16}-03", parent[1])


@given(
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=8, max_size=8),
    st.integers(0, 255),
    st.text("ab", max_size=9),
)
def test_the_trace_and_its_flags_stay_and_the_operation_is_ours(
    trace: bytes, span: bytes, flags: int, name: str
) -> None:
    line = b"00-%b-%b-%02x" % (trace.hex().encode(), span.hex().encode(), flags)
    headers = ((b"traceparent", line), (b"tracestate", b"a=1"), (b"tracestate", b"b=2"))

    given_on, response = child(headers, name, 1.25)

    if not any(trace) or not any(span):
        assert given_on == ()
        return
    assert given_on == ((b"traceparent", response), *headers[1:])
    assert (response[:36], response[-2:]) == (line[:36], line[-2:])
    assert child(headers, name + "x", 1.25)[1] != response != child(headers, name, 1.5)[1]


async def test_client_and_upstream_are_told_of_the_same_operation() -> None:
    script = Script(openai_answer())

    reply, _ = await ask(
        gateway(script, Notebook()),
        CARRIERS["api-key"],
        chat("one"),
        more=((b"traceparent", GOOD), (b"tracestate", b"v=1")),
    )

    assert told(reply, b"traceresponse").startswith(b"00-" + TRACE)
    assert dict(script.sent[0].headers)[b"traceparent"] == told(reply, b"traceresponse")
    assert dict(script.sent[0].headers)[b"tracestate"] == b"v=1"


async def test_no_trace_is_begun() -> None:
    script = Script(openai_answer())

    reply, _ = await ask(gateway(script, Notebook()), CARRIERS["api-key"], chat("one"))

    assert told(reply, b"traceresponse") == b""
    assert b"traceparent" not in dict(script.sent[0].headers)
    assert dict(script.sent[0].headers)[b"x-request-id"] == told(reply, b"x-request-id")
