"""What a request may cost at most: the service tier that it asks for, and searches that the provider does."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lockgate.core.body import head
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.exchange import Call, Route
from lockgate.core.price import filled, worst_case
from lockgate.dialects.anthropic_messages import plugin as anthropic
from lockgate.dialects.gemini_generate import plugin as gemini
from lockgate.dialects.openai_chat import plugin as openai
from lockgate.pipeline.worst import MOST_SEARCHES, SEARCH, Worst, _hinted, worst

WORDS = (*openai.elsewhere, *SEARCH, b'"images"')
ROUTE = Route("m", (), max_input=50_000, max_output=100)
PRICE = replace(
    filled({"input": ((0, 10),), "output": ((0, 10),)}, search=1000),
    tiers={
        "priority": filled({"input": ((0, 20),), "output": ((0, 20),)}),
        "flex": filled({"input": ((0, 5),), "output": ((0, 5),)}),
    },
)


def asked(**more: Any) -> Worst:
    body = {"model": "m", "messages": [{"role": "user", "content": "web_search for priority"}], **more}
    return worst(Call(openai, "chat", Ask("m"), head(msgspec.json.encode(body)), ()), ROUTE)


def cost(found: Worst) -> int:
    return worst_case(PRICE, 1, 0, found.tier, found.searches)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 10),
        ({"service_tier": "default"}, 10),
        ({"service_tier": None}, 10),
        ({"service_tier": "priority"}, 20),
        ({"service_tier": "flex"}, 10),
        ({"service_tier": "auto"}, 20),
        ({"service_tier": 7}, 20),
        ({"speed": "fast"}, 20),
    ],
)
def test_the_tier_that_is_asked_for_is_the_one_that_is_reserved(more: dict[str, Any], expected: int) -> None:
    assert cost(asked(**more)) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"web_search_options": {}},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"tools": [{"google_search": {}}]},
        {"tools": [{"googleSearch": {}}]},
        {"tools": [{"google_maps": {}}]},
        {"tools": [{"googleMaps": {"enableWidget": True}}]},
    ],
)
def test_searches_are_reserved_with_what_they_may_bring(more: dict[str, Any]) -> None:
    found = asked(**more)

    assert (found.input, found.searches, cost(found)) == (50_000, MOST_SEARCHES, 10 + MOST_SEARCHES * 1000)


def test_a_tool_of_the_client_s_own_is_no_search() -> None:
    found = asked(tools=[{"type": "function", "function": {"name": "web_search", "parameters": {}}}])

    assert (found.searches, found.input < 5000) == (0, True)


@given(st.lists(st.sampled_from((*WORDS, b"_", b"search", b'url"', b" ")) | st.binary(max_size=4)), st.booleans())
def test_a_word_that_refers_to_something_elsewhere_is_never_overlooked(parts: list[bytes], marked: bool) -> None:
    """`marked`: words with an underscore are looked for together, others one by one."""
    words = openai.elsewhere if marked else (b'"images"', b'ileData"')
    wire = b"".join(parts)

    assert _hinted(words, wire, talks=False) or not any(word in wire for word in (*words, *SEARCH))
    assert _hinted(words, wire, talks=True) or not any(word in wire for word in words)


@pytest.mark.parametrize(
    ("tool", "searches"),
    [
        (rb'{"type": "web\u005fsearch_20250305"}', MOST_SEARCHES),
        (rb'{"\u0067oogle_search": {}}', MOST_SEARCHES),
        (rb'{"googleS\u0065arch": {}}', MOST_SEARCHES),
        (rb'{"image\u005Furl": "https://a.example/b"}', 0),
        (rb'{"file\u005fid": "f"}', 0),
    ],
)
def test_a_word_that_is_written_with_escapes_is_reserved_for_all_the_same(tool: bytes, searches: int) -> None:
    found = worst(Call(openai, "chat", Ask("m"), head(b'{"model": "m", "tools": [%b]}' % tool), ()), ROUTE)

    assert (found.input, found.searches) == (50_000, searches)


def test_an_escape_that_means_nothing_here_changes_nothing() -> None:
    texts = (rb"1 \u003c 2", rb"caf\u00e9", rb"a \\u005f", rb"w\u0065b_search")
    for text in texts:
        body = b'{"model": "m", "messages": [{"role": "user", "content": "%b"}]}' % text
        assert worst(Call(openai, "chat", Ask("m"), head(body), ()), ROUTE).input < 5000


@pytest.mark.parametrize(
    ("dialect", "tool"),
    [
        (anthropic, {"type": "web_fetch_20250910", "name": "web_fetch"}),
        (anthropic, {"type": "code_execution_20250825", "name": "code_execution"}),
        (gemini, {"url_context": {}}),
        (gemini, {"urlContext": {}}),
        (gemini, {"code_execution": {}}),
        (gemini, {"codeExecution": {}}),
        (gemini, {"fileSearch": {"fileSearchStoreNames": ["s"]}}),
        (gemini, {"file_search": {"file_search_store_names": ["s"]}}),
    ],
    ids=[*("fetch", "run"), *(f"gemini {number}" for number in range(6))],
)
def test_what_a_provider_fetches_or_runs_may_be_as_much_as_the_model_takes(dialect: Dialect, tool: Any) -> None:
    body = head(msgspec.json.encode({"model": "m", "max_tokens": 9, "tools": [tool]}))

    assert worst(Call(dialect, "chat", Ask("m"), body, ()), ROUTE).input == 50_000
