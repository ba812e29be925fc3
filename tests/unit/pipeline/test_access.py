"""Policies in the pipeline. Every one of them with every header that may carry the credential (S16)."""

from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access, Denied, Hours
from lockgate.core.problem import Kind, Problem
from tests.fakes import Answered, Notebook, Script
from tests.unit.pipeline.gateway import chat, claude_stream, openai_answer
from tests.unit.pipeline.policed import CARRIERS, WHOLE, ask, gateway

pytestmark = pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
Carrier = tuple[bytes, bytes]

FORBIDDEN: dict[str, tuple[Access, str]] = {
    "endpoint": (Access(endpoints=("list_models",)), "'chat'"),
    "denied endpoint": (Access(deny=Denied(endpoints=("chat",))), "'chat'"),
    "address": (Access(ips=("192.168.0.0/16",)), "address"),
    "denied address": (Access(deny=Denied(ips=("10.1.0.0/16",))), "address"),
    "hours": (Access(times=(Hours(days=("fri",)),)), "time"),  # the clock stands on a Thursday
}
HIDDEN: dict[str, Access] = {
    "model": Access(models=("other", "o*e-not")),
    "denied model": Access(deny=Denied(models=("on*",))),
    "no models": Access(models=()),
    "provider": Access(providers=("us",)),
    "denied provider": Access(deny=Denied(providers=("e*",))),
    "region": Access(regions=("us",)),
    "denied region": Access(deny=Denied(regions=("eu",))),
    "the model's name upstream": Access(deny=Denied(models=("gpt-real",))),
}


def code(body: bytes) -> str:
    return str(msgspec.json.decode(body)["error"]["code"])


@pytest.mark.parametrize("level", ["team", "key"])
@pytest.mark.parametrize("case", FORBIDDEN)
async def test_S16_what_a_policy_forbids_is_refused_before_the_body_is_read(
    carrier: Carrier, case: str, level: str
) -> None:
    access, word = FORBIDDEN[case]
    script, notebook = Script(), Notebook()
    one = gateway(script, notebook, access) if level == "team" else gateway(script, notebook, own=access)

    reply, body = await ask(one, carrier, {"not": "looked at"})

    assert (reply.status, code(body)) == (403, "permission_denied")
    assert word.encode() in body
    assert script.sent == []
    assert (notebook.outcome.key_id, notebook.outcome.team, notebook.outcome.code) == (
        "key_1",
        "shop",
        "permission_denied",
    )


@pytest.mark.parametrize("level", ["team", "key"])
@pytest.mark.parametrize("case", HIDDEN)
async def test_S16_what_a_policy_hides_looks_as_if_it_were_not_there(carrier: Carrier, case: str, level: str) -> None:
    script, notebook = Script(), Notebook()
    access = HIDDEN[case]
    one = gateway(script, notebook, access) if level == "team" else gateway(script, notebook, own=access)

    reply, body = await ask(one, carrier, chat("one"))
    _, nowhere = await ask(one, carrier, chat("nowhere"))
    _, listed = await ask(one, carrier, path="/v1/models", method="GET")
    single, _ = await ask(one, carrier, path="/v1/models/one", method="GET")

    assert (reply.status, code(body)) == (404, "model_not_found")
    assert body == nowhere
    assert "one" not in [card["id"] for card in msgspec.json.decode(listed).get("data", ())]
    assert single.status == 404
    assert script.sent == []


@pytest.mark.parametrize("level", ["team", "key"])
async def test_S16_what_is_allowed_is_served(carrier: Carrier, level: str) -> None:
    access = Access(
        models=("o*",),
        providers=("eu",),
        endpoints=("chat",),
        tools=(),
        regions=("eu",),
        ips=("10.1.2.3",),
        times=(Hours(days=("thu",)),),
        deny=Denied(models=("gpt-5",), ips=("10.1.2.4",)),
    )
    script, notebook = Script(openai_answer()), Notebook()
    one = gateway(script, notebook, access) if level == "team" else gateway(script, notebook, own=access)

    reply, _ = await ask(one, carrier, chat("one"))

    assert reply.status == 200
    assert notebook.outcome.upstream == "eu"


FAILURES = [Answered(503), Answered(401), Answered(429), Problem(Kind.UNREACHABLE, "gone", source="upstream")]


@pytest.mark.parametrize("failure", FAILURES, ids=str)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_fall_back_never_leaves_the_policy(carrier: Carrier, failure: Any, stream: bool) -> None:
    """Peers 18: the first target fails, and the second one is not for this caller."""
    fresh = failure if isinstance(failure, Problem) else Answered(failure.status)
    script, notebook = Script(fresh), Notebook()

    reply, _ = await ask(gateway(script, notebook, own=Access(regions=("eu",))), carrier, chat("pair", stream=stream))

    assert reply.status >= 400
    assert [attempt.upstream for attempt in notebook.outcome.attempts] == ["eu"]
    assert len(script.sent) == 1


async def test_a_fall_back_skips_what_is_forbidden_and_goes_on(carrier: Carrier) -> None:
    script, notebook = Script(Answered(503), openai_answer()), Notebook()

    reply, _ = await ask(gateway(script, notebook, Access(deny=Denied(providers=("ant",)))), carrier, chat("three"))

    assert reply.status == 200
    assert [attempt.upstream for attempt in notebook.outcome.attempts] == ["us", "eu"]


async def test_a_caller_without_limits_has_all_targets(carrier: Carrier) -> None:
    script, notebook = Script(Answered(503), claude_stream("x")), Notebook()

    reply, _ = await ask(gateway(script, notebook), carrier, chat("three", stream=True))

    assert reply.status == 200
    assert [attempt.upstream for attempt in notebook.outcome.attempts] == ["us", "ant"]


async def test_the_gateways_own_door_is_before_the_credential(carrier: Carrier) -> None:
    closed = Access(ips=("10.0.0.0/8",), deny=Denied(ips=("10.1.2.3",)))
    script, notebook = Script(openai_answer()), Notebook()
    one = gateway(script, notebook, WHOLE, door=closed)

    refused, body = await ask(one, carrier, chat("one"))
    unknown, _ = await ask(one, (b"x-api-key", b"lg-wrong"), chat("one"))
    let_in, _ = await ask(one, carrier, chat("one"), client="10.1.2.4")

    assert (refused.status, code(body), unknown.status, let_in.status) == (403, "permission_denied", 403, 200)
    assert [record.key_id for record in notebook.records if record.kind == "outcome"][:2] == ["", ""]


async def test_a_caller_that_told_only_its_team_gets_what_stands_above_it(carrier: Carrier) -> None:
    from lockgate.core.auth import Caller
    from lockgate.pipeline.authorize import stand

    placed, _ = stand(gateway(Script(), Notebook()).policies, Caller("jwt:ada", "shop", method="jwt"))

    assert (placed.organization, placed.teams) == ("org", ("shop", "retail"))
