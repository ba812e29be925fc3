"""Conditions of models: what is not true is refused, and what cannot be decided is not true. CEL where it is installed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.app.conditions import MISSING, condition
from lockgate.core.exchange import Condition
from lockgate.core.policy import Policies
from lockgate.pipeline.conditions import NOBODY
from lockgate.pipeline.serve import Gateway
from tests.fakes import Notebook, Script
from tests.unit.configurations import WHOLE, one, read
from tests.unit.pipeline.gateway import chat, openai_answer
from tests.unit.pipeline.policed import CARRIERS, ask, gateway

try:
    import celpy  # type: ignore[import-not-found,unused-ignore]  # noqa: F401
except ImportError:
    CEL = False
else:
    CEL = True
needs_cel = pytest.mark.skipif(not CEL, reason="the extra `cel` is not installed")


def guarded(script: Script, notebook: Notebook, may: Condition) -> Gateway:
    """The same gateway, whose models all have this condition."""
    made = gateway(script, notebook, metadata={"k": "v"}, claims={"sub": "ada"})
    old: Any = made.policies
    routes = {name: replace(route, condition=may) for name, route in old._routes.items()}
    return replace(made, policies=Policies(old._teams, routes, old._zones))


def broken(facts: Mapping[str, object]) -> bool:
    raise KeyError("no such claim")


ANSWERS: dict[str, tuple[Any, int]] = {
    "true": (lambda facts: True, 200),
    "false": (lambda facts: False, 403),
    "nearly true": (lambda facts: 1, 403),
    "nothing": (lambda facts: None, 403),
    "an error": (broken, 403),
}


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
@pytest.mark.parametrize("case", ANSWERS)
async def test_S16_what_is_not_true_is_refused(carrier: tuple[bytes, bytes], case: str) -> None:
    may, status = ANSWERS[case]
    script, notebook = Script(openai_answer()), Notebook()

    reply, body = await ask(guarded(script, notebook, may), carrier, chat("one"))

    assert reply.status == status
    assert len(script.sent) == (status == 200)
    if status == 403:
        assert msgspec.json.decode(body)["error"]["code"] == "permission_denied"
        assert notebook.outcome.code == "permission_denied"


async def test_a_condition_sees_who_asks_and_for_what_but_no_credential() -> None:
    seen: list[Mapping[str, Any]] = []

    def may(facts: Mapping[str, object]) -> bool:
        seen.append(facts)
        return True

    more = ((b"x-case", b"7"), (b"authorization", b"Bearer lg-good"), (b"x-two", b"a"), (b"x-two", b"b"))
    await ask(guarded(Script(openai_answer()), Notebook(), may), CARRIERS["x-api-key"], chat("one"), more=more)

    (got,) = seen
    assert got["request"] == {
        "endpoint": "chat",
        "dialect": "openai_chat",
        "model": "one",
        "stream": False,
        "address": "10.1.2.3",
        "headers": {"x-case": "7", "x-two": "a, b"},  # as who reads it behind us may: not the first one alone
    }
    assert got["caller"]["claims"] == {"sub": "ada"}
    assert (got["caller"]["team"], got["caller"]["organization"]) == ("shop", "org")
    assert {name: type(value) for name, value in got["caller"].items()} == {
        name: type(value)
        for name, value in NOBODY["caller"].items()  # type: ignore[attr-defined]
    }
    assert got["request"].keys() == NOBODY["request"].keys()  # type: ignore[attr-defined]
    assert "lg-good" not in str(seen)


@pytest.mark.skipif(CEL, reason="the extra `cel` is installed")
def test_without_the_extra_a_condition_is_a_mistake_that_says_so() -> None:
    text = WHOLE.replace("{targets: [{provider: openai}]}", "{targets: [{provider: openai}], condition: 'true'}")

    assert one(text)[1:] == ("models.gpt-5-mini.condition", "'true'", MISSING)


@needs_cel
@pytest.mark.parametrize(
    ("source", "expected"),
    [("caller.team ==", "a CEL expression"), ('caler.team == "a"', "`caller`"), ("nonsense(1)", "")],
)
def test_a_wrong_condition_is_a_mistake_with_its_place(source: str, expected: str) -> None:
    text = WHOLE.replace(
        "{targets: [{provider: openai}]}", f"{{targets: [{{provider: openai}}], condition: '{source}'}}"
    )

    _, path, _, belongs = one(text)

    assert path == "models.gpt-5-mini.condition"
    assert expected in belongs


@needs_cel
def test_a_right_condition_is_none() -> None:
    text = WHOLE.replace(
        "{targets: [{provider: openai}]}", "{targets: [{provider: openai}], condition: 'caller.team == \"a\"'}"
    )

    assert read(text).problems == ()


@needs_cel
@pytest.mark.parametrize(
    ("source", "status"),
    [
        ('caller.team == "shop" && request.model == "one"', 200),
        ('caller.team == "lab"', 403),
        ('"developer" in caller.roles', 403),
        ('has(caller.claims.sub) && caller.claims.sub == "ada"', 200),
        ('caller.claims.missing == "x"', 403),
        ('caller.metadata["k"] == "v"', 200),
        ("1", 403),
        ('"true"', 403),
        ('now.getFullYear() == 2026 && now.getHours("Europe/Berlin") == 1', 200),  # the clock of the tests
        ('request.address.startsWith("10.")', 200),
        ('request.headers["x-case"].matches("^[0-9]+$")', 403),
        ("!request.stream", 200),
    ],
)
async def test_cel_decides(source: str, status: int) -> None:
    one_ = guarded(Script(openai_answer()), Notebook(), condition(source))

    reply, _ = await ask(one_, CARRIERS["api-key"], chat("one"))

    assert reply.status == status
