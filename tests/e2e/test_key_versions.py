"""A provider's key changes while requests run: with both versions there, the change is no error for anybody."""

import threading
from collections.abc import Iterator

import pytest

from tests.e2e.keyed import Keyed, keyed
from tests.e2e.process import Line, Running, eventually, request, running

NAMES = {"up": "openai_compatible", "forbidden": "openai_compatible", "google": "gemini", "both": "openai_compatible"}
PROVIDER = 'kind: {kind}, base_url: "http://127.0.0.1:{port}{path}", api_key: {{env: OLD}}, next_api_key: {{env: NEW}}'
CONFIG = """\
version: 1
server: {{drain_seconds: 5, workers: 2}}
data: ./data
audit: {{patience: 30s}}
providers:
{providers}
models: {{{models}}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: tester, team: all, secret: {{env: KEY}}}}]
"""
OLD, NEW = "sk-canary-old-x8RfQ2LmN4pT6vW0", "sk-canary-new-yB3dG5hJ7kM9nP1r"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Keyed]]:
    """Each test asks a provider of its own, of which nothing is remembered yet."""
    with keyed() as upstream:
        made = {
            name: PROVIDER.format(kind=kind, port=upstream.server_port, path="" if kind == "gemini" else "/v1")
            for name, kind in {**NAMES, "other": "openai_compatible"}.items()
        }
        providers = "\n".join(f"  {name}: {{{text}}}" for name, text in made.items())
        models = ", ".join(f"{name}: {{targets: [{{provider: {name}}}]}}" for name in made)
        config = CONFIG.format(providers=providers, models=models)
        with running(tmp_path_factory.mktemp("keys"), config, env={"OLD": OLD, "NEW": NEW}) as gateway:
            yield gateway, upstream


@pytest.fixture
def gateway(plant: tuple[Running, Keyed]) -> Running:
    return plant[0]


@pytest.fixture
def upstream(plant: tuple[Running, Keyed]) -> Keyed:
    plant[1].keys.clear()
    plant[1].taken, plant[1].status, plant[1].reason = set(), 401, "API_KEY_INVALID"
    return plant[1]


def test_a_key_is_rotated_under_load_without_an_error(gateway: Running, upstream: Keyed) -> None:
    upstream.taken, stop, statuses = {OLD}, threading.Event(), list[int]()

    def ask() -> None:
        line = Line(gateway)
        while not stop.is_set():
            statuses.append(line.ask("up", "hi").status)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for taken in ({OLD, NEW}, {NEW}, {OLD, NEW}, {OLD}):
        so_far = len(statuses)
        upstream.taken = taken
        eventually(lambda so_far=so_far: len(statuses) > so_far + 40)  # type: ignore[misc]
    stop.set()
    for thread in threads:
        thread.join()
    metrics = request(gateway.admin, "GET", "/metrics").body.decode()

    assert set(statuses) == {200}
    assert "the other version is in use now" in gateway.stderr
    assert "sk-canary" not in gateway.stderr
    assert 'lockgate_upstream_attempts_total{outcome="401",upstream="up"}' in metrics
    refused = sum(1 for before, after in zip(upstream.keys, upstream.keys[1:], strict=False) if before != after)
    assert refused < len(statuses) / 2  # what was learned is remembered


@pytest.mark.parametrize(("name", "status"), [("forbidden", 403), ("google", 400)])
def test_other_ways_to_refuse_a_key(gateway: Running, upstream: Keyed, name: str, status: int) -> None:
    upstream.taken, upstream.status = {NEW}, status

    Line(gateway).ask(name, "hi")

    assert upstream.keys == [OLD, NEW]


def test_with_both_refused_the_client_hears_nothing_of_keys(gateway: Running, upstream: Keyed) -> None:
    told = Line(gateway).ask("both", "hi")

    assert (told.status, told.json["error"]["code"]) == (502, "bad_upstream")
    assert [attempt["status"] for attempt in gateway.outcome(told.id)["attempts"]] == [401, 401]
    assert upstream.keys == [OLD, NEW]
    assert "refused both versions" in gateway.stderr


def test_a_400_about_something_else_is_passed_on_whole(gateway: Running, upstream: Keyed) -> None:
    """Its body was read, to see whether it is about the key."""
    upstream.status, upstream.reason = 400, "TOO_HOT"

    told = Line(gateway).ask("other", "hi")

    assert (told.status, told.json["error"]["message"]) == (400, "no")
    assert upstream.keys == [OLD]
