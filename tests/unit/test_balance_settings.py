"""Balancing in the file: what is wrong is said where it stands, and what is right becomes routes."""

import pytest

from lockgate.app.routes import routes
from lockgate.app.rule_sets import rule_sets
from lockgate.app.upstreams import Provided, provided
from lockgate.core.exchange import Route
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.remote_guard import NO_REMOTE_RULES
from lockgate.core.secret import Secret
from lockgate.health import Shared, Table
from tests.unit.configurations import PROVIDERS, WHOLE, read, said

FILE = """\
version: 1
providers:
  openai:
    kind: openai
    api_keys: [{env: OPENAI_API_KEY}, {env: SHOP_WEB_KEY}]
    bulkhead: {requests: 5}
    health: {failures: 3, out_for: 1m}
  llama: {kind: ollama, base_url: "http://127.0.0.1:11434"}
models:
  assistant:
    balance: {kind: weighted}
    targets:
      - {provider: openai, model: gpt-5-mini, weight: 3}
      - {provider: llama, weight: 1, when: {vision: false, times: [{zone: Europe/Berlin}], max_price: {input: 1.5}}}
  spare:
    balance: {kind: usage}
    targets: [{provider: openai}, {provider: llama, model: small, priority: 2}]
"""


def made(text: str = FILE, table: Table | None = None, workers: int = 1) -> dict[str, Route]:
    loaded = read(text)
    assert not loaded.problems
    config, kinds = loaded.valid, tables("lockgate.providers", Provider)
    upstreams: dict[str, Provided] = {
        name: provided(name, each, kinds[each.kind], loaded, 0) for name, each in config.providers.items()
    }
    nothing = NO_REMOTE_RULES, NO_REMOTE_RULES
    rules = rule_sets(config.rules, loaded.data), lambda model: nothing
    return dict(routes(config, upstreams, rules, {}, health=table, workers=workers))


def test_each_credential_is_an_upstream_and_shares_the_weight() -> None:
    assistant = made()["assistant"]

    assert [(each.name, each.weight) for each in assistant.upstreams] == [("openai", 3), ("openai", 3), ("llama", 2)]
    assert len({each.credential for each in assistant.upstreams[:2]}) == 2
    assert all(isinstance(each.credential, Secret) for each in assistant.upstreams[:2])
    assert assistant.upstreams[0].origin == assistant.upstreams[1].origin
    assert len({each.seed for each in assistant.upstreams}) == 3


def test_the_table_knows_a_row_for_each_and_the_same_one_after_a_reload() -> None:
    table = Table(Shared(32))
    before, after = made(table=table), made(FILE.replace("weight: 3", "weight: 4"), table)

    assert [[each.place for each in route.upstreams] for route in before.values()] == [[0, 1, 2], [3, 4, 5]]
    assert [[each.place for each in route.upstreams] for route in after.values()] == [[0, 1, 2], [3, 4, 5]]
    assert [shown.label for shown in table.shown()] == [
        "openai/gpt-5-mini#1",
        "openai/gpt-5-mini#2",
        "llama/assistant",
        "openai/spare#1",
        "openai/spare#2",
        "llama/small",
    ]


def test_another_address_is_another_upstream() -> None:
    table = Table(Shared(32))

    made(table=table)
    moved = made(FILE.replace("11434", "11435"), table)["assistant"]

    assert [each.place for each in moved.upstreams] == [0, 1, 6]


def test_what_routes_know_of_their_targets() -> None:
    both = made()

    assert (both["assistant"].conditional, both["assistant"].grouped) == (True, False)
    assert (both["spare"].conditional, both["spare"].grouped) == (False, True)
    assert {each.metered for each in both["spare"].upstreams} == {True}
    assert {each.metered for each in both["assistant"].upstreams} == {False}
    when = both["assistant"].upstreams[2].when
    assert when is not None
    assert (when.vision, len(when.windows), when.max_input_price) == (False, 1, 1_500_000_000_000)


MISTAKES = {
    "both": ("api_keys: [{env: OPENAI_API_KEY}], api_key: {env: OPENAI_API_KEY}", "providers.openai.api_keys"),
    "twice": ("api_keys: [{env: OPENAI_API_KEY}, {env: OPENAI_API_KEY}]", "providers.openai.api_keys.1"),
    "no time": ("api_key: {env: OPENAI_API_KEY}, health: {out_for: 0s}", "providers.openai.health"),
    "no interval": ("api_key: {env: OPENAI_API_KEY}, health: {check: {interval: 0s}}", "providers.openai.health.check"),
    "no room": ("api_key: {env: OPENAI_API_KEY}, bulkhead: {requests: 0}", "providers.openai.bulkhead.requests"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_a_provider_is_said_where_it_stands(name: str) -> None:
    written, path = MISTAKES[name]
    whole = f"version: 1\nproviders:\n  openai: {{kind: openai, {written}}}\n"

    assert [where for _, where, _, _ in said(whole)] == [path]


WRONG = {
    "balance: {kind: weightd}": ("models.m.balance.kind", "did you mean 'weighted'"),
    "balance: {kind: sticky, by: [cookie]}": ("models.m.balance.by.0", "header:NAME"),
    "targets: [{provider: llama, weight: -1}]": ("models.m.targets.0.weight", "at least 0"),
    "targets: [{provider: llama, weight: 0}]": ("models.m.targets.0.weight", "1 or more"),
    "targets: [{provider: nobody}]": ("models.m.targets.0.provider", "llama"),
    "targets: [{provider: llama, when: {times: [{zone: Mars/Base}]}}]": (
        "models.m.targets.0.when.times.0.zone",
        "zone",
    ),
    "targets: [{provider: llama, when: {sound: true}}]": ("models.m.targets.0.when.sound", "vision"),
}


@pytest.mark.parametrize("written", WRONG)
def test_a_mistake_of_a_model_is_said_where_it_stands(written: str) -> None:
    path, advice = WRONG[written]
    targets = "" if written.startswith("targets") else "    targets: [{provider: llama}]\n"
    head = WHOLE[: WHOLE.index("models:")]

    ((_, where, _, expected),) = said(f"{head}models:\n  m:\n    {written}\n{targets}")

    assert (where, advice in expected) == (path, True)


def test_the_demo_needs_no_credentials() -> None:
    text = "version: 1\nproviders: {demo: {kind: demo, api_keys: [{env: OPENAI_API_KEY}]}}\n"

    assert [where for _, where, _, _ in said(text)] == ["providers.demo.api_keys"]
    assert "demo" in PROVIDERS
