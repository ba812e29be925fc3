"""Mistakes in the settings of headers, and the patterns: whole values, in linear time."""

from time import perf_counter

import pytest

from lockgate.app.header_patterns import matcher
from lockgate.app.header_rules import policy
from lockgate.app.places import places
from lockgate.core.header_policy import HeaderPolicy, Source
from tests.unit.configurations import WHOLE, one, read

BASE = WHOLE[: WHOLE.index("teams:")]


@pytest.mark.parametrize(
    ("rest", "path", "found", "expected"),
    [
        ("headers: {add: {authorization: {const: x}}}", "headers.add.authorization", "'authorization'", "itself"),
        ("headers: {add: {x-litellm-api-key: {const: x}}}", "headers.add.x-litellm-api-key", "'x-litellm", "itself"),
        ("headers: {add: {host: {const: x}}}", "headers.add.host", "'host'", "itself"),
        ("headers: {add: {x-request-id: {const: x}}}", "headers.add.x-request-id", "'x-request-id'", "itself"),
        ("headers: {add: {x-forwarded-for: {const: x}}}", "headers.add.x-forwarded-for", "'x-forwarded-for'", "itself"),
        ("headers: {add: {X-Team: {from: team}}}", "headers.add.X-Team", "'X-Team'", "small letters"),
        ("headers: {add: {x_team: {from: team}}}", "headers.add.x_team", "'x_team'", "small letters"),
        ("headers: {add: {x-a: {from: nobody}}}", "headers.add.x-a.from", "'nobody'", "organization"),
        ("headers: {add: {x-a: {from: team, const: b}}}", "headers.add.x-a", "do not go together", "one of"),
        ("headers: {add: {x-a: {}}}", "headers.add.x-a", "do not go together", "{from: team}"),
        ('headers: {add: {x-a: {const: "a\\r\\nb: c"}}}', "headers.add.x-a.const", r"a\r\nb", "Visible ASCII"),
        ('headers: {add: {x-a: {const: "a "}}}', "headers.add.x-a.const", "'a '", "Visible ASCII"),
        ("headers: {forward: [cookie]}", "headers.forward.0", "'cookie'", "itself"),
        ("headers: {unknown: allow}", "headers.unknown", "'allow'", "refuse"),
        ("headers: {require: {x-api-key: {}}}", "headers.require.x-api-key", "'x-api-key'", "itself"),
        ("headers: {require: {x-a: {pattern: '(a'}}}", "headers.require.x-a.pattern", "'(a'", "expression"),
        ("headers: {require: {x-a: {pattern: 'a)|(b'}}}", "headers.require.x-a.pattern", "'a)|(b'", "expression"),
        ("headers: {require: {x-a: {pattern: '(?=a)b'}}}", "headers.require.x-a.pattern", "'(?=a)b'", "ahead"),
        ("headers: {require: {x-a: {pattern: '(a)\\1'}}}", "headers.require.x-a.pattern", "1'", "looking back"),
        ("headers: {require: {x-a: {values: []}}}", "headers.require.x-a.values", "a list of 0", "not shorter"),
        ("headers: {require: {x-a: {min_length: 9, max_length: 2}}}", "headers.require.x-a", "together", "max_length"),
        ("headers: {require: {x-a: {claim: a, metadata: b}}}", "headers.require.x-a", "together", "not with both"),
        ("headers: {response: {remove: [content-type]}}", "headers.response.remove.0", "'content-type'", "itself"),
        ("headers: {response: {add: {set-cookie: {const: a}}}}", "headers.response.add.set-cookie", "'set-", "itself"),
        ("teams: {a: {headers: {add: {te: {const: x}}}}}", "teams.a.headers.add.te", "'te'", "itself"),
        ("organizations: {a: {headers: {forward: [via]}}}", "organizations.a.headers.forward.0", "'via'", "itself"),
        ("server: {trusted_proxies: [proxy]}", "server.trusted_proxies.0", "'proxy'", "network"),
        ("server: {cors: {origins: [app.example.com]}}", "server.cors.origins.0", "'app.example.com'", "https://"),
        ("server: {cors: {origins: [https://a.b/c]}}", "server.cors.origins.0", "'https://a.b/c'", "https://"),
        ("server: {cors: {origins: []}}", "server.cors.origins", "a list of 0", "not shorter"),
        ("server: {cors: {origins: ['*'], credentials: true}}", "server.cors.credentials", "'credentials'", "origins"),
    ],
)
def test_a_mistake_is_told_with_its_place(rest: str, path: str, found: str, expected: str) -> None:
    text = f"version: 1\n{rest}\n" if rest.startswith("server") else BASE + rest + "\n"

    _, at, what, belongs = one(text)

    assert at == path
    assert found in what
    assert expected in belongs


def test_a_providers_own_headers_are_checked_too() -> None:
    text = BASE.replace("demo: {kind: demo}", "demo: {kind: demo, headers: {authorization: {const: x}}}")

    assert one(text)[1] == "providers.demo.headers.authorization"


def test_levels_of_headers_become_one_policy() -> None:
    text = (
        BASE
        + """\
headers: {unknown: strip, add: {x-a: {const: all}, x-b: {const: all}}, response: {remove: [server-timing]}}
organizations: {o: {headers: {require: {x-one: {}}, add: {x-b: {from: organization}}}}}
teams:
  top: {organization: o, headers: {forward: [x-two], unknown: refuse}}
  low: {parent: top, headers: {unknown: pass, add: {x-c: {claim: sub}}}}
  bare: {}
"""
    )
    found = places(read(text).valid)

    low = found["low"].headers
    assert low is not None
    assert [required.name for required in low.required] == [b"x-one"]
    assert (low.unknown, low.forward) == ("refuse", {b"x-two"})
    assert low.add == {
        b"x-a": Source("const", "all"),
        b"x-b": Source("identity", "organization"),
        b"x-c": Source("claim", "sub"),
    }
    assert low.reply_remove == {b"server-timing"}
    bare = HeaderPolicy(
        unknown="strip",
        add={b"x-a": Source("const", "all"), b"x-b": Source("const", "all")},
        reply_remove=low.reply_remove,
    )
    assert found["bare"].headers == bare


def test_nothing_said_is_no_policy() -> None:
    assert policy(None) is None
    assert places(read(BASE + "teams: {a: {headers: {}}}\n").valid)["a"].headers is None


@pytest.mark.parametrize(
    ("expression", "value", "fits"),
    [
        ("a|b", b"a", True),
        ("a|b", b"ab", False),
        ("a|bc", b"abc", False),
        ("[a-z]+", b"abc\n", False),
        ("[a-z]+", b"xabc1", False),
        ("[a-z]*", b"", True),
        ("^a$", b"a", True),
        (".*", b"\xff", False),
        (r"cost-[0-9]{3}", b"cost-123", True),
    ],
)
def test_the_whole_value_has_to_fit(expression: str, value: bytes, fits: bool) -> None:
    assert matcher(expression)(value) is fits


def test_no_pattern_is_slow() -> None:
    slow = matcher("(a+)+b")

    began = perf_counter()

    assert not slow(b"a" * 8000)
    assert perf_counter() - began < 0.1
