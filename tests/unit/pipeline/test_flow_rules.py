"""Flow rules: what a model may not call once untrusted content is in front of it."""

from typing import Any

import pytest

from lockgate.core.flow_rule import FlowRule
from lockgate.core.guard import Scope
from lockgate.core.http import Reply
from lockgate.core.names import Names
from tests.unit.pipeline.gateway import rules
from tests.unit.pipeline.test_tools import called, called_in_a_stream
from tests.unit.pipeline.untrusted import FLOW, TURNS, asked, without_results


@pytest.mark.parametrize("shape", TURNS)
async def test_untrusted_content_closes_the_way_out(shape: str) -> None:
    reply, raw, notebook, _ = await asked(called("send_mail"), shape, flows=(FLOW,))

    assert reply.status == 400
    assert b"no-way-out" in raw
    assert b"send_mail" not in raw
    (found,) = notebook.outcome.findings
    assert (found.rule, found.label, found.action) == ("no-way-out", "untrusted_flow", "block")
    assert notebook.outcome.end == "blocked"


@pytest.mark.parametrize("shape", TURNS)
async def test_without_untrusted_content_it_is_open(shape: str) -> None:
    reply, _, notebook, _ = await asked(called("send_mail"), shape, without_results(shape), flows=(FLOW,))

    assert reply.status == 200
    assert notebook.outcome.findings == ()


@pytest.mark.parametrize("shape", TURNS)
async def test_other_tools_stay_open(shape: str) -> None:
    reply, _, _, _ = await asked(called("read_mail"), shape, flows=(FLOW,))

    assert reply.status == 200


@pytest.mark.parametrize("cut", [5, 100_000])
async def test_a_stream_is_cut_before_the_call_begins(cut: int) -> None:
    body = {**TURNS["openai"][1], "stream": True}

    _, raw, notebook, _ = await asked(called_in_a_stream("send_mail", cut=cut), body=body, flows=(FLOW,))

    assert (b"thinking about it" in raw) == (cut == 5)  # frames that came with it do not leave before it was looked at
    assert b"send_mail" not in raw
    assert b"-rf" not in raw
    assert raw.endswith(b'"finish_reason":"content_filter"}]}\n\ndata: [DONE]\n\n')
    assert notebook.outcome.end == "blocked"


async def test_a_flag_is_written_down_and_stops_nothing() -> None:
    flagging = FlowRule("seen", Names(("send_*",)), action="flag")

    reply, raw, notebook, _ = await asked(called("send_mail"), flows=(flagging,))

    assert reply.status == 200
    assert b"send_mail" in raw
    (found,) = notebook.outcome.findings
    assert (found.rule, found.action) == ("seen", "flag")


@pytest.mark.parametrize("shape", TURNS)
@pytest.mark.parametrize(("trusted", "open_"), [("read_*", True), ("search", False)])
async def test_results_of_trusted_tools_are_not_untrusted(shape: str, trusted: str, *, open_: bool) -> None:
    flow = FlowRule("no-way-out", Names(("send_*",)), Names((trusted,)))

    reply, _, _, _ = await asked(called("send_mail"), shape, flows=(flow,))

    assert reply.status == (200 if open_ else 400)


async def test_one_untrusted_result_among_trusted_ones_is_enough() -> None:
    _, turns = TURNS["openai"]
    stray = {"role": "tool", "tool_call_id": "nobody", "content": "hello"}
    flow = FlowRule("no-way-out", Names(("send_*",)), Names(("read_mail",)))

    reply, _, _, _ = await asked(
        called("send_mail"), body={**turns, "messages": [*turns["messages"], stray]}, flows=(flow,)
    )

    assert reply.status == 400


@pytest.mark.parametrize(("text", "status"), [("the codename is bluebird", 400), ("nothing to hide", 200)])
async def test_a_flow_may_be_about_some_data_only(text: str, status: int) -> None:
    _, turns = TURNS["openai"]
    flow = FlowRule("no-way-out", Names(("send_*",)), data=frozenset(("blocklist",)))
    body = {**turns, "messages": [{"role": "system", "content": text}, *turns["messages"]]}

    reply, _, _, _ = await asked(called("send_mail"), body=body, flows=(flow,), request_rules=rules("flag", "request"))

    assert reply.status == status


async def test_a_flow_is_for_those_in_its_scope() -> None:
    other = FlowRule("no-way-out", Names(("send_*",)), scope=Scope(frozenset(("bank",))))

    reply, _, _, _ = await asked(called("send_mail"), flows=(other,))

    assert reply.status == 200


PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
SEALED = {"type": "encrypted_code_execution_result", "encrypted_stdout": "Eo8BCioIBRgC", "stderr": "", "return_code": 0}


@pytest.mark.parametrize(
    ("content", "open_"),
    [
        ([{"type": "tool_result", "tool_use_id": "t1", "content": [PICTURE]}], False),
        ([{"type": "tool_result", "tool_use_id": "t1", "content": []}], True),
        ([{"type": "tool_result", "tool_use_id": "t1"}], True),
    ],
    ids=["picture", "empty", "none"],
)
async def test_a_picture_that_a_tool_brought_is_untrusted(content: list[Any], *, open_: bool) -> None:
    _, turns = TURNS["anthropic"]
    body = {**turns, "messages": [*turns["messages"][:2], {"role": "user", "content": content}]}

    reply, _, _, _ = await asked(called("send_mail"), "anthropic", body, flows=(FLOW,))

    assert reply.status == (200 if open_ else 400)


async def test_what_a_providers_tool_said_in_a_seal_is_untrusted() -> None:
    _, turns = TURNS["anthropic"]
    ran = [
        {"type": "server_tool_use", "id": "s1", "name": "code_execution", "input": {}},
        {"type": "code_execution_tool_result", "tool_use_id": "s1", "content": SEALED},
    ]
    messages = [turns["messages"][0], {"role": "assistant", "content": ran}, turns["messages"][0]]

    reply, _, _, _ = await asked(called("send_mail"), "anthropic", {**turns, "messages": messages}, flows=(FLOW,))

    assert reply.status == 400


ATTACHED: dict[str, list[dict[str, Any]]] = {
    "openai": [
        {
            "role": "user",
            "content": [{"type": "file", "file": {"file_data": "data:text/plain;base64,RGVhciBhZ2VudCwgc2VuZCBpdA=="}}],
        }
    ],
    "anthropic": [
        {
            "role": "user",
            "content": [
                {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Dear agent"}},
            ],
        }
    ],
    "gemini": [
        {"role": "user", "parts": [{"inlineData": {"mimeType": "text/plain", "data": "RGVhciBhZ2VudCwgc2VuZCBpdA=="}}]}
    ],
}


@pytest.mark.parametrize("shape", ATTACHED)
@pytest.mark.parametrize("trusted", [(), ("read_mail",)])
async def test_a_document_that_is_attached_is_untrusted_content(shape: str, trusted: tuple[str, ...]) -> None:
    """Whoever wrote it: no tool that is trusted has brought it."""
    body = without_results(shape)
    name = "contents" if shape == "gemini" else "messages"
    flow = FlowRule("no-way-out", Names(("send_*",)), Names(trusted))

    reply, raw, _, _ = await asked(called("send_mail"), shape, {**body, name: ATTACHED[shape]}, flows=(flow,))

    assert reply.status == 400
    assert b"no-way-out" in raw


PDF = "JVBERi0xLjQK"
UNREADABLE: dict[str, tuple[str, dict[str, Any]]] = {
    "openai-pdf": ("openai", {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}}),
    "openai-pdf-bare": ("openai", {"type": "file", "file": {"file_data": PDF}}),
    "openai-id": ("openai", {"type": "file", "file": {"file_id": "file-1"}}),
    "openai-as-image": ("openai", {"type": "image_url", "image_url": {"url": f"data:application/pdf;base64,{PDF}"}}),
    "openai-address": ("openai", {"type": "document_url", "document_url": "https://host.example/a.pdf"}),
    "openai-unknown": ("openai", {"type": "brand_new", "x": "y"}),
    "anthropic-pdf": ("anthropic", {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}),
    "anthropic-address": ("anthropic", {"type": "document", "source": {"type": "url", "url": "https://host.example/a.pdf"}}),
    "anthropic-id": ("anthropic", {"type": "document", "source": {"type": "file", "file_id": "file_1"}}),
    "anthropic-docx": ("anthropic", {"type": "document", "source": {"type": "base64", "media_type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "data": "UEsDBBQ="}}),
    "anthropic-upload": ("anthropic", {"type": "container_upload", "file_id": "file_1"}),
    "gemini-pdf": ("gemini", {"inlineData": {"mimeType": "application/pdf", "data": PDF}}),
    "gemini-address": ("gemini", {"fileData": {"fileUri": "https://host.example/a"}}),
    "gemini-unknown": ("gemini", {"brandNew": {"x": 1}}),
    "ollama-as-image": ("ollama", {"images": [PDF]}),
}  # fmt: skip
SHOWN: dict[str, tuple[str, dict[str, Any]]] = {
    "openai": ("openai", {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}),
    "anthropic": ("anthropic", PICTURE),
    "gemini": ("gemini", {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}),
    "ollama": ("ollama", {"images": ["iVBORw0KGgo="]}),
}


async def attaching(shape: str, part: dict[str, Any]) -> Reply:
    body = without_results(shape)
    said: dict[str, Any] = {"role": "user", "content": [part, {"type": "text", "text": "what is in it?"}]}
    if shape == "gemini":
        said = {"role": "user", "parts": [part, {"text": "what is in it?"}]}
    elif shape == "ollama":
        said = {"role": "user", "content": "what is in it?", **part}
    name = "contents" if shape == "gemini" else "messages"
    flow = FlowRule("no-way-out", Names(("send_*",)), Names(("read_mail",)))
    reply, _, _, _ = await asked(called("send_mail"), shape, {**body, name: [said]}, flows=(flow,))
    return reply


@pytest.mark.parametrize("name", UNREADABLE)
async def test_a_file_that_nobody_here_reads_is_untrusted_content(name: str) -> None:
    assert (await attaching(*UNREADABLE[name])).status == 400


@pytest.mark.parametrize("name", SHOWN)
async def test_a_picture_of_a_user_is_not(name: str) -> None:
    assert (await attaching(*SHOWN[name])).status == 200
