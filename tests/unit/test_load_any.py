"""Any text and any tree gives a configuration or mistakes with lines."""

from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.app.load import loads
from tests.unit.configurations import ENVIRON, PROVIDERS, WHOLE, read


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
    assert all(1 <= problem.line <= len(text.splitlines()) + 1 for problem in loaded.problems)
    msgspec.json.encode(loaded.problems)


@given(
    st.integers(0, len(WHOLE)), st.integers(0, 12), st.sampled_from(["", "x", "0", ":", "{", "- ", "\n", "null", "'"])
)
@settings(max_examples=200)
def test_any_slip_in_a_whole_configuration_is_taken_or_named(start: int, length: int, instead: str) -> None:
    text = WHOLE[:start] + instead + WHOLE[start + length :]

    loaded = read(text)

    assert (loaded.config is None) == bool(loaded.problems)
