"""Who is asked, and who is left alone, through a whole gateway of two workers: U1, U6, U8, credentials, checks, policies."""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from tests.e2e.plant import Plant
from tests.e2e.process import Line, Running, eventually, request, running
from tests.e2e.test_two_workers import line_to, workers
from tests.e2e.upstream import Upstream

CONFIG = """\
version: 1
server: {{workers: 2}}
data: ./data
providers:
  a: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: UP_A}}}}
  b: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: UP_B}}}}
  two: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_keys: [{{env: UP_A}}, {{env: UP_B}}]}}
  dead: {{kind: openai, base_url: "http://127.0.0.1:9/v1", api_key: {{env: UP_A}}}}
  sick: {{kind: openai, base_url: "http://127.0.0.1:9/v1", api_key: {{env: UP_A}}, health: {{check: {{interval: 100ms}}}}}}
  narrow: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: UP_A}}, bulkhead: {{requests: 2}}}}
  quick:
    kind: openai
    base_url: "http://127.0.0.1:{port}/openai/v1"
    api_key: {{env: UP_A}}
    health: {{out_for: 300ms, probe_every: 100ms, cool_most: 0s}}
  claude: {{kind: anthropic, base_url: "http://127.0.0.1:{port}/anthropic", api_key: {{env: UP_B}}}}
models:
  back: {{targets: [{{provider: quick}}, {{provider: claude}}]}}
  third: {{balance: {{kind: weighted}}, targets: [{{provider: dead}}, {{provider: a}}, {{provider: b}}]}}
  shares: {{balance: {{kind: weighted}}, targets: [{{provider: a, weight: 3}}, {{provider: b}}]}}
  cold: {{targets: [{{provider: a}}, {{provider: b}}]}}
  keys: {{targets: [{{provider: two}}]}}
  checked: {{targets: [{{provider: sick}}, {{provider: a}}]}}
  held: {{targets: [{{provider: dead, model: held}}, {{provider: b}}]}}
  alone: {{targets: [{{provider: dead, model: alone}}]}}
  tight: {{targets: [{{provider: narrow}}]}}
  spills: {{targets: [{{provider: narrow}}, {{provider: b}}]}}
  eyes: {{targets: [{{provider: a, when: {{vision: false}}}}, {{provider: b, when: {{metadata: {{sees: ["*"]}}}}}}]}}
  backup: {{targets: [{{provider: b, priority: 1}}, {{provider: dead, model: backup}}]}}
teams:
  all: {{models: ["*"]}}
  only-dead: {{models: ["*"], providers: [dead]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
  - {{name: bound, team: only-dead, secret: {{env: BOUND}}}}
audit: {{patience: 5s}}
"""
BOUND = "lg-bound-0123456789-abcdefghijklmnopqrstuvwxyz-A7"
KEYS = {"UP_A": "sk-canary-upstream-a-5hJ2kD8s", "UP_B": "sk-canary-upstream-b-9xQ4mN7t", "BOUND": BOUND}


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with (
        Upstream() as upstream,
        running(tmp_path_factory.mktemp("balancing"), CONFIG.format(port=upstream.port), env=KEYS) as gateway,
    ):
        yield Plant(upstream, gateway, KEYS)


@pytest.fixture(scope="module")
def lines(plant: Plant) -> list[Line]:
    """One to each worker."""
    return [line_to(plant.gateway, pid) for pid in workers(plant.gateway)]


def attempts(gateway: Running, told_id: str) -> list[tuple[str, int, str]]:
    return [
        (each["upstream"], each.get("status", 0), each.get("error", ""))
        for each in gateway.outcome(told_id)["attempts"]
    ]


def state(gateway: Running, upstream: str) -> str:
    text = request(gateway.admin, "GET", "/metrics").body.decode()
    (found,) = [family for family in families(text) if family.name == "lockgate_upstream_state"]
    ours = [each.labels["state"] for each in found.samples if each.labels["upstream"] == upstream and each.value]
    return ours[0] if ours else ""


def test_U1_U8_one_of_three_is_dead_and_no_client_sees_it(plant: Plant, lines: list[Line]) -> None:
    answers = [lines[turn % 2].ask("third", "act=chat") for turn in range(300)]

    assert {told.status for told in answers} == {200}
    every = Counter(name for told in answers for name, _, _ in attempts(plant.gateway, told.id))
    assert 5 <= every["dead"] <= 6  # the breaker opens at the fifth; another worker may be on its way to it
    assert every["a"] + every["b"] == 300
    assert 130 <= every["a"] <= 170
    assert state(plant.gateway, "dead/third") == "out"


def test_K1_a_new_worker_knows_what_the_dead_one_learned(plant: Plant, lines: list[Line]) -> None:
    before = workers(plant.gateway)
    os.kill(before[0], signal.SIGKILL)
    (new,) = eventually(lambda: set(workers(plant.gateway)) - set(before))

    told = line_to(plant.gateway, new).ask("third", "act=chat")
    lines[:] = [line_to(plant.gateway, pid) for pid in workers(plant.gateway)]

    assert [name for name, _, _ in attempts(plant.gateway, told.id)] in (["a"], ["b"])
    asked = json.loads(request(plant.gateway.admin, "GET", "/api/upstreams").body)["upstreams"]
    assert [each["state"] for each in asked if each["upstream"] == "dead/third"] == ["out"]


def test_U8_who_is_well_again_is_asked_again(plant: Plant, lines: list[Line]) -> None:
    burst = [lines[turn % 2].ask("back", "act.openai=503 act=chat") for turn in range(8)]
    asked = [[name for name, _, _ in attempts(plant.gateway, each.id)] for each in burst]
    assert {each.status for each in burst} == {200}
    assert asked[:5] == [["quick", "claude"]] * 5

    def tried() -> bool:
        return attempts(plant.gateway, lines[0].ask("back", "act=chat").id)[0][0] == "quick"

    eventually(tried)
    after = lines[1].ask("back", "act=chat")
    assert attempts(plant.gateway, after.id) == [("quick", 200, "")]
    assert state(plant.gateway, "quick/back") == "well"


def test_U1_the_next_is_asked_at_once(plant: Plant, lines: list[Line]) -> None:
    told = [lines[0].ask("held", "act=chat") for _ in range(5)]

    outcomes = [plant.gateway.outcome(each.id) for each in told]
    assert [[a["upstream"] for a in outcome["attempts"]] for outcome in outcomes] == [["dead", "b"]] * 5
    assert outcomes[0]["attempts"][0]["error"] == "upstream_unreachable"
    assert min(outcome["duration_ms"] for outcome in outcomes) <= 20


def test_U6_what_one_worker_is_told_the_other_knows(plant: Plant, lines: list[Line]) -> None:
    first = lines[0].ask("cold", "act=429")
    assert [name for name, _, _ in attempts(plant.gateway, first.id)] == ["a", "b"]
    assert state(plant.gateway, "b/cold") == "cooling"
    second = lines[1].ask("cold", "act=chat")

    assert [name for name, _, _ in attempts(plant.gateway, second.id)] in (["a"], ["b"])
    assert (second.status, len(attempts(plant.gateway, second.id))) == (200, 1)


def test_shares_are_exact_in_a_worker(plant: Plant, lines: list[Line]) -> None:
    told = [lines[0].ask("shares", "act=chat") for _ in range(40)]

    assert Counter(attempts(plant.gateway, each.id)[0][0] for each in told) == {"a": 30, "b": 10}


def test_U6_each_credential_cools_down_for_itself(plant: Plant, lines: list[Line]) -> None:
    cold = plant.upstream.mark("429")
    lines[0].ask("keys", cold.text)

    used = [each.header("authorization")[0].removeprefix("Bearer ") for each in plant.upstream.received(cold, 2)]
    assert used == [KEYS["UP_A"], KEYS["UP_B"]]
    assert state(plant.gateway, "two/keys#1") == "cooling"


def test_a_health_check_keeps_requests_from_what_is_not_there(plant: Plant, lines: list[Line]) -> None:
    eventually(lambda: state(plant.gateway, "sick/checked") == "down")

    told = [line.ask("checked", "act=chat") for line in lines]

    assert [attempts(plant.gateway, each.id) for each in told] == [[("a", 200, "")]] * 2


def test_policy_is_not_lost_when_all_that_it_allows_is_out(plant: Plant, lines: list[Line]) -> None:
    bound = Line(plant.gateway, BOUND)

    told = [bound.ask("third", "act=chat") for _ in range(8)]

    assert {each.status for each in told} == {502}
    assert {name for each in told for name, _, _ in attempts(plant.gateway, each.id)} == {"dead"}


def test_a_target_that_is_not_for_a_request_never_gets_it(plant: Plant, lines: list[Line]) -> None:
    picture = [{"type": "image_url", "image_url": {"url": "https://pictures.example/a.png"}}]
    body = {"model": "eyes", "messages": [{"role": "user", "content": picture}]}
    headers = {"authorization": f"Bearer {plant.gateway.key}"}

    told = request(plant.gateway.url, "POST", "/v1/chat/completions", body, headers)
    words = lines[0].ask("eyes", "act=chat")

    assert (told.status, told.json["error"]["code"]) == (403, "permission_denied")
    assert [name for name, _, _ in attempts(plant.gateway, words.id)] == ["a"]


def test_the_last_one_is_asked_whatever_happened(plant: Plant, lines: list[Line]) -> None:
    told = [lines[0].ask("alone", "act=chat") for _ in range(8)]

    assert {each.status for each in told} == {502}
    assert state(plant.gateway, "dead/alone") == "out"


def test_a_later_group_waits_for_the_earlier_one(plant: Plant, lines: list[Line]) -> None:
    told = [lines[0].ask("backup", "act=chat") for _ in range(7)]

    asked = [[name for name, _, _ in attempts(plant.gateway, each.id)] for each in told]
    assert asked == [["dead", "b"]] * 5 + [["b"]] * 2


def test_a_full_bulkhead_spills_over_and_without_another_it_is_503(plant: Plant, lines: list[Line]) -> None:
    running_ = plant.upstream.mark("mid")
    stream = lines[0].begin("tight", running_.text)
    stream.read1()

    other = line_to(plant.gateway, workers(plant.gateway)[0])
    refused, passed = other.ask("tight", "act=chat"), other.ask("spills", "act=chat")

    plant.upstream.open(running_)
    stream.read()
    assert (refused.status, refused.json["error"]["code"], refused.headers["retry-after"]) == (503, "overloaded", "1")
    assert [name for name, _, _ in attempts(plant.gateway, passed.id)] == ["b"]
    assert lines[0].ask("tight", "act=chat").status == 200
