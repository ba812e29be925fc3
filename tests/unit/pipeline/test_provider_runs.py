"""Tools that a provider runs by itself, in streams: guarded like the client's own, as one text however it is cut."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.codec import sse
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.guard import Rule, Rules
from lockgate.core.names import Names
from lockgate.dialects import anthropic_messages, gemini_generate, ollama_chat, openai_chat
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.patterns.looking import Looking
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides, Translated
from lockgate.pipeline.ledger import Ledger
from lockgate.tokens.restorer import Restorer
from lockgate.tokens.spelling import Spelling
from tests.automata import CACHE

CLAUDES, GEMINI = anthropic_messages.plugin, gemini_generate.plugin
CANARY = "operation dawn"
ENGINE = Looking([blocklist(words=(CANARY,)).build()], CACHE)
MASK = Rules([Rule("r", 0, "mask", frozenset(("response",)))], ENGINE, "response")
ASK = Ask("m", stream=True, usage=True, request_id="r", created=1)


def claude(*contents: dict[str, Any]) -> bytes:
    message = {"id": "m1", "model": "m", "role": "assistant", "content": [], "usage": {"input_tokens": 1}}
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
    every = ({"type": "message_start", "message": message}, *contents, end, {"type": "message_stop"})
    return b"".join(sse.frame(msgspec.json.encode(content), content["type"]) for content in every)


def block(index: int, content: dict[str, Any], *deltas: str) -> list[dict[str, Any]]:
    said = [
        {
            "type": "content_block_delta",
            "index": index,
            "delta": {"type": "input_json_delta", "partial_json": text},
        }
        for text in deltas
    ]
    start = {"type": "content_block_start", "index": index, "content_block": content}
    return [start, *said, {"type": "content_block_stop", "index": index}]


SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
MCP = {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "echo", "server_name": "files", "input": {}}


def gemini(*parts: dict[str, Any]) -> bytes:
    chunks = [{"candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}]} for part in parts]
    chunks[-1]["candidates"][0]["finishReason"] = "STOP"
    return b"".join(b"data: " + msgspec.json.encode(chunk) + b"\r\n\r\n" for chunk in chunks)


def through(
    dialect: Dialect, wire: bytes, rules: Rules = MASK, ledger: Ledger | None = None, restorer: Restorer | None = None
) -> bytes:
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), rules, ledger or Ledger("", 0, 0), restorer)
    out = [lane.feed(frame + b"\n\n") for frame in wire.replace(b"\r\n", b"\n").split(b"\n\n") if frame]
    return b"".join([*out, lane.end()])


def blocks(wire: bytes) -> list[dict[str, Any]]:
    """As Anthropic's clients put them together."""
    found: list[dict[str, Any]] = []
    texts: list[str] = []
    for frame in wire.split(b"\n\n"):
        content = msgspec.json.decode(sse.data(frame + b"\n\n") or b"{}")
        if content.get("type") == "content_block_start":
            found.append(content["content_block"])
            texts.append("")
        elif content.get("type") == "content_block_delta":
            texts[content["index"]] += content["delta"].get("partial_json", "")
    return [
        each | {"input": msgspec.json.decode(text)} if text else each for each, text in zip(found, texts, strict=True)
    ]


def parts(wire: bytes) -> list[dict[str, Any]]:
    chunks = [msgspec.json.decode(data) for frame in wire.split(b"\n\n") if (data := sse.data(frame + b"\n\n"))]
    return [part for chunk in chunks for c in chunk.get("candidates", ()) for part in c["content"]["parts"]]


@pytest.mark.parametrize("start", [SEARCH, MCP], ids=["server", "mcp"])
def test_S62_what_a_provider_calls_its_tool_with_cut_at_every_place(start: dict[str, Any]) -> None:
    text = msgspec.json.encode({"query": f"tell me of {CANARY} now"}).decode()
    for cut in range(len(text) + 1):
        ledger = Ledger("", 0, 0)

        out = through(CLAUDES, claude(*block(0, start, text[:cut], text[cut:])), ledger=ledger)

        (told,) = blocks(out)
        assert told == start | {"input": {"query": "tell me of [BLOCKLIST] now"}}, cut
        assert [(found.place, found.action) for found in ledger.findings] == [("response.tool_arguments", "mask")]


@pytest.mark.parametrize(
    ("kind", "field", "place"),
    [("executableCode", "code", "tool_arguments"), ("codeExecutionResult", "output", "tool_result")],
)
def test_S62_code_and_what_it_prints_cut_at_every_place(kind: str, field: str, place: str) -> None:
    text, head = f"print('{CANARY}')", {"language": "PYTHON"} if kind == "executableCode" else {"outcome": "OUTCOME_OK"}
    for cut in range(1, len(text)):
        ledger = Ledger("", 0, 0)
        pieces = [{kind: {**head, field: piece}} for piece in (text[:cut], text[cut:])]

        out = parts(through(GEMINI, gemini({"text": "so "}, *pieces, {"text": "there"}), ledger=ledger))

        assert "".join(part[kind][field] for part in out if kind in part) == "print('[BLOCKLIST]')", cut
        assert all(part[kind].items() >= head.items() for part in out if kind in part)
        assert "".join(part.get("text", "") for part in out) == "so there"
        assert [found.place for found in ledger.findings] == [f"response.{place}"]


@given(st.lists(st.sampled_from(("operation", " ", "dawn", CANARY, "x", "")), min_size=1, max_size=6))
def test_S62_any_cutting_of_code_shows_the_same(pieces: list[str]) -> None:
    wire = gemini(*({"executableCode": {"language": "PYTHON", "code": piece}} for piece in pieces))

    out = "".join(part["executableCode"]["code"] for part in parts(through(GEMINI, wire)) if "executableCode" in part)

    assert out == "".join(pieces).replace(CANARY, "[BLOCKLIST]")


RESULTS: list[tuple[str, dict[str, Any]]] = [
    (
        "web_search_tool_result",
        {
            "tool_use_id": "srvtoolu_1",
            "content": [
                {"type": "web_search_result", "title": f"a {CANARY}", "url": "https://e.com", "page_age": None}
            ],
        },
    ),
    ("mcp_tool_result", {"tool_use_id": "m", "is_error": False, "content": [{"type": "text", "text": f"a {CANARY}"}]}),
    (
        "bash_code_execution_tool_result",
        {"tool_use_id": "b", "content": {"stdout": f"\n{CANARY}\n", "stderr": "", "return_code": 0}},
    ),
    ("of_tomorrow", {"says": {"deep": [CANARY, 1.5, None]}}),
]


@pytest.mark.parametrize(("kind", "fields"), RESULTS, ids=[kind for kind, _ in RESULTS])
def test_S60_a_result_is_masked_and_otherwise_whole(kind: str, fields: dict[str, Any]) -> None:
    given_block, ledger = {"type": kind, **fields}, Ledger("", 0, 0)

    out = through(CLAUDES, claude(*block(0, SEARCH, '{"query":"x"}'), *block(1, given_block)), ledger=ledger)

    expected = msgspec.json.decode(msgspec.json.encode(given_block).replace(CANARY.encode(), b"[BLOCKLIST]"))
    assert blocks(out) == [SEARCH | {"input": {"query": "x"}}, expected]
    where = "response.tool_result" if kind.endswith("result") else "response.opaque"
    assert [found.place for found in ledger.findings] == [where]


@pytest.mark.parametrize(
    "part",
    [
        {"toolCall": {"id": "a", "toolType": "URL_CONTEXT", "args": {"urls": [CANARY]}}},
        {"toolResponse": {"id": "a", "toolType": "URL_CONTEXT", "response": {"text": CANARY}}},
    ],
    ids=["call", "response"],
)
def test_S60_googles_other_tools_are_masked_and_otherwise_whole(part: dict[str, Any]) -> None:
    out = parts(through(GEMINI, gemini(part, {"text": "hi"})))

    assert out[0] == msgspec.json.decode(msgspec.json.encode(part).replace(CANARY.encode(), b"[BLOCKLIST]"))


@pytest.mark.parametrize("dialect", [CLAUDES, GEMINI], ids=["anthropic", "gemini"])
def test_what_holds_nothing_leaves_as_it_came(dialect: Dialect) -> None:
    fine = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    wire = (
        claude(*block(0, SEARCH, '{"que', 'ry":"x"}'), *block(1, fine))
        if dialect is CLAUDES
        else gemini({"executableCode": {"code": "1", "language": "PYTHON"}}, {"codeExecutionResult": {"output": "1"}})
    ).replace(b"\r\n", b"\n")

    assert through(dialect, wire) == wire


def test_what_only_one_dialect_has_is_lost_by_name() -> None:
    wire = claude(*block(0, SEARCH, '{"query":"x"}'), *block(1, {"type": RESULTS[0][0], **RESULTS[0][1]}))
    for target in (openai_chat.plugin, GEMINI, ollama_chat.plugin):
        ledger = Ledger("", 0, 0)
        lane = Translated(Sides(CLAUDES, ASK, target, ASK), ledger)

        out = lane.feed(wire) + lane.end()
        lane.close()

        assert b"query" not in out
        assert {"server_tool_use", "web_search_tool_result"} <= set(ledger.lost)


@pytest.mark.parametrize(("tools", "expected"), [("*", "jo@example.org"), ("other", "<EMAIL_1>")])
def test_the_clients_values_come_back_in_calls_and_results(tools: str, expected: str) -> None:
    token = "<EMAIL_1>"
    restorer = Restorer({"EMAIL_1": (token, "jo@example.org")}, Spelling({"EMAIL"}, ()), Names((tools,)))
    text = msgspec.json.encode({"query": f"of {token}"}).decode()
    result = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [{"title": f"see {token}"}]}
    for cut in range(len(text)):
        wire = claude(*block(0, SEARCH, text[:cut], text[cut:]), *block(1, result))

        call, said = blocks(through(CLAUDES, wire, Rules((), ENGINE, "response"), restorer=restorer))

        assert call["input"] == {"query": f"of {expected}"}
        assert said["content"] == [{"title": "see jo@example.org"}]


def test_a_rule_for_arguments_does_not_look_at_a_text_that_is_spelled_otherwise() -> None:
    rules = Rules([Rule("r", 0, "block", frozenset(("tool_arguments",)))], ENGINE, "response")
    plain = gemini({"text": f"é {CANARY} 😀"}, {"toolResponse": {"id": "1", "response": {"said": CANARY}}})
    spaced = plain.replace(b'":', b'": ').replace("é".encode(), b"\\u00e9").replace("😀".encode(), b"\\ud83d\\ude00")

    for wire in (plain, spaced):
        lane = Guarded(Sides(GEMINI, ASK, GEMINI, ASK), rules, Ledger("", 0, 0))
        assert lane.feed(wire) + lane.end() == wire
