"""The table, paths, problems, models and texts."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.body import head, parse
from lockgate.core.dialect import Ask, ModelCard, Target
from lockgate.core.problem import Kind, Problem
from lockgate.core.secret import Secret
from lockgate.dialects.gemini_generate import plugin
from lockgate.providers.gemini import plugin as provider


def reached(method: str, path: str, header: bytes = b"") -> tuple[str, dict[str, str]] | None:
    for endpoint in plugin.endpoints:
        if endpoint.method != method or endpoint.header != header:
            continue
        if isinstance(endpoint.path, re.Pattern):
            if hit := endpoint.path.fullmatch(path):
                return endpoint.operation, hit.groupdict()
        elif endpoint.path == path:
            return endpoint.operation, {}
    return None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v1beta/models/a:generateContent", ("chat", {"model": "a", "verb": "generateContent"})),
        ("POST", "/v1/models/a:streamGenerateContent", ("chat", {"model": "a", "verb": "streamGenerateContent"})),
        ("POST", "/v1beta/models/o/a:8b:generateContent", ("chat", {"model": "o/a:8b", "verb": "generateContent"})),
        ("POST", "/v1beta/models/a%2Fb:generateContent", ("chat", {"model": "a%2Fb", "verb": "generateContent"})),
        ("GET", "/v1beta/models", ("list_models", {})),
        ("GET", "/v1beta/models/llama3:8b", ("get_model", {"model": "llama3:8b"})),
        ("GET", "/v1beta/models/a:generateContent", None),
        ("GET", "/v1beta/models/a:streamGenerateContent", None),
        ("GET", "/v1/models", None),
        ("GET", "/v1/models/a", None),
        ("POST", "/v1/models/a", None),
        ("POST", "/v1beta/models/a:countTokens", None),
        ("POST", "/v1beta/models/:generateContent", None),
        ("POST", "/v1beta/models//a:generateContent", None),
        ("POST", "/v1beta/models/../a:generateContent", None),
        ("POST", "/v1beta/models/a/..:generateContent", None),
        ("POST", "/v1beta/models/a:generateContent/", None),
        ("GET", "/v1beta/models/..", None),
        ("GET", "/v1beta/models/a/", None),
    ],
)
def test_endpoints(method: str, path: str, expected: object) -> None:
    assert reached(method, path) == expected


def test_the_paths_of_openai_are_ours_only_with_a_key_of_google() -> None:
    key = b"x-goog-api-key"

    assert reached("GET", "/v1/models", key) == ("list_models", {})
    assert reached("GET", "/v1/models/llama3:8b", key) == ("get_model", {"model": "llama3:8b"})
    assert reached("GET", "/v1/models/a:generateContent", key) is None


@pytest.mark.parametrize(
    ("verb", "query", "stream", "array"),
    [
        ("generateContent", "", False, False),
        ("streamGenerateContent", "alt=sse", True, False),
        ("streamGenerateContent", "key=x&$alt=sse", True, False),
        ("streamGenerateContent", "%24alt=s%73e", True, False),
        ("streamGenerateContent", "", True, True),
        ("streamGenerateContent", "alt=json", True, True),
        ("streamGenerateContent", "&".join("a=b" for _ in range(200)), True, True),
    ],
)
def test_what_is_asked(verb: str, query: str, stream: bool, array: bool) -> None:
    ask = plugin.ask(Target({"model": "m", "verb": verb}, query), head(b'{"contents":[]}'))

    assert ask == Ask("m", stream=stream, usage=True, array=array)
    assert plugin.media_type(ask) == (b"application/json" if array else b"text/event-stream")


@pytest.mark.parametrize("named", ["m", "models/m", "\\u006d"])
def test_a_model_in_the_body_may_only_repeat_the_path(named: str) -> None:
    target = Target({"model": "m", "verb": "generateContent"})

    assert plugin.ask(target, head(b'{"model":"%b"}' % named.encode())).model == "m"
    with pytest.raises(Problem) as caught:
        plugin.ask(target, head(b'{"model":"another"}'))

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, "model")


def test_renaming_leaves_the_body_but_for_the_name() -> None:
    body = head(b'{"contents": [1],"model":"m"}')

    assert plugin.rename(body, "x").wire() == b'{"contents":[1]}'
    assert plugin.rename(parse(body), "x").wire() == b'{"contents":[1]}'
    plain = head(b'{"contents":[]}')
    assert plugin.rename(plain, "x") is plain
    assert plugin.rename(parse(plain), "x").wire() == b'{"contents":[]}'


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (Ask("gemini-3-pro"), "/v1beta/models/gemini-3-pro:generateContent"),
        (Ask("models/x", stream=True), "/v1beta/models/x:streamGenerateContent?alt=sse"),
        (Ask("tunedModels/x", stream=True, array=True), "/v1beta/tunedModels/x:streamGenerateContent"),
        (Ask("a/b?c:d é"), "/v1beta/models/a%2Fb%3Fc%3Ad%20%C3%A9:generateContent"),
        (Ask("../x"), "/v1beta/models/..%2Fx:generateContent"),
    ],
)
def test_the_provider_puts_the_model_into_the_path(ask: Ask, path: str) -> None:
    assert provider.services[0].path(ask) == path


def test_the_provider_signs_with_its_own_header() -> None:
    assert provider.sign(Secret("k")) == ((b"x-goog-api-key", b"k"),)
    assert provider.sign(None) == ()
    assert provider.services[0].dialect is plugin


def test_credentials_never_pass() -> None:
    assert plugin.passing.request == {b"x-goog-api-client"}
    assert plugin.passing.request_prefixes == ()


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        (Kind.INVALID, 400, "INVALID_ARGUMENT"),
        (Kind.BLOCKED, 400, "FAILED_PRECONDITION"),
        (Kind.UNAUTHENTICATED, 401, "UNAUTHENTICATED"),
        (Kind.QUOTA, 402, "RESOURCE_EXHAUSTED"),
        (Kind.FORBIDDEN, 403, "PERMISSION_DENIED"),
        (Kind.NO_MODEL, 404, "NOT_FOUND"),
        (Kind.TOO_LARGE, 413, "INVALID_ARGUMENT"),
        (Kind.LIMITED, 429, "RESOURCE_EXHAUSTED"),
        (Kind.INTERNAL, 500, "INTERNAL"),
        (Kind.UNREACHABLE, 502, "UNAVAILABLE"),
        (Kind.OVERLOADED, 503, "UNAVAILABLE"),
        (Kind.UPSTREAM_TIMEOUT, 504, "DEADLINE_EXCEEDED"),
    ],
)
def test_problems_have_google_words(kind: Kind, status: int, word: str) -> None:
    problem = Problem(kind, "why", where="contents.0", retry_after=1.5)

    error = msgspec.json.decode(plugin.problem(problem, "r1"))["error"]

    assert plugin.status(problem) == status
    assert (error["code"], error["message"], error["status"]) == (status, "why", word)
    assert [detail["@type"].rpartition(".")[2] for detail in error["details"]] == [
        "ErrorInfo",
        "BadRequest",
        "RetryInfo",
        "RequestInfo",
    ]
    assert error["details"][2]["retryDelay"] == "1.5s"


def test_problems_are_read_back() -> None:
    sent = plugin.problem(Problem(Kind.LIMITED, "slow down", retry_after=30), "r1")

    found = plugin.read_problem(429, sent)

    assert (found.kind, found.status, found.detail, found.retry_after, found.source) == (
        Kind.UPSTREAM_ERROR,
        429,
        "slow down",
        30.0,
        "upstream",
    )
    assert plugin.read_problem(429, b"[" + sent + b"]").detail == "slow down"
    assert plugin.read_problem(200, b'{"error":{"code":7}}').status == 502
    assert plugin.read_problem(500, b'{"error":"plain"}').detail == "plain"


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 1e300])
def test_odd_delays_are_still_durations(seconds: float) -> None:
    body = plugin.problem(Problem(Kind.LIMITED, "x", retry_after=seconds), "")

    assert re.search(rb'"retryDelay":"[0-9]+s"', body)


@given(st.integers(100, 999), st.binary(max_size=50) | st.text('[]{}"error:code1,', max_size=40).map(str.encode))
def test_any_error_body_is_a_problem(status: int, body: bytes) -> None:
    found = plugin.read_problem(status, body)

    assert found.kind is Kind.UPSTREAM_ERROR
    assert found.status >= 400


def test_models() -> None:
    card = ModelCard("assistant", owner="shop")

    one = msgspec.json.decode(plugin.model(card))

    assert (one["name"], one["displayName"]) == ("models/assistant", "assistant")
    assert "generateContent" in one["supportedGenerationMethods"]
    assert msgspec.json.decode(plugin.models([card])) == {"models": [one]}


def places(tree: dict[str, object]) -> list[tuple[str, str]]:
    return [(slot.place, slot.text) for slot in plugin.texts(tree)]


def test_texts_of_a_request() -> None:
    tree = {
        "model": "m",
        "system_instruction": {"parts": {"text": "sys"}},
        "contents": [
            {"role": "user", "parts": [{"text": "u", "thought": True}, {"text": "u2"}]},
            {
                "role": "model",
                "parts": [
                    {"text": "t", "thought": True, "thoughtSignature": "s"},
                    {"text": "a"},
                    {"function_call": {"id": "1", "name": "fn", "args": {"role": "arg", "l": ["arg2"]}}},
                    {"executableCode": {"code": "code"}},
                ],
            },
            {"parts": {"functionResponse": {"id": "1", "name": "fn", "response": {"x": {"y": "res"}}}}},
            {"parts": [{"inline_data": {"mime_type": "image/png", "data": "AAAA"}}, {"fileData": {"fileUri": "uri"}}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "fn", "description": "desc"}]}],
        "cachedContent": "cached",
        "generationConfig": {"stopSequences": ["stop"], "responseMimeType": "application/json"},
        "role": "odd",
        "data": "odd data",
    }

    assert places(tree) == [
        ("system", "sys"),
        ("user", "u"),
        ("user", "u2"),
        ("thinking", "t"),
        ("assistant", "a"),
        ("opaque", "fn"),
        ("tool_arguments", "arg"),
        ("tool_arguments", "arg2"),
        ("opaque", "code"),
        ("opaque", "fn"),
        ("tool_result", "res"),
        ("opaque", "uri"),
        ("tool", "fn"),
        ("tool", "desc"),
        ("opaque", "cached"),
        ("opaque", "stop"),
        ("opaque", "odd"),
        ("opaque", "odd data"),
    ]


def test_texts_of_an_answer() -> None:
    tree = {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "a"}, {"text": "t", "thought": True}]},
                "finishReason": "STOP",
            }
        ],
        "modelVersion": "m",
        "responseId": "r",
        "groundingMetadata": {"url": "u"},
    }

    assert places(tree) == [("assistant", "a"), ("thinking", "t"), ("opaque", "u")]


NAMES = st.sampled_from(["contents", "candidates", "content", "parts", "text", "role", "thought", "systemInstruction"])
TREES = st.recursive(
    st.text(min_size=1, max_size=3) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_no_tree_makes_texts_fail_or_skip_a_text(tree: dict[str, object]) -> None:
    def strings(node: object, key: str = "") -> list[str]:
        if isinstance(node, dict):
            return [text for name, value in node.items() for text in strings(value, name)]
        if isinstance(node, list):
            return [text for value in node for text in strings(value, key)]
        return [node] if isinstance(node, str) and key != "role" else []

    found = [text for _, text in places(tree)]

    assert all(text in found for text in strings(tree))
