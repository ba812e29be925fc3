"""Embeddings go through the whole pipeline: who, what, how much, guards, intent and outcome, the next upstream."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.core.exchange import Route
from lockgate.core.guard import Action
from lockgate.core.key_digest import Pepper
from lockgate.core.problem import Kind, Problem
from lockgate.core.retry import ONCE, Retry
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.serve import serve
from lockgate.stores.repeats import SealedRepeats
from lockgate.stores.repeats.file import RepeatFile
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.embedding import ANT, GOO, MIS, OAI, OLL, USAGE, answer, ask, gateway, rules, sent
from tests.unit.pipeline.gateway import KEY, told


@pytest.mark.parametrize("form", ["float", "base64"])
async def test_it_goes_on_as_it_came_under_the_models_name_there(form: str) -> None:
    script = Script(Answered(200, [answer(form=form)]))
    body = b'{"model":"e","input":["a","b"],"encoding_format":"%b","dimensions":4,"user":"u-1","brand_new":1.50}'

    reply, got, notebook = await ask(script, Route("e", (OAI,)), body % form.encode())

    assert script.sent[0].target == "/v1/embeddings"
    assert script.sent[0].body == (body % form.encode()).replace(b'"model":"e"', b'"model":"text-embedding-3-small"')
    assert (b"authorization", b"Bearer sk-up") in script.sent[0].headers
    assert (reply.status, got) == (200, answer(form=form))
    outcome = notebook.outcome
    assert (outcome.operation, outcome.dialect, outcome.model) == ("embeddings", "openai_embeddings", "e")
    assert outcome.usage is not None
    assert (outcome.usage.input, outcome.usage.output, outcome.estimated, outcome.end) == (8, 0, False, "complete")
    assert [record.kind for record in notebook.records] == ["intent", "outcome"]


async def test_each_provider_has_its_own_path_and_words() -> None:
    script = Script(Answered(200, [answer()]), Answered(200, [answer()]))
    body = {"input": "a", "dimensions": 256, "user": "u", "encoding_format": "base64"}

    reply, _, _ = await ask(script, Route("e", (MIS,)), body)
    assert sent(script) == {
        "model": "mistral-embed",
        "input": "a",
        "output_dimension": 256,
        "encoding_format": "base64",
    }
    assert told(reply, b"x-lockgate-lost") == b"user"
    await ask(script, Route("e", (OLL,)), body)
    assert script.sent[1].target == "/v1/embeddings"
    assert sent(script) == {"model": "nomic-embed-text", **body}


async def test_google_has_it_in_another_place_under_another_signature() -> None:
    script = Script(Answered(200, [answer()]))

    await ask(script, Route("e", (GOO,)), {"input": "a", "dimensions": 768})

    assert script.sent[0].target == "/v1beta/openai/embeddings"
    assert sent(script) == {"model": "gemini-embedding-001", "input": "a", "dimensions": 768}
    names = dict(script.sent[0].headers)
    assert (names[b"authorization"], b"x-goog-api-key" in names) == (b"Bearer AIza-up", False)


async def test_who_has_no_such_endpoint_is_left_out_and_the_error_says_who_has_it() -> None:
    script = Script(Answered(200, [answer()]))
    reply, _, _ = await ask(script, Route("e", (ANT, OAI)), {"input": "a"})
    assert (reply.status, script.sent[0].target) == (200, "/v1/embeddings")

    reply, got, _ = await ask(script, Route("e", (ANT,)), {"input": "a"})

    error = msgspec.json.decode(got)["error"]
    assert (reply.status, error["param"], len(script.sent)) == (400, "model", 1)
    assert error["message"] == "no provider of this model has embeddings; these have: mistral, openai"


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        (b'{"input":"a"}', 400, "model"),
        (b'{"model":7,"input":"a"}', 400, "model"),
        (b'{"model":"","input":"a"}', 400, "model"),
        (b'{"model":"other","input":"a"}', 404, "model"),
        (b"[]", 400, None),
    ],
)
async def test_errors_have_openais_shape(body: bytes, status: int, where: str | None) -> None:
    reply, got, _ = await ask(Script(), Route("e", (OAI,)), body)

    assert reply.status == status
    assert set(msgspec.json.decode(got)["error"]) == {"message", "type", "param", "code"}
    assert msgspec.json.decode(got)["error"]["param"] == where


@pytest.mark.parametrize("given", ["bluebird", ["a", "the bluebird"], [{"text": "bluebird"}]])
async def test_S60_every_text_of_the_input_is_looked_at(given: Any) -> None:
    masks, blocks = (Route("e", (OAI,), rules(action)[0]) for action in ("mask", "block"))
    script = Script(Answered(200, [answer()]))

    reply, got, notebook = await ask(script, blocks, {"input": given})
    assert (reply.status, script.sent, notebook.outcome.end) == (400, [], "blocked")
    assert msgspec.json.decode(got)["error"]["code"] == "blocked_by_policy"

    reply, _, notebook = await ask(script, masks, {"input": given})
    assert reply.status == 200
    assert b"bluebird" not in script.sent[0].body
    assert [found.action for found in notebook.outcome.findings] == ["mask"]


TOKENS: Sequence[Any] = ([1, 2, 3], [[1, 2], [3]], ["a", [1, 2]], [["a"], 5])


@pytest.mark.parametrize("tokens", TOKENS, ids=str)
@pytest.mark.parametrize("action", ["mask", "block"])
async def test_S60_tokens_that_no_rule_can_read_are_refused(tokens: Any, action: Action) -> None:
    script = Script()

    reply, got, notebook = await ask(script, Route("e", (OAI,), rules(action)[0]), {"input": tokens})

    error = msgspec.json.decode(got)["error"]
    assert (reply.status, error["code"], script.sent) == (400, "blocked_by_policy", [])
    assert error["message"] == "blocked by rule 'codename': tokens cannot be read here, send the text"
    assert error["param"].startswith("input")
    assert [(f.label, f.action) for f in notebook.outcome.findings] == [("unread", "block")]


@pytest.mark.parametrize("tokens", TOKENS, ids=str)
async def test_tokens_pass_where_no_rule_is_in_force_and_that_is_written_down(tokens: Any) -> None:
    script = Script(*[Answered(200, [answer()])] * 3)
    for own, action in ((rules("flag"), "flag"), (rules("block", "shadow"), "shadow"), (None, "")):
        route = Route("e", (OAI,)) if own is None else Route("e", (OAI,), own[0])
        reply, _, notebook = await ask(script, route, {"input": tokens})
        assert (reply.status, sent(script)["input"]) == (200, tokens)
        assert [f.action for f in notebook.outcome.findings] == ([action] if action else [])


@pytest.mark.parametrize("form", ["float", "base64"])
async def test_rules_for_answers_see_all_but_the_vectors(form: str) -> None:
    route = Route("e", (OAI,), response_rules=rules("mask")[1])
    plain, strange = answer(2, 100, form), answer(2, 100, form, note="a bluebird")
    script = Script(Answered(200, [plain]), Answered(200, [strange]), Answered(200, [answer(1, 40_000)]))

    assert (await ask(script, route, {"input": "a"}))[1] == plain
    _, got, _ = await ask(script, route, {"input": "a"})
    assert b"bluebird" not in got
    assert msgspec.json.decode(got)["data"] == msgspec.json.decode(strange)["data"]
    assert (await ask(script, route, {"input": "a"}))[1] == answer(1, 40_000)


@pytest.mark.parametrize("vector", ["bluebird", ["bluebird"], {"float": "bluebird"}, [4111111111111111]])
async def test_what_is_no_vector_is_looked_at(vector: Any) -> None:
    body = answer().replace(b"[0.25,0.25,0.25,0.25]", msgspec.json.encode(vector))
    route = Route("e", (OAI,), response_rules=rules("mask")[1])

    _, got, _ = await ask(Script(Answered(200, [body])), route, {"input": "a"})

    assert b"bluebird" not in got
    assert msgspec.json.decode(got)["usage"] == USAGE


async def test_the_next_upstream_is_asked_also_when_a_small_answer_breaks_off() -> None:
    broken = Problem(Kind.UPSTREAM_RESET, "gone", source="upstream")
    script = Script(Answered(503, [b"{}"]), Answered(200, [answer()[:40], broken]), Answered(200, [answer()]))
    route = Route("e", (OAI, replace(OAI, name="second"), replace(OAI, name="third")), retry=Retry())

    reply, got, notebook = await ask(script, route, {"input": "a"})

    assert (reply.status, got) == (200, answer())
    assert [each.upstream for each in notebook.outcome.attempts] == ["oai", "second", "third"]


async def test_vectors_of_another_model_are_no_answer() -> None:
    """Who compares them with those of before would find nothing, or the wrong thing, and nobody would notice."""
    script = Script(Answered(503, [b"{}"]), Answered(200, [answer()]), Answered(503, [b"{}"]))
    same = replace(OAI, name="same", model="openai/Text-Embedding-3-Small")
    route = Route("e", (ANT, OAI, MIS, same, OLL), retry=Retry())

    reply, _, notebook = await ask(script, route, {"input": "a"})
    assert (reply.status, [each.upstream for each in notebook.outcome.attempts]) == (200, ["oai", "same"])
    reply, _, notebook = await ask(script, Route("e", (OAI, MIS)), {"input": "a"})
    assert (reply.status, [each.upstream for each in notebook.outcome.attempts]) == (503, ["oai"])


@pytest.mark.parametrize(("key", "lost"), [(b"k1", b"idempotency-key"), (b"", b"")], ids=["named", "not"])
async def test_C6_it_is_asked_as_often_as_it_comes_and_says_so(key: bytes, lost: bytes, tmp_path: Path) -> None:
    store = SealedRepeats(RepeatFile(tmp_path), Pepper(b"p" * 32))
    script = Script(*[Answered(200, [answer()])] * 2)
    one = gateway(script, Notebook(), Route("e", (OAI,), collapse=True), flights=Flights(store))
    named = ((b"idempotency-key", key),) if key else ()

    for _ in range(2):
        reply = await serve(one, inbound("/v1/embeddings", b'{"model":"e","input":"a"}', KEY, *named))
        assert (reply.status, told(reply, b"x-lockgate-lost")) == (200, lost)
    assert len(script.sent) == 2
    await store.aclose()


async def test_an_upstreams_error_goes_back_as_it_came() -> None:
    error = b'{"error":{"message":"too long","type":"invalid_request_error","param":"input","code":null}}'
    reply, got, _ = await ask(Script(Answered(400, [error])), Route("e", (OAI,), retry=ONCE), {"input": "a"})
    assert (reply.status, got) == (400, error)

    reply, got, _ = await ask(Script(Answered(200, [error])), Route("e", (OAI,), retry=ONCE), {"input": "a"})
    assert (reply.status, msgspec.json.decode(got)["error"]["message"]) == (502, "too long")
