"""A configuration is taken whole, or everything that is wrong with it is said at once, with its line."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.app.load import Loaded, loads
from lockgate.app.settings import SecretRef
from lockgate.core.http import Timeouts
from lockgate.core.provider import Provider, bearer, unsigned
from lockgate.core.secret import Secret
from lockgate.stores.key_file import admin_secret

KEY = "Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv"
ENVIRON = {"OPENAI_API_KEY": "sk-canary-upstream", "SHOP_WEB_KEY": KEY, "EMPTY": "", "BLANK": " \n", "WEAK": "sk-1234"}


def provider(name: str, base_url: str = "", **more: Any) -> Provider:
    return Provider(name=name, base_url=base_url, services=(), sign=more.pop("sign", bearer), **more)


PROVIDERS = {
    each.name: each
    for each in (
        provider("openai", "https://api.openai.com", environment=("OPENAI_API_KEY",)),
        provider("ollama", "http://127.0.0.1:11434", keyless=True, sign=unsigned),
        provider("openai_compatible", keyless=True),
        provider("demo", builtin=True, keyless=True, sign=unsigned),
    )
}

WHOLE = """\
version: 1
server: {listen: "127.0.0.1:8080", admin: "127.0.0.1:8081", workers: 2}
data: ./data
providers:
  openai: {kind: openai, api_key: {env: OPENAI_API_KEY}, timeouts: {connect: 500ms, total: 1h}}
  llama: {kind: ollama, base_url: "http://127.0.0.1:11434"}
  demo: {kind: demo}
models:
  gpt-5-mini: {targets: [{provider: openai}]}
  assistant:
    targets:
      - {provider: openai, model: gpt-5-mini}
      - {provider: llama, model: "llama3.2:1b"}
teams:
  shop: {models: [assistant, gpt-5-mini]}
  no: {models: ["*"]}
keys:
  - {name: shop-web, team: shop, secret: {env: SHOP_WEB_KEY}}
"""


def read(text: str | bytes, folder: Path = Path("/nowhere")) -> Loaded:
    raw = text if isinstance(text, bytes) else text.encode()
    return loads(raw, folder / "lockgate.yaml", ENVIRON, PROVIDERS)


def said(text: str | bytes) -> list[tuple[int, str, str, str]]:
    loaded = read(text)
    assert loaded.config is None
    return [(each.line, each.path, each.found, each.expected) for each in loaded.problems]


def one(text: str | bytes) -> tuple[int, str, str, str]:
    (only,) = said(text)
    return only


def test_a_whole_configuration_is_taken() -> None:
    loaded = read(WHOLE)

    config = loaded.valid
    assert loaded.problems == ()
    assert loaded.data == Path("/nowhere/data")
    assert loaded.secrets[SecretRef(env="SHOP_WEB_KEY")] == Secret(KEY)
    assert config.providers["openai"].timeouts.build() == Timeouts(connect=0.5, total=3600)
    assert [target.model for target in config.models["assistant"].targets] == ["gpt-5-mini", "llama3.2:1b"]
    assert config.teams["no"].models == ("*",)


def test_the_least_configuration_has_defaults() -> None:
    config = read("version: 1").valid

    assert (config.server.listen, config.server.admin, config.server.workers) == ("127.0.0.1:8080", "127.0.0.1:8081", 1)


def test_everything_wrong_is_said_at_once_in_the_order_of_the_lines() -> None:
    text = """\
version: 2
server: {listen: nonsense, workers: 0}
providers:
  openai: {kind: opnai}
  bare: {kind: openai_compatible}
  keyless: {kind: openai}
models:
  m:
    targets:
      - {provider: opeenai}
    limits: []
teams:
  shop: {models: [n]}
keys:
  - {name: a, team: shopp, secret: {env: SHOP_WEB_KEY}}
  - {name: a, team: shop, secret: plain-text-secret-plain-text}
rules: {}
"""

    problems = said(text)

    assert [(line, path) for line, path, _, _ in problems] == [
        (1, "version"),
        (2, "server.workers"),
        (4, "providers.openai.kind"),
        (5, "providers.bare.base_url"),
        (6, "providers.keyless.api_key"),
        (11, "models.m.limits"),
        (13, "teams.shop.models.0"),
        (15, "keys.0.team"),
        (16, "keys.1.secret"),
        (17, "rules"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "path", "found", "expected"),
    [
        ("", 1, "", "nothing at all", "version: 1"),
        ("# only a comment\n", 1, "", "nothing at all", "version: 1"),
        ("- a\n", 1, "", "a list", "settings"),
        ("just text", 1, "", "just text", "settings"),
        ("{}", 1, "version", "nothing", "one of: 1"),
        ("version: 1\nversion: 1\n", 2, "version", "again", "line 1"),
        ("version: 1\nteams:\n  a: {}\n  a: {}\n", 4, "teams.a", "again", "line 3"),
        ("version: 1\nserver: &x {}\n", 2, "", "anchor or alias ('x')", "written out"),
        ("version: 1\nserver: *x\n", 2, "", "anchor or alias ('x')", "written out"),
        ("version: 1\nserver: !!python/object:os.system {}\n", 2, "", "a tag", "without `!`"),
        ("version: 1\n---\nversion: 1\n", 2, "", "second document", "one document"),
        ("version: 1\n? [a]\n: b\n", 2, "", "as a key", "a text"),
        ("version: 1\nserver: {\n", 3, "", "", "valid YAML"),
        ("version: 1\nteams: \x07\n", 2, "", "U+0007", "control characters"),
        ('version: 1\nteams: "\\x07"\n', 2, "", "escaped control", "control characters"),
        ("version: 1\nx: " + "[" * 40, 2, "", "more than 32 levels", "flatter"),
        ("version: 1\nteems: {}\n", 2, "teems", "not known to this version", "did you mean 'teams'"),
        ("version: 1\naudit: {}\n", 2, "audit", "not known to this version", "one of"),
        ("version: 1\nteams: {shop: {limits: []}}\n", 2, "teams.shop.limits", "not known to this version", "one of: models"),
        ("version: 1\nserver: {workers: yes}\n", 2, "server.workers", "'yes'", "a whole number"),
        ("version: 1\nserver: {workers: true}\n", 2, "server.workers", "true", "a whole number"),
        ("version: true\n", 1, "version", "true", "one of: 1"),
        ("version: 1\nserver: {admin: '127.0.0.1:8080'}\n", 2, "server.admin", "too", "its own"),
        ("version: 1\nteams:\n", 2, "teams", "nothing", "a mapping"),
        ("version: 1\nteams: {'a b': {}}\n", 2, "teams.a b", "'a b'", "Letters"),
        ("version: 1\nproviders: {x: {kind: demo, timeouts: {total: 5}}}\n", 2, "providers.x.timeouts.total", "number 5", "500ms"),
        ("version: 1\nproviders: {x: {kind: demo, timeouts: {total: 0s}}}\n", 2, "providers.x.timeouts", "", "longer than zero"),
        ("version: 1\nproviders: {x: {kind: demo, api_key: {env: KEY, file: b}}}\n", 2, "providers.x.api_key", "", "not both"),
        ("version: 1\nproviders: {x: {kind: demo, api_key: {}}}\n", 2, "providers.x.api_key", "", "not both"),
        ("version: 1\nproviders: {x: {kind: demo, base_url: 'http://h'}}\n", 2, "providers.x.base_url", "", "built in"),
        ("version: 1\nmodels: {m: {targets: []}}\n", 2, "models.m.targets", "a list of 0", "not shorter than 1"),
        ("version: 1\nmodels: {m: {targets: [{provider: x}]}}\n", 2, "models.m.targets.0.provider", "'x'", "there are none"),
        ("version: 1\nrules: [{name: r, guard: {kind: nonesuch}, action: block}]\n", 2, "rules.0.guard.kind", "nonesuch", ""),
    ],
)  # fmt: skip
def test_each_mistake_names_its_line_its_path_and_what_belongs_there(
    text: str, line: int, path: str, found: str, expected: str
) -> None:
    there = one(text)

    assert there[:2] == (line, path)
    assert found in there[2]
    assert expected in there[3]


def test_an_action_of_a_later_version_is_said_to_be_one() -> None:
    problems = said("version: 1\nrules:\n  - {name: r, guard: {kind: x}, action: tokenize}\n")

    assert any(path == "rules.0.action" and "not known to this version" in found for _, path, found, _ in problems)


def test_a_file_in_utf8_with_a_byte_order_mark_is_taken() -> None:
    assert read(b"\xef\xbb\xbf" + WHOLE.encode()).config


@pytest.mark.parametrize(
    ("raw", "line", "found"),
    [
        ("version: 1".encode("utf-16"), 1, "UTF-16"),
        (b"version: 1\nteams: \xff\n", 2, "0xff"),
        (b"#" * (1024 * 1024 + 1), 1, "more than 1048576 bytes"),
    ],
)
def test_what_is_not_small_utf8_text_is_refused(raw: bytes, line: int, found: str) -> None:
    there = one(raw)

    assert there[0] == line
    assert found in there[2]


def test_a_file_that_is_not_there_is_a_problem_like_any_other(tmp_path: Path) -> None:
    from lockgate.app.load import load

    for path in (tmp_path / "missing.yaml", tmp_path, Path("/a\0b")):
        (problem,) = load(path, {}, PROVIDERS).problems
        assert "lockgate up" in problem.expected


SECRETS = "version: 1\nteams: {shop: {}}\nkeys:\n  - name: k\n    team: shop\n    secret: %s\n"


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("{env: MISSING}", "MISSING, which is not set"),
        ("{env: EMPTY}", "EMPTY, which is empty"),
        ("{env: BLANK}", "BLANK, which is empty"),
        ("{env: WEAK}", "sk-1234"),
        ("{file: /nonexistent/key}", "/nonexistent/key, which does not exist"),
        ("{file: /}", "cannot be read"),
    ],
)
def test_s03_s04_a_missing_empty_or_weak_secret_names_its_place_and_line(where: str, found: str) -> None:
    line, path, there, _ = one(SECRETS % where)

    assert (line, path) == (6, "keys.0.secret")
    assert found in there


@pytest.mark.parametrize(
    "value", ["hunter2-hunter2-hunter2-hunter2", "[hunter2]", "7", "{env: 'sk hunter2'}", "{env: 7}"]
)
def test_a_secret_in_the_file_is_refused_with_advice_and_never_repeated(value: str) -> None:
    there = one(SECRETS % value)

    assert "hunter2" not in str(there)
    assert "env" in there[3] or "environment" in there[3]


def test_s04_an_empty_provider_credential_is_an_error() -> None:
    text = "version: 1\nproviders:\n  openai:\n    kind: openai\n    api_key: {env: EMPTY}\n"

    assert one(text)[:2] == (5, "providers.openai.api_key")


def test_a_secret_file_lies_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")

    loaded = read(SECRETS % "{file: key}", tmp_path)

    assert loaded.secrets == {SecretRef(file="key"): Secret(KEY)}


def test_two_keys_with_one_secret_are_a_mistake() -> None:
    key = "  - {name: %s, team: shop, secret: {env: SHOP_WEB_KEY}}\n"

    line, path, found, _ = one("version: 1\nteams: {shop: {}}\nkeys:\n" + key % "a" + key % "b")

    assert (line, path) == (5, "keys.1.secret")
    assert KEY not in found


def test_names_of_keys_and_rules_come_once() -> None:
    text = (
        "version: 1\nteams: {shop: {}}\nkeys:\n  - {name: a, team: shop, secret: {env: SHOP_WEB_KEY}}\n"
        "  - {name: a, team: shop, secret: {env: OPENAI_API_KEY}}\n"
    )

    assert (5, "keys.1.name") in [(line, path) for line, path, _, _ in said(text)]


def test_a_credential_may_be_left_out_where_the_address_is_the_operators() -> None:
    assert read("version: 1\nproviders: {mock: {kind: openai, base_url: 'http://127.0.0.1:9100/v1'}}").config


@pytest.mark.parametrize("admin", ["0.0.0.0:8081", "[::]:8081", "192.168.1.5:8081", "gateway.example.org:8081"])
def test_s03_an_admin_listener_for_other_machines_needs_an_admin_secret(tmp_path: Path, admin: str) -> None:
    text = f"version: 1\nserver: {{admin: '{admin}'}}\n"
    (problem,) = read(text, tmp_path).problems
    assert (problem.line, problem.path) == (2, "server.admin")
    assert "admin secret" in problem.found

    admin_secret.create(tmp_path / "data")

    assert read(text, tmp_path).config


@given(st.text() | st.text("[]{}:,-&*!|>'\"%@`#?\n\t \\xuU0dv1a.~") | st.binary())
@settings(max_examples=300)
def test_any_text_gives_a_configuration_or_mistakes(text: str | bytes) -> None:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text

    for prefix in (b"", b"version: 1\n", b"version: 1\nproviders:\n  a: "):
        loaded = loads(prefix + raw, Path("x.yaml"), ENVIRON, PROVIDERS)

        assert (loaded.config is None) == bool(loaded.problems)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(
    ["openai", "demo", "shop", "m", "*", "5s", "block", "request", "OPENAI_API_KEY", "127.0.0.1:0", "http://h:1/v1"]
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "version",
        "server",
        "listen",
        "admin",
        "workers",
        "data",
        "providers",
        "kind",
        "api_key",
        "env",
        "file",
        "base_url",
        "timeouts",
        "total",
        "models",
        "targets",
        "provider",
        "model",
        "teams",
        "keys",
        "name",
        "team",
        "secret",
        "rules",
        "guard",
        "action",
        "on",
        "openai",
        "m",
        "shop",
    ]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, TREES, max_size=6), st.booleans())
@settings(max_examples=300)
def test_any_tree_gives_a_configuration_or_mistakes_with_lines(tree: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump({**tree, "version": 1}, default_flow_style=flow, allow_unicode=True)

    loaded = loads(text.encode("utf-8", "surrogatepass"), Path("x.yaml"), ENVIRON, PROVIDERS)

    assert (loaded.config is None) == bool(loaded.problems)
    assert all(1 <= problem.line <= text.count("\n") + 1 for problem in loaded.problems)
    msgspec.json.encode(loaded.problems)


@given(
    st.integers(0, len(WHOLE)), st.integers(0, 12), st.sampled_from(["", "x", "0", ":", "{", "- ", "\n", "null", "'"])
)
@settings(max_examples=200)
def test_any_slip_in_a_whole_configuration_is_taken_or_named(start: int, length: int, instead: str) -> None:
    text = WHOLE[:start] + instead + WHOLE[start + length :]

    loaded = read(text)

    assert (loaded.config is None) == bool(loaded.problems)
