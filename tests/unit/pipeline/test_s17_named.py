"""S17: no request names what a provider keeps for somebody else, in any dialect and at any place, unless the operator shares it."""

import json

import msgspec
import pytest

from lockgate.core.holder import Holder, account
from lockgate.core.key_digest import Pepper
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Script, inbound
from tests.unit.pipeline.gateway import KEY
from tests.unit.pipeline.keeping import PATHS, asked, gate
from tests.unit.pipeline.naming import FREE, NAMED, SAID, claude_turn


def home(case: str) -> str:
    return case.partition(" ")[0]


def upstream(case: str) -> str:
    return "openai" if home(case) == "embeddings" else home(case)


@pytest.mark.parametrize("case", NAMED)
async def test_S17_what_nobody_here_gave_is_not_named(case: str) -> None:
    status, told, sent = await asked(NAMED[case], PATHS[home(case)], upstream(case))

    assert status == 400
    assert not sent
    assert "keeps" in told["error"]["message"]
    assert "theirs" not in json.dumps(told)


@pytest.mark.parametrize("case", FREE)
async def test_what_names_nothing_that_is_kept_goes_as_it_came(case: str) -> None:
    status, _, sent = await asked(FREE[case], PATHS[home(case)], upstream(case))

    assert status == 503
    assert sent == [FREE[case]]


async def test_S17_a_message_to_compare_with_is_left_out_for_nothing_depends_on_it() -> None:
    """Claude Code names the last answer, whoever gave it, to be told why a cache was missed: of another's it would be told, too."""
    said = claude_turn(SAID, diagnostics={"previous_message_id": "msg_theirs"})

    status, _, sent = await asked(said, PATHS["anthropic"], "anthropic")
    _, _, shared = await asked(said, PATHS["anthropic"], "anthropic", holder=WHOLE)

    assert status == 503
    assert sent == [{**said, "diagnostics": {"previous_message_id": None}}]
    assert shared == [said]


WHOLE = Holder(Pepper(bytes(32)), account("here"), shared=frozenset(("*",)))
SHARING = Holder(Pepper(bytes(32)), account("here"), shared=frozenset(("file-theirs", "gs://theirs/*", "thread")))
"""What one may name by itself, what begins so, and a field."""


@pytest.mark.parametrize("case", NAMED)
async def test_what_the_operator_shares_goes_as_it_came(case: str) -> None:
    status, _, sent = await asked(NAMED[case], PATHS[home(case)], upstream(case), holder=WHOLE)

    assert status == 503
    assert sent == [NAMED[case]]


@pytest.mark.parametrize(
    ("case", "shared"),
    [
        ("openai file", True),
        ("openai file in a tool's result", True),
        ("openai sound", False),
        ("gemini bucket", True),
        ("gemini cache", False),
        ("anthropic thread that begins", True),
        ("anthropic thread", False),
        ("anthropic document", False),
    ],
)
async def test_and_nothing_else(case: str, *, shared: bool) -> None:
    status, _, _ = await asked(NAMED[case], PATHS[home(case)], upstream(case), holder=SHARING)

    assert status == (503 if shared or case == "anthropic thread" else 400)


async def test_S17_what_is_escaped_is_read_all_the_same() -> None:
    raw = rb'{"model":"m","messages":[{"role":"user","content":[{"type":"f\u0069le","f\u0069le":{"file\u005fid":"file-theirs"}}]}]}'
    script = Script(Answered(503, [b"{}"]))

    reply = await serve(gate(script, "openai"), inbound(PATHS["openai"], raw, KEY))

    assert reply.status == 400
    assert not script.sent


@pytest.mark.parametrize(
    ("case", "header"),
    [
        ("openai turn", b"openai-organization"),
        ("openai turn", b"openai-project"),
        ("anthropic turn", b"anthropic-workspace-id"),
        ("anthropic turn", b"anthropic-user-profile-id"),
    ],
)
async def test_S17_no_header_names_a_part_of_the_account(case: str, header: bytes) -> None:
    script = Script(Answered(503, [b"{}"]))
    beta = header.partition(b"-")[0] + b"-beta"
    said = msgspec.json.encode(FREE[case])

    await serve(gate(script, home(case)), inbound(PATHS[home(case)], said, KEY, (header, b"theirs"), (beta, b"b")))

    assert header not in dict(script.sent[0].headers)
    assert dict(script.sent[0].headers)[beta] == b"b"
