"""What a request reserves, when it is refused and how that is said, and what is charged in the end."""

from typing import Any

import msgspec
import pytest

from lockgate.core.problem import Kind, Problem
from tests.fakes import Answered, Script
from tests.unit.pipeline.gateway import KEY, chat, openai_answer, told
from tests.unit.pipeline.limited import Shop, a_budget, a_limit

CLAUDE_KEY = (b"x-api-key", b"lg-good")


def held_for(shop: Shop, script: Script) -> list[int]:
    """The amounts that were held while the upstream was asked."""
    return [claim.amount for lease in shop.memory.leases.values() for claim in lease.claims]


class Watching(Script):
    """Notes what is held when it is asked."""

    def __init__(self, shop: Shop, *answers: Answered | BaseException) -> None:
        super().__init__(*answers)
        self.shop, self.held = shop, [[0]]

    async def send(self, outbound: Any) -> Any:
        self.held.append(held_for(self.shop, self))
        return await super().send(outbound)


@pytest.mark.parametrize(
    ("model", "more", "output"),
    [
        ("cheap", {"max_tokens": 100}, 100),
        ("cheap", {"max_completion_tokens": 100, "n": 3}, 300),
        ("cheap", {"max_completion_tokens": 10, "max_tokens": 70}, 70),
        ("cheap", {}, 131_072),
        ("cheap", {"max_tokens": 0}, 131_072),
        ("bounded", {}, 40),
        ("bounded", {"max_tokens": 30}, 30),
        ("bounded", {"max_tokens": 300, "n": 2}, 80),
    ],
)
async def test_the_most_that_it_can_use_is_reserved(model: str, more: dict[str, Any], output: int) -> None:
    shop = Shop(a_limit("output_tokens", 10**6), a_budget(1000))
    script = Watching(shop, openai_answer())
    await shop.ask(script, chat(model, **more))

    assert script.held[-1] == [output, output * 1_000_000]
    assert shop.held == 0
    assert shop.charged() == 7 + 7 * 1_000_000


async def test_an_answer_is_no_longer_than_the_model_may_say() -> None:
    shop = Shop()
    for more, sent in (({}, 40), ({"max_tokens": 30}, None), ({"max_tokens": 300}, 40)):
        script = Script(openai_answer())
        await shop.ask(script, chat("bounded", **more))

        body = msgspec.json.decode(script.sent[0].body)
        limits = {key: body[key] for key in ("max_tokens", "max_completion_tokens") if key in body}
        assert limits == ({"max_tokens": 30} if sent is None else {next(iter(more), "max_completion_tokens"): sent})


@pytest.mark.parametrize(
    ("content", "bound"),
    [
        ("hi", None),
        ([{"type": "image_url", "image_url": {"url": "https://pictures.example/cat.png"}}], 5000),
        ([{"type": "file", "file": {"file_id": "file-1"}}], 5000),
        ("x" * 9000, 5000),
    ],
)
async def test_input_is_bounded_by_the_bytes_or_by_the_model(content: Any, bound: int | None) -> None:
    shop = Shop(a_limit("input_tokens", 10**6))
    script = Watching(shop, openai_answer())
    body = {"model": "bounded", "messages": [{"role": "user", "content": content}]}
    await shop.ask(script, body)

    expected = len(msgspec.json.encode(body)) + 2048 if bound is None else bound
    assert script.held[-1] == [expected]


async def test_the_dearest_upstream_of_a_route_is_reserved_and_the_true_one_charged() -> None:
    shop = Shop(a_budget(1000))
    script = Watching(shop, openai_answer())
    await shop.ask(script, chat("both", max_tokens=100))

    assert script.held[-1] == [100 * 10_000_000]
    assert shop.charged() == 7 * 1_000_000


async def test_a_price_that_is_not_known_is_refused_where_there_is_a_budget() -> None:
    shop = Shop(a_budget(1000))
    reply, body = await shop.ask(Script(), chat("fast", max_tokens=1))

    assert (reply.status, msgspec.json.decode(body)["error"]["code"]) == (403, "price_unknown")
    assert told(reply, b"x-should-retry") == b"false"
    assert shop.held == 0

    script = Script(Answered(500, [b"{}"]))
    await shop.ask(script, chat("mixed", max_tokens=1))
    assert [outbound.headers[1][0] for outbound in script.sent] == [b"x-api-key"]  # only the one that has a price


async def test_in_shadow_no_more_is_held_than_says_that_it_is_over() -> None:
    """A client may ask for any number of tokens, and a store counts in 64 bits."""
    shop = Shop(a_limit("tokens", 1000, shadow=True), a_budget(1, shadow=True))
    script = Watching(shop, openai_answer())
    reply, _ = await shop.ask(script, chat("cheap", max_tokens=10**18, n=10**18))

    assert reply.status == 200
    assert script.held[-1] == [1001, 10**9 + 1]
    assert [each.action for each in shop.notebook.outcome.limits] == ["shadow", "shadow"]
    assert shop.charged() == 16 + 7_000_000


async def test_a_shadow_budget_without_a_price_refuses_nobody() -> None:
    shop = Shop(a_budget(1000, shadow=True))
    reply, _ = await shop.ask(Script(openai_answer()), chat("fast"))

    assert reply.status == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/v1/chat/completions", 429, "insufficient_quota"), ("/v1/messages", 402, "billing_error")],
)
async def test_a_budget_that_is_used_up(path: str, status: int, code: str) -> None:
    shop = Shop(a_budget(0.05))
    reply, body = await shop.ask(Script(), chat("cheap", max_tokens=100), KEY, path=path)

    error = msgspec.json.decode(body)["error"]
    assert (reply.status, error.get("code", error["type"])) == (status, code)
    assert "(0.05 USD per 30d) has 0.05 USD left, and this request needs up to " in error["message"]
    assert told(reply, b"x-should-retry") == b"false"
    assert told(reply, b"ratelimit-policy") == b'"team/shop:cost:30d";q=50000000;w=2592000;qu="nanodollars"'
    assert shop.notebook.outcome.limits[0].limit == "team/shop:cost:30d"


async def test_a_calendar_begins_anew() -> None:
    shop = Shop(a_budget(0.15, per="month", zone="Europe/Berlin"))
    reply, _ = await shop.ask(Script(openai_answer()), chat("cheap", max_tokens=100))
    (claims,) = shop.memory.charged.values()

    assert reply.status == 200
    assert claims[0][2] == 1_767_222_000_000_000  # midnight of 2026-01-01 in Berlin
    assert told(reply, b"ratelimit").endswith(b";t=2674800")


async def test_questions_that_no_model_answers_count_as_requests_only() -> None:
    shop = Shop(a_limit("requests", 2), a_limit("tokens", 1), a_limit("concurrency", 1, None))
    statuses = []
    for path, body in (("/v1/models", {}), ("/v1/messages/count_tokens", chat("dear")), ("/v1/models", {})):
        reply, _ = await shop.ask(Script(Answered(200, [b'{"input_tokens":3}'])), body, CLAUDE_KEY, path=path)
        statuses.append(reply.status)

    assert statuses == [200, 200, 429]


async def test_a_provider_without_room_is_passed_over() -> None:
    place = ("provider", "oai")
    shop = Shop(a_limit("requests", 1, "1h", place))  # type: ignore[arg-type]
    asked = []
    for _ in range(2):
        script = Script(openai_answer(), openai_answer())
        await shop.ask(script, chat("both", max_tokens=5))
        asked.append(shop.notebook.outcome.attempts[0].upstream)
    reply, _ = await shop.ask(Script(), chat("cheap", max_tokens=5))

    assert asked == ["oai", "ant"]
    assert reply.status == 429
    assert told(reply, b"ratelimit") == b""


async def test_no_request_is_larger_than_what_there_is() -> None:
    shop = Shop(a_limit("tokens", 3000))
    reply, body = await shop.ask(Script(), chat("cheap", max_tokens=2000))

    assert reply.status == 429
    assert "ask for fewer tokens" in msgspec.json.decode(body)["error"]["message"]
    assert told(reply, b"x-should-retry") == b"false"
    assert [told(reply, name) for name in (b"retry-after", b"retry-after-ms")] == [b"60", b"60000"]


@pytest.mark.parametrize("wrong", ["100", True, [1], {}])
async def test_an_amount_that_cannot_be_read_is_refused(wrong: Any) -> None:
    """What we cannot read, an upstream may, and take for more than was reserved."""
    shop = Shop(a_limit("tokens", 10**6))
    reply, body = await shop.ask(Script(), chat("cheap", max_tokens=wrong))

    assert reply.status == 400
    assert msgspec.json.decode(body)["error"]["param"] == "max_tokens"


async def test_while_the_store_is_away_budgets_refuse() -> None:
    shop = Shop(a_budget(1000), a_limit("requests", 10), away=True)
    reply, body = await shop.ask(Script(), chat("cheap", max_tokens=1))

    assert (reply.status, msgspec.json.decode(body)["error"]["code"]) == (503, "budget_unavailable")
    assert told(reply, b"retry-after") == b"1"


async def test_while_the_store_is_away_each_worker_lets_through_its_share() -> None:
    shop = Shop(a_limit("requests", 10), a_limit("concurrency", 4, None), away=True, workers=2)
    statuses = [(await shop.ask(Script(openai_answer()), chat("cheap")))[0].status for _ in range(7)]

    assert statuses == [200] * 5 + [429] * 2
    shop.time.now += 70_000_000
    assert (await shop.ask(Script(openai_answer()), chat("cheap")))[0].status == 200


async def test_ours_stand_where_the_upstream_said_the_same() -> None:
    shop = Shop(a_limit("requests", 10))
    answer = openai_answer()
    answer.headers = (
        *answer.headers,
        (b"x-ratelimit-remaining-requests", b"9999"),
        (b"x-ratelimit-limit-images", b"5"),
    )
    reply, _ = await shop.ask(Script(answer), chat("cheap"))

    assert told(reply, b"x-ratelimit-remaining-requests") == b"9"
    assert told(reply, b"x-ratelimit-limit-images") == b"5"


async def test_each_of_the_levels_has_to_have_room() -> None:
    shop = Shop(
        a_limit("requests", 3, place=("gateway", "")),
        a_limit("requests", 2, by="key"),
        a_limit("requests", 9, place=("model", "cheap")),
    )
    statuses = [(await shop.ask(Script(openai_answer()), chat("cheap")))[0].status for _ in range(3)]

    assert statuses == [200, 200, 429]
    used = sorted(sum(amount for _, amount, _ in row) for row in shop.memory.charged.values())
    assert used == [2, 2, 2]  # the refused one took nothing anywhere


async def test_what_a_rule_blocks_costs_nothing() -> None:
    shop = Shop(a_budget(1000), a_limit("requests", 10))
    await shop.ask(Script(Problem(Kind.UNREACHABLE, "gone", source="upstream")), chat("cheap", max_tokens=50))

    assert shop.held == 0
    assert shop.charged() == 1
    assert shop.notebook.outcome.charges == ()
