"""A configuration is taken whole, or everything that is wrong with it is said at once, with its line."""

from pathlib import Path

import pytest

from lockgate.app.load import loads
from lockgate.app.settings import SecretRef
from lockgate.core.http import Timeouts
from lockgate.core.provider import Provider
from lockgate.core.secret import Secret
from tests.unit.configurations import KEY, PROVIDERS, WHOLE, one, read, said


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
    balances: []
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
        (11, "models.m.balances"),
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
        ("version: 1\nteams: {shop: {balance: []}}\n", 2, "teams.shop.balance", "not known to this version", "one of: models"),
        ("version: 1\nserver: {workers: yes}\n", 2, "server.workers", "'yes'", "a whole number"),
        ("version: 1\nserver: {workers: true}\n", 2, "server.workers", "true", "a whole number"),
        ("version: true\n", 1, "version", "true", "one of: 1"),
        ("version: 1\nserver: {admin: '127.0.0.1:8080'}\n", 2, "server.admin", "too", "its own"),
        ("version: 1\nteams:\n", 2, "teams", "nothing", "a mapping"),
        ('version: 1\nteams: {"a\\n": {}}\n', 2, "teams.a\\n", "the name", "Letters"),
        ("version: 1\nteams: {'a b': {}}\n", 2, "teams.a b", "'a b'", "Letters"),
        ("version: 1\nproviders: {x: {kind: demo, timeouts: {total: 5}}}\n", 2, "providers.x.timeouts.total", "number 5", "500ms"),
        ("version: 1\nproviders: {x: {kind: demo, timeouts: {total: 0s}}}\n", 2, "providers.x.timeouts", "", "longer than zero"),
        ("version: 1\nproviders: {x: {kind: demo, api_key: {env: KEY, file: b}}}\n", 2, "providers.x.api_key", "", "exactly one of"),
        ("version: 1\nproviders: {x: {kind: demo, api_key: {}}}\n", 2, "providers.x.api_key", "", "exactly one of"),
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


def test_an_action_that_is_not_known_is_said_to_be_none() -> None:
    problems = said("version: 1\nrules:\n  - {name: r, guard: {kind: x}, action: weight}\n")

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


def test_names_of_keys_and_rules_come_once() -> None:
    text = (
        "version: 1\nteams: {shop: {}}\nkeys:\n  - {name: a, team: shop, secret: {env: SHOP_WEB_KEY}}\n"
        "  - {name: a, team: shop, secret: {env: OPENAI_API_KEY}}\n"
    )

    assert (5, "keys.1.name") in [(line, path) for line, path, _, _ in said(text)]


def test_K5_an_error_of_ours_is_a_mistake_and_ends_nothing() -> None:
    """A gateway that runs reads its file with this."""

    class Broken(dict[str, Provider]):
        def __contains__(self, key: object) -> bool:
            raise RuntimeError("a key of somebody's")

        __getitem__ = get = __iter__ = keys = items = values = __contains__  # type: ignore[assignment]

    loaded = loads(b"version: 1\nproviders: {a: {kind: openai, api_key: {env: X}}}\n", Path("x.yaml"), {}, Broken())

    (problem,) = loaded.problems
    assert "RuntimeError" in problem.found
    assert "somebody" not in str(problem)


def test_S49_a_pattern_that_nothing_here_can_read_is_a_mistake() -> None:
    rule = "{name: r, guard: {kind: regex, patterns: ['\\p{Lu}']}, action: mask}"

    ((line, path, found, _),) = said(f"version: 1\nrules:\n  - {rule}\n")

    assert (line, path) == (3, "rules.0.guard")
    assert r"\p" in found


def test_a_rule_that_looks_where_its_guard_finds_nothing_is_a_mistake() -> None:
    rule = "{name: r, guard: {kind: size, messages: 3}, on: [response], action: block}"

    ((line, path, _, expected),) = said(f"version: 1\nrules:\n  - {rule}\n")

    assert (line, path) == (3, "rules.0.on")
    assert "request" in expected
