"""I4 over sockets: an upstream that falls silent is paid for, and another one is asked only where there is room for both."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lockgate.app.restore_limits import charges
from tests.e2e.process import Running, Told, eventually, request, running
from tests.e2e.upstream import Mark, Upstream

CONFIG = """\
version: 1
data: ./data
audit: {{patience: 10s}}
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: KEY}}, timeouts: {{first_byte: 400ms}}}}
  anthropic: {{kind: anthropic, base_url: "http://127.0.0.1:{port}/anthropic", api_key: {{env: KEY}}}}
models:
  tight: {{targets: {both}, max_output_tokens: 100, budgets: [{{max_usd: 1.5, per: 30d}}]}}
  wide: {{targets: {both}, max_output_tokens: 100, budgets: [{{max_usd: 2, per: 30d}}]}}
prices: {{"openai/*": {price}, "anthropic/*": {price}}}
teams:
  shop: {{models: ["*"]}}
keys:
  - {{name: tester, team: shop, secret: {{env: KEY}}}}
"""
BOTH, PRICE = "[{provider: openai}, {provider: anthropic}]", "{input: 0, output: 10000}"
WORST = 10**9
"""Nanodollars: 100 tokens."""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Upstream, Running]]:
    with (
        Upstream() as upstream,
        running(tmp_path_factory.mktemp("i4"), CONFIG.format(port=upstream.port, both=BOTH, price=PRICE)) as gateway,
    ):
        yield upstream, gateway


def ask(gateway: Running, model: str, mark: Mark) -> Told:
    body = {"model": model, "messages": [{"role": "user", "content": mark.text}]}
    headers = {"authorization": f"Bearer {gateway.key}", "x-request-id": mark.id}
    return request(gateway.url, "POST", "/v1/chat/completions", body, headers)


def charged(outcome: dict[str, Any]) -> int:
    return sum(charge[2] for charge in outcome["charges"])


def test_I4_no_second_upstream_is_asked_where_there_is_room_for_one(plant: tuple[Upstream, Running]) -> None:
    upstream, gateway = plant
    mark = upstream.mark(".openai=head", "chat")

    reply = ask(gateway, "tight", mark)

    outcome = gateway.outcome(mark.id)
    assert (reply.status, outcome["code"], upstream.calls(mark)) == (504, "upstream_timeout", 1)
    assert outcome["limits"] == [{"limit": "model/tight:cost:30d", "action": "not_again"}]
    assert 0 < charged(outcome) <= WORST


def test_I4_the_log_covers_both_attempts_before_the_second_goes_out(plant: tuple[Upstream, Running]) -> None:
    upstream, gateway = plant
    mark = upstream.mark(".openai=head", ".anthropic=head")
    replies: list[Told] = []
    asking = threading.Thread(target=lambda: replies.append(ask(gateway, "wide", mark)))
    asking.start()
    upstream.received(mark, 2)

    mine = [line for line in gateway.lines() if line["request_id"] == mark.id]
    if_it_died_now = list(charges(gateway.data / "audit"))
    upstream.open(mark)
    asking.join()

    assert [line["kind"] for line in mine] == ["intent", "further"]
    assert sum(each.amount for each in if_it_died_now if each.amount == WORST) == 2 * WORST
    assert replies[0].status == 200
    assert WORST // 100 <= charged(gateway.outcome(mark.id)) <= 2 * WORST


def test_I4_S73_killed_between_two_attempts_both_are_charged_though_the_store_is_lost(tmp_path: Path) -> None:
    """The second attempt hangs when its worker dies; whoever comes next has the log alone, and it says two."""

    def ask_in_vain(gateway: Running, mark: Mark) -> None:
        with suppress(OSError):
            ask(gateway, "wide", mark)

    with Upstream() as upstream:
        config = CONFIG.format(port=upstream.port, both=BOTH, price=PRICE)
        with running(tmp_path, config) as gateway:
            mark = upstream.mark(".openai=head", ".anthropic=head")
            asking = threading.Thread(target=ask_in_vain, args=(gateway, mark))
            asking.start()
            upstream.received(mark, 2)
            worker = next(iter(gateway.writers()))
            os.kill(worker, signal.SIGKILL)
            asking.join()
            eventually(lambda: worker not in gateway.children)
            os.killpg(gateway.process.pid, signal.SIGKILL)
            gateway.process.wait()
        assert [line["kind"] for line in gateway.lines(mark.id)] == ["intent", "further"]
        assert [each.amount for each in charges(gateway.data / "audit")].count(WORST) == 2
        shutil.rmtree(gateway.data / "limits")

        with running(tmp_path, config) as again:
            eventually(lambda: "charges were restored" in again.stderr)
            third = upstream.mark("chat")
            refused = ask(again, "wide", third)

    assert (refused.status, refused.json["error"]["code"], upstream.calls(third)) == (429, "insufficient_quota", 0)
