"""S17 and S79: nor is it named in the words of another dialect, and no account is asked for what another one gave."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.auth import Caller
from lockgate.core.holder import Holder, account
from lockgate.core.key_digest import Pepper
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Script, inbound
from tests.unit.pipeline.gateway import KEY, whole
from tests.unit.pipeline.keeping import PATHS, UPSTREAMS, asked, gate
from tests.unit.pipeline.naming import FILE, NAMED, SAID, SOURCE, claude_turn, gemini_turn, openai_turn

ELSEWHERE: dict[str, tuple[str, dict[str, Any]]] = {
    "file of openai's": ("openai", openai_turn({"type": "file", "file": {"file_id": "file-theirs"}})),
    "file of claude's": ("openai", openai_turn({"type": "file", "file": {"file_id": "file_theirs"}})),
    "file of google's": ("openai", openai_turn({"type": "file", "file": {"file_id": "files/theirs"}})),
    "picture at google's": ("openai", openai_turn({"type": "image_url", "image_url": {"url": FILE}})),
    "document at google's": ("anthropic", claude_turn({"type": "document", "source": {"type": "url", "url": FILE}})),
    "document of claude's": ("anthropic", claude_turn({"type": "document", "source": SOURCE})),
    "document in a tool's result": (
        "anthropic",
        claude_turn(
            {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "document", "source": {"type": "url", "url": FILE}}]}
        ),
    ),
    "sound of the model's": (
        "gemini",
        {"contents": [{"role": "model", "parts": [{"fileData": {"fileUri": "audio_theirs", "mimeType": "audio/wav"}}]}]},
    ),
    "file of openai's as an address": ("gemini", gemini_turn({"fileData": {"fileUri": "file-theirs", "mimeType": "text/plain"}})),
    "a sound": ("openai", NAMED["openai sound"]),
    "a container": ("anthropic", claude_turn(SAID, container="container_theirs")),
}  # fmt: skip


@pytest.mark.parametrize("asks", ["openai", "anthropic", "gemini"])
@pytest.mark.parametrize("case", ELSEWHERE)
async def test_S17_nor_is_it_named_in_the_words_of_another_dialect(case: str, asks: str) -> None:
    """It is refused; or it is lost, and said so. An address of Google's files is nothing but an address to Anthropic, who has no key there."""
    dialect, said = ELSEWHERE[case]

    status, told, sent = await asked(said, PATHS[dialect], asks)

    assert status in (400, 503)
    assert bool(sent) == (status == 503)
    assert "theirs" not in json.dumps(sent).replace(FILE, "" if asks == "anthropic" else FILE)
    if status == 400:
        assert told["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/responses", "/api/chat"])
async def test_S17_nor_in_a_dialect_that_holds_nothing(path: str) -> None:
    part = {"type": "input_file", "file_id": "file-theirs"}
    said = {"model": "m", "input": [{"role": "user", "content": [part]}]}
    said |= {
        "prompt": "hi",
        "file_id": "file-theirs",
        "messages": [{"role": "user", "content": "hi", "file_id": "theirs"}],
    }

    status, _, sent = await asked(said, path, "openai")

    assert status in (400, 503)
    assert "theirs" not in json.dumps(sent)


HERE, THERE = (Holder(Pepper(bytes(32)), account(name)) for name in ("here", "there"))
WHO = Caller("key_1", "shop", teams=("shop",))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("at", [0, 1])
async def test_S79_what_was_given_goes_to_the_account_that_gave_it_and_to_no_other(
    at: int, order: tuple[int, int]
) -> None:
    places = [
        replace(UPSTREAMS["anthropic"], name=f"p{i}", base_path=f"/{i}", holder=each)
        for i, each in enumerate((HERE, THERE))
    ]
    places[at], other = places[at], places[1 - at]
    mine = (HERE, THERE)[at].marked("container_mine", WHO, 8, bytes(8))
    script = Script(*[Answered(503, [b"{}"])] * 4)
    base = gate(script, places[order[0]], places[order[1]], UPSTREAMS["gemini"])

    reply = await serve(base, inbound("/v1/messages", msgspec.json.encode(claude_turn(SAID, container=mine)), KEY))
    await whole(reply)

    asked = [(sent.target, sent.body) for sent in script.sent]
    assert [json.loads(body)["container"] for target, body in asked if target == f"/{at}/v1/messages"] != []
    assert all(target != f"{other.base_path}/v1/messages" for target, _ in asked)
    assert b"_lg" not in b"".join(body for _, body in asked)
    assert all(b"container_mine" in body for target, body in asked if target.startswith("/" + str(at)))
    assert all(b"container" not in body for target, body in asked if "generateContent" in target)
