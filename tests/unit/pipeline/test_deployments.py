"""Azure's paths: the deployment is the model, for policies, records and upstreams, and what the body calls it is nowhere."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.embedding import OAI, answer
from tests.unit.pipeline.embedding import gateway as embedding
from tests.unit.pipeline.gateway import (
    KEY,
    OPENAI,
    ask,
    claude_stream,
    gateway,
    openai_answer,
    openai_stream,
    policies,
    whole,
)
from tests.unit.pipeline.policed import gateway as policed

CHAT = "/openai/deployments/{}/chat/completions"
SAID = [{"role": "user", "content": "hi"}]
OTHERS: list[dict[str, Any]] = [
    {},
    {"model": "fast"},
    {"model": "hidden"},
    {"model": 5},
    {"model": None},
    {"model": ""},
]


@pytest.mark.parametrize("other", OTHERS, ids=str)
async def test_the_deployment_is_the_model_whatever_the_body_says(other: dict[str, Any]) -> None:
    script = Script(openai_answer())

    reply, _, notebook = await ask(script, {**other, "messages": SAID}, path=CHAT.format("fast"))

    assert reply.status == 200
    assert msgspec.json.decode(script.sent[0].body) == {"model": "gpt-real", "messages": SAID}
    assert script.sent[0].target == "/v1/chat/completions"
    assert (notebook.outcome.model, notebook.outcome.dialect) == ("fast", "openai_chat")


@pytest.mark.parametrize("other", OTHERS, ids=str)
async def test_an_upstream_without_a_name_of_its_own_hears_the_deployment(other: dict[str, Any]) -> None:
    script = Script(openai_answer())
    routes = {"one": Route("one", (replace(OPENAI, model=""),))}
    one = replace(gateway(script, Notebook()), policies=policies(routes, shop=Access(models=("one",))))

    reply = await serve(one, inbound(CHAT.format("one"), msgspec.json.encode({**other, "messages": SAID}), KEY))

    assert reply.status == 200
    assert msgspec.json.decode(script.sent[0].body)["model"] == "one"


async def test_another_dialect_and_a_stream() -> None:
    script = Script(claude_stream("Hel", "lo"), openai_stream("Hel", "lo"))

    for model in ("cross", "fast"):
        reply, body, _ = await ask(script, {"messages": SAID, "stream": True}, path=CHAT.format(model))
        assert reply.status == 200
        assert body.endswith(b"data: [DONE]\n\n")
    assert msgspec.json.decode(script.sent[0].body)["model"] == "claude-real"


@pytest.mark.parametrize("deployment", ["hidden", "nowhere", "%2E%2E", "fast%2Fx", "%00"])
async def test_S16_what_the_key_may_not_use_is_not_there_whatever_the_body_says(deployment: str) -> None:
    script = Script()

    reply, body, _ = await ask(script, {"model": "fast", "messages": SAID}, path=CHAT.format(deployment))

    error = msgspec.json.decode(body)["error"]
    assert (reply.status, error["code"], error["param"], script.sent) == (404, "model_not_found", "model", [])


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        (CHAT.format(""), "POST", 404, "not_found"),
        ("/openai/deployments/fast/chat/completions/", "POST", 404, "not_found"),
        ("/openai/deployments/fast/chat", "POST", 404, "not_found"),
        ("/openai/deployments/fast/extensions/chat/completions", "POST", 404, "not_found"),
        ("/openai/deployments/a/b/chat/completions", "POST", 404, "not_found"),
        ("/OPENAI/deployments/fast/chat/completions", "POST", 404, "not_found"),
        (CHAT.format("fast"), "GET", 405, "method_not_allowed"),
    ],
)
async def test_paths_that_are_none(path: str, method: str, status: int, code: str) -> None:
    reply, body, _ = await ask(Script(), {"messages": SAID}, path=path, method=method)

    assert (reply.status, msgspec.json.decode(body)["error"]["code"]) == (status, code)


@pytest.mark.parametrize("key", ["MODEL", "Model", "moDel"])
async def test_S45_no_other_spelling_of_model_goes_upstream(key: str) -> None:
    reply, body, _ = await ask(Script(), {key: "gpt-dear", "messages": SAID}, path=CHAT.format("fast"))

    assert (reply.status, msgspec.json.decode(body)["error"]["param"]) == (400, "model")


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'{"messages":[],"messages":[]}', None),
        (b'{"model":"a","model":"b","messages":[]}', None),
        (b'{"messages":"hi"}', "messages"),
        (b'{"messages":[],"stream":"yes"}', "stream"),
        (b"[]", None),
    ],
)
async def test_bodies_that_are_none_have_openais_error(raw: bytes, where: str | None) -> None:
    reply, body, _ = await ask(Script(), raw, path=CHAT.format("fast"))

    error = msgspec.json.decode(body)["error"]
    assert (reply.status, error["type"], error["param"]) == (400, "invalid_request_error", where)


async def test_a_policy_about_models_is_about_the_deployment() -> None:
    script = Script(openai_answer())
    one = policed(script, Notebook(), Access(models=("one",)))
    body = {"messages": SAID}

    allowed = await serve(one, inbound(CHAT.format("one"), msgspec.json.encode({**body, "model": "pair"}), KEY))
    denied = await serve(one, inbound(CHAT.format("pair"), msgspec.json.encode({**body, "model": "one"}), KEY))

    assert (allowed.status, denied.status, len(script.sent)) == (200, 404, 1)


async def test_a_rule_looks_at_it() -> None:
    said = [{"role": "user", "content": "the bluebird"}]
    script = Script(openai_answer("a bluebird"))

    _, body, _ = await ask(script, {"messages": said}, path=CHAT.format("guarded"))
    reply, _, _ = await ask(Script(), {"messages": said}, path=CHAT.format("guarded"), action="block")

    assert b"bluebird" not in script.sent[0].body + body
    assert reply.status == 400


async def test_embeddings_of_a_deployment() -> None:
    script, notebook = Script(Answered(200, [answer()])), Notebook()
    one = embedding(script, notebook, Route("e", (OAI,)))

    reply = await serve(one, inbound("/openai/deployments/e/embeddings", b'{"input":"a","model":"dear"}', KEY))

    assert (reply.status, await whole(reply)) == (200, answer())
    assert msgspec.json.decode(script.sent[0].body) == {"input": "a", "model": "text-embedding-3-small"}
    assert (notebook.outcome.operation, notebook.outcome.model) == ("embeddings", "e")
