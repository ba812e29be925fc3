"""A file of text in base64 is looked at as the text it is, however long, cut and spelled; and a mask in it leaves a file."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.base64_text import is_text, reads, said, written
from lockgate.core.body import head
from lockgate.core.dialect import Dialect
from lockgate.core.guard import Rule, Rules
from lockgate.core.registry import tables
from lockgate.guards.pii import plugin
from lockgate.patterns.looking import Looking
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.tokened import MAIL, World

DIALECTS = tables("lockgate.dialects", Dialect)
RULES = Rules([Rule("r", 0, "mask", frozenset(("request",)))], Looking([plugin().build()], streams=False), "request")
TEXT = "Write to bob@corp.example, please. "
MASKED = TEXT.replace("bob@corp.example", "[EMAIL]")


def encoded(text: str, charset: str = "utf-8") -> str:
    return base64.b64encode(text.encode(charset)).decode()


def document(dialect: str, file: str, mime: str = "text/plain") -> dict[str, Any]:
    if dialect == "gemini_generate":
        return {"contents": [{"parts": [{"inlineData": {"mimeType": mime, "data": file}}]}]}
    if dialect == "openai_chat":
        part: Any = {"type": "file", "file": {"file_data": f"data:{mime};base64,{file}"}}
    else:
        part = {"type": "document", "source": {"type": "base64", "media_type": mime, "data": file}}
    return {"messages": [{"role": "user", "content": [part]}]}


def sent(dialect: str, file: str, mime: str = "text/plain") -> str:
    out = json.loads(
        screened(
            head(json.dumps(document(dialect, file, mime)).encode()), DIALECTS[dialect], RULES, Ledger("", 0, 0)
        ).wire()
    )
    empty = document(dialect, "", mime)
    if dialect == "gemini_generate":
        data: str = out["contents"][0]["parts"][0]["inlineData"].pop("data")
        del empty["contents"][0]["parts"][0]["inlineData"]["data"]
    elif dialect == "openai_chat":
        head_, _, data = out["messages"][0]["content"][0]["file"].pop("file_data").partition(",")
        assert empty["messages"][0]["content"][0]["file"].pop("file_data") == head_ + ","
    else:
        data = out["messages"][0]["content"][0]["source"].pop("data")
        del empty["messages"][0]["content"][0]["source"]["data"]
    assert out == empty
    return data


@pytest.mark.parametrize("dialect", ["anthropic_messages", "gemini_generate", "openai_chat"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("times", [1, 4000])
def test_S60_a_file_is_masked_and_stays_a_file(dialect: str, charset: str, times: int) -> None:
    file = sent(dialect, encoded(TEXT * times + " ünd", charset))

    assert base64.b64decode(file, validate=True).decode(charset) == MASKED * times + " ünd"


@pytest.mark.parametrize("mime", ["TEXT/markdown; charset=utf-8", "application/json", "application/xml"])
def test_S60_what_is_text_by_another_name(mime: str) -> None:
    assert base64.b64decode(sent("gemini_generate", encoded(TEXT), mime)).decode() == MASKED


@pytest.mark.parametrize("dialect", ["anthropic_messages", "gemini_generate", "openai_chat"])
@pytest.mark.parametrize("mime", ["", "application/octet-stream", "application/csv", "image/svg+xml", "image/png"])
def test_S60_what_begins_like_a_text_is_one_whatever_it_is_called(dialect: str, mime: str) -> None:
    for charset in ("utf-8", "utf-16", "latin-1"):
        file = sent(dialect, encoded("Für Jo. " + TEXT * 4000, charset), mime)

        assert base64.b64decode(file).decode(charset) == "Für Jo. " + MASKED * 4000


FILE = encoded(TEXT * 4000)
OF_TOOLS: dict[str, dict[str, Any]] = {
    "gemini_generate": {"contents": [{"parts": [{"functionResponse": {"name": "f", "parts": [{"inlineData": {"mimeType": "text/csv", "data": FILE}}]}}]}]},
    "anthropic_messages": {"messages": [{"role": "assistant", "content": [{"type": "web_fetch_tool_result", "content": {"source": {"type": "base64", "media_type": "text/csv", "data": FILE}}}]}]},
    "openai_responses": {"input": [{"role": "user", "content": [{"type": "input_file", "file_url": "data:text/csv;base64," + FILE}]}]},
}  # fmt: skip


@pytest.mark.parametrize("dialect", OF_TOOLS)
def test_S60_files_in_other_places(dialect: str) -> None:
    body = head(json.dumps(OF_TOOLS[dialect]).encode())
    wire = screened(body, DIALECTS[dialect], RULES, Ledger("", 0, 0)).wire().decode()

    assert encoded(MASKED * 4000) in wire


def test_S60_a_file_in_a_system_instruction() -> None:
    part = {"inline_data": {"mime_type": "text/plain", "data": encoded(TEXT)}}
    body = head(json.dumps({"contents": [], "system_instruction": {"parts": part}}).encode())

    assert encoded(MASKED) in screened(body, DIALECTS["gemini_generate"], RULES, Ledger("", 0, 0)).wire().decode()


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 1 0 obj", b"\x89PNG\r\n\x1a\n\0\0\0\r", b"RIFF\0\0\0\0WAVE" + bytes(600), b""]
)
def test_what_begins_like_something_else_is_no_text(data: bytes) -> None:
    assert not reads(base64.b64encode(data).decode(), "")
    assert not reads("jo doe@mail.example", "")


def test_S61_base64_that_is_cut_into_lines_or_has_other_signs_in_it() -> None:
    lines = base64.encodebytes((TEXT * 20).encode()).decode().replace("\n", "\r\n")

    assert said(sent("gemini_generate", lines)) == MASKED * 20
    assert said(sent("gemini_generate", "!".join(encoded(TEXT)))) == MASKED
    assert said(sent("gemini_generate", encoded("bob@cor") + encoded("p.example"))) == "[EMAIL]"


def test_a_clean_file_and_one_that_is_no_text_leave_as_they_came() -> None:
    lines = base64.encodebytes(b"nobody is named here" * 20).decode()

    assert sent("gemini_generate", lines) == lines
    picture = base64.b64encode(b"\x89PNG" + bytes(4) + TEXT.encode() * 20).decode()
    assert sent("gemini_generate", picture, "image/png") == picture


async def test_a_value_in_a_file_leaves_as_a_token() -> None:
    world = World()
    part = document("openai_chat", encoded(f"I am {MAIL}"))["messages"][0]

    told = await world.ask(openai_answer("<EMAIL_1>"), part)

    assert encoded("I am <EMAIL_1>") in told.sent
    assert told.text == MAIL


@given(st.text(), st.sampled_from(["", "data:text/plain;base64,"]))
def test_what_is_written_is_read(text: str, head_: str) -> None:
    file = head_ + encoded("abc")

    assert said(written(file, text)) == text or "\0" in text
    assert written(file, text).startswith(head_)


@given(st.text() | st.text("Aa0+/-_= \r\n"))
def test_nothing_fails(file: str) -> None:
    said(file)
    written(file, "text")


@pytest.mark.parametrize("mime", [None, 4, "", "text", "image/svg+xml", "application/pdf"])
def test_what_is_no_text(mime: object) -> None:
    assert is_text(mime) == (mime == "text")
