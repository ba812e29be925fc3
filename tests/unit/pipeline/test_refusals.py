"""Who gets in and what they get to see: credentials, models, paths."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.http import Inbound
from lockgate.dialects import gemini_generate, ollama_chat
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway, serve
from tests.fakes import JSON, Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import (
    KEY,
    ask,
    chat,
    gateway,
    openai_answer,
    told,
    whole,
)


def read(raw: bytes) -> Any:
    return msgspec.json.decode(raw)


@pytest.mark.parametrize("model", ["hidden", "nowhere"])
async def test_unknown_and_forbidden_models_look_alike(model: str) -> None:
    reply, body, _ = await ask(Script(), chat(model))

    assert (reply.status, read(body)["error"]["code"]) == (404, "model_not_found")
    assert model.encode() not in body


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([(b"x-other", b"1")], "invalid_api_key"),
        ([(b"authorization", b"Bearer wrong")], "invalid_api_key"),
        ([(b"authorization", b"Basic abc")], "invalid_api_key"),
        ([(b"api-key", b"wrong")], "invalid_api_key"),
        ([KEY, (b"x-api-key", b"other")], "ambiguous_credentials"),
        ([(b"api-key", b"a"), (b"x-goog-api-key", b"b")], "ambiguous_credentials"),
    ],
)
async def test_S16_one_credential_whichever_header_carries_it(headers: list[tuple[bytes, bytes]], code: str) -> None:
    notebook = Notebook()

    async def never() -> bytes:
        raise AssertionError("the body of an unknown sender was read")

    reply = await serve(gateway(Script(), notebook), Inbound("POST", "/v1/chat/completions", "", tuple(headers), never))

    assert (reply.status, read(await whole(reply))["error"]["code"]) == (401, code)
    assert told(reply, b"www-authenticate").startswith(b"Bearer")
    assert notebook.outcome.code == code


@pytest.mark.parametrize("name", [b"x-api-key", b"api-key", b"x-goog-api-key"])
async def test_S16_every_carrier_opens_the_same_door(name: bytes) -> None:
    reply, _, notebook = await ask(Script(openai_answer()), chat("fast"), (name, b"lg-good"))

    assert reply.status == 200
    assert notebook.outcome.key_id == "key_1"


async def test_the_models_of_a_key_in_both_shapes() -> None:
    _, openai, _ = await ask(Script(), b"", path="/v1/models", method="GET")
    _, claude, _ = await ask(Script(), b"", KEY, (b"anthropic-version", b"x"), path="/v1/models", method="GET")
    one, _, _ = await ask(Script(), b"", path="/v1/models/fast", method="GET")
    none, _, _ = await ask(Script(), b"", path="/v1/models/hidden", method="GET")

    assert [m["id"] for m in read(openai)["data"]] == [m["id"] for m in read(claude)["data"]]
    assert "hidden" not in openai.decode()
    assert read(claude)["data"][0]["type"] == "model"
    assert (one.status, none.status) == (200, 404)


async def test_tokens_are_counted_or_estimated_and_marked() -> None:
    script = Script(Answered(200, [b'{"input_tokens":12}'], JSON))

    counted, body, _ = await ask(script, chat("cross", max_tokens=1), path="/v1/messages/count_tokens")
    estimated, guess, _ = await ask(Script(), chat("fast", "x" * 70, max_tokens=1), path="/v1/messages/count_tokens")

    assert (read(body), told(counted, b"x-lockgate-estimate")) == ({"input_tokens": 12}, b"")
    assert script.sent[0].target == "/v1/messages/count_tokens"
    assert (read(guess), told(estimated, b"x-lockgate-estimate")) == ({"input_tokens": 20}, b"true")


@pytest.mark.parametrize(("path", "method", "status"), [("/v1/chat/completions", "GET", 405), ("/v2", "POST", 404)])
async def test_what_is_not_served_says_so(path: str, method: str, status: int) -> None:
    reply, _, notebook = await ask(Script(), b"{}", path=path, method=method)

    assert reply.status == status
    assert told(reply, b"allow") == (b"POST" if status == 405 else b"")
    assert notebook.outcome.end == "refused"


def others(script: Script) -> Gateway:
    """Speaks Gemini's and Ollama's dialects."""
    catalogue = Catalogue((gemini_generate.plugin, ollama_chat.plugin), gemini_generate.plugin)
    return replace(gateway(script, Notebook()), catalogue=catalogue)


async def test_a_HEAD_is_answered_as_the_GET_that_it_stands_for() -> None:
    """RFC 9110 9.3.2. The edge leaves the body out."""

    async def never() -> bytes:
        raise AssertionError("there is nothing to read")

    headed, got, posted = [
        await serve(gateway(Script(), Notebook()), Inbound(method, "/v1/models", "", (KEY,), never))
        for method in ("HEAD", "GET", "PUT")
    ]

    assert (headed.status, await whole(headed)) == (200, await whole(got))
    assert (posted.status, told(posted, b"allow")) == (405, b"GET, HEAD")


async def test_the_version_of_ollamas_api_is_told_to_who_has_a_key() -> None:
    async def never() -> bytes:
        raise AssertionError("there is nothing to read")

    known, stranger = [
        await serve(others(Script()), Inbound("GET", "/api/version", "", headers, never)) for headers in ((KEY,), ())
    ]

    assert (known.status, stranger.status) == (200, 401)
    assert read(await whole(known))["version"].count(".") == 2


@pytest.mark.parametrize(
    "body",
    [
        {"contents": [{"role": "user", "parts": [{"text": "seven letters"}]}]},
        {"generateContentRequest": {"model": "models/hidden", "contents": [{"parts": [{"text": "seven letters"}]}]}},
    ],
)
async def test_tokens_of_gemini_requests_are_estimated_and_nobody_is_asked(body: object) -> None:
    script = Script()

    reply = await serve(others(script), inbound("/v1beta/models/fast:countTokens", msgspec.json.encode(body), KEY))

    raw = await whole(reply)
    assert (reply.status, script.sent, told(reply, b"x-lockgate-estimate")) == (200, [], b"true")
    assert 4 <= read(raw)["totalTokens"] <= 20


async def test_S44_a_multipart_body_is_not_read_as_one() -> None:
    """Nothing here takes files apart: many parts and long boundaries cost what any other bad body does."""
    parts = b"".join(
        b"--%b\r\ncontent-disposition: form-data; name=a\r\n\r\nb\r\n" % (b"x" * 70) for _ in range(10_000)
    )
    script = Script()

    reply, body, _ = await ask(script, parts, KEY, (b"content-type", b"multipart/form-data; boundary=" + b"x" * 70))

    assert (reply.status, read(body)["error"]["code"], script.sent) == (400, "invalid_request", [])
