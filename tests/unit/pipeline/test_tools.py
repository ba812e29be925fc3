"""Tools: what a request may offer to the model in each dialect, and what an answer may call."""

from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access, Denied
from tests.fakes import SSE, Answered, Notebook, Script
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.policed import CARRIERS, ask, gateway

ONLY = Access(tools=("search", "web.*"))
CARRIER = CARRIERS["authorization"]
MESSAGES = [{"role": "user", "content": "hi"}]
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "openai": ("/v1/chat/completions", {"model": "one", "messages": MESSAGES}),
    "anthropic": ("/v1/messages", {"model": "one", "max_tokens": 9, "messages": MESSAGES}),
    "gemini": ("/v1beta/models/one:generateContent", {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}),
    "ollama": ("/api/chat", {"model": "one", "messages": MESSAGES, "stream": False}),
}


def function(name: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("openai", {"tools": [function("search"), function("shell")]}, "tools.1", "'shell'"),
    ("openai", {"tools": [function("webs")]}, "tools.0", "'webs'"),
    ("openai", {"tools": [{"type": "custom", "custom": {"name": "shell"}}]}, "tools.0", "'shell'"),
    ("openai", {"tools": [{"type": "code_interpreter"}]}, "tools.0", "'code_interpreter'"),
    ("openai", {"tools": [{"function": {"name": "shell"}}]}, "tools.0", "'shell'"),
    ("openai", {"tools": [{"type": "function"}]}, "tools.0", "without a name"),
    ("openai", {"tools": [function(["search"])]}, "tools.0", "without a name"),
    ("openai", {"tools": ["search"]}, "tools.0", "without a name"),
    ("openai", {"tools": {"0": function("search")}}, "tools", "without a name"),
    # Readers that do not mind the type find another tool here than one that does.
    ("openai", {"tools": [function("shell") | {"type": "search"}]}, "tools.0", "without a name"),
    (
        "openai",
        {"tools": [function("shell") | {"type": "custom", "custom": {"name": "search"}}]},
        "tools.0",
        "without a",
    ),
    ("openai", {"tools": [function("search") | {"custom": {"name": "shell"}}]}, "tools.0", "without a name"),
    ("openai", {"functions": [{"name": "shell"}]}, "functions.0", "'shell'"),
    ("openai", {"web_search_options": {}}, "web_search_options", "'web_search'"),
    ("anthropic", {"tools": [{"name": "shell", "input_schema": {}}]}, "tools.0", "'shell'"),
    ("anthropic", {"tools": [{"type": "bash_20250124", "name": "bash"}]}, "tools.0", "'bash'"),
    ("anthropic", {"mcp_servers": [{"type": "url", "url": "https://x", "name": "files"}]}, "mcp_servers.0", "'files'"),
    ("anthropic", {"tools": [{"type": "mcp_toolset", "mcp_server_name": "files"}]}, "tools.0", "'files'"),
    ("anthropic", {"tools": {"name": "search"}}, "tools", "without a name"),
    ("gemini", {"tools": [{"functionDeclarations": [{"name": "shell"}]}]}, "tools.0.functionDeclarations.0", "'shell'"),
    ("gemini", {"tools": {"function_declarations": {"name": "shell"}}}, "tools.function_declarations", "'shell'"),
    ("gemini", {"tools": [{"google_search": {}}]}, "tools.0.google_search", "'googleSearch'"),
    ("gemini", {"tools": [{"codeExecution": {}}]}, "tools.0.codeExecution", "'codeExecution'"),
    ("gemini", {"tools": ["search"]}, "tools.0", "without a name"),
    ("ollama", {"tools": [function("shell")]}, "tools.0", "'shell'"),
    ("ollama", {"tools": [{"name": "search"}]}, "tools.0", "without a name"),
    ("ollama", {"tools": 7}, "tools", "without a name"),
    # Readers that do not mind the case of keys find another tool here than one that does.
    ("ollama", {"Tools": [function("search")]}, "Tools", "without a name"),
    ("ollama", {"tools": [{"function": {"name": "search", "Name": "shell"}}]}, "tools.0", "without a name"),
    ("ollama", {"tools": [{"function": {"name": "search"}, "FUNCTION": {}}]}, "tools.0", "without a name"),
    ("openai", {"tools": [{"type": "function", "Type": "x", "function": {"name": "search"}}]}, "tools.0", "without a"),
    ("anthropic", {"tools": [{"name": "search", "NAME": "shell"}]}, "tools.0", "without a name"),
    ("gemini", {"tools": [{"googleSearch": None, "GoogleSearch": {}}]}, "tools.0", "without a name"),
    ("gemini", {"tools": [{"FunctionDeclarations": []}]}, "tools.0.FunctionDeclarations", "'FunctionDeclarations'"),
    ("openai", {"plugins": [{"id": "web"}]}, "plugins.0", "'web'"),
    ("openai", {"search_parameters": {"mode": "on"}}, "search_parameters", "'live_search'"),
    ("gemini", {"cachedContent": "cachedContents/1"}, "cachedContent", "'cachedContent'"),
    ("gemini", {"cached_content": "cachedContents/1"}, "cached_content", "'cachedContent'"),
]


@pytest.mark.parametrize(("shape", "more", "where", "words"), REFUSED)
async def test_a_tool_that_is_not_allowed_is_refused_by_name(
    shape: str, more: dict[str, Any], where: str, words: str
) -> None:
    path, body = SHAPES[shape]
    script, notebook = Script(), Notebook()

    reply, raw = await ask(gateway(script, notebook, ONLY), CARRIER, {**body, **more}, path=path)

    assert reply.status == 403
    assert words in raw.decode()
    assert notebook.outcome.code == "permission_denied"
    assert script.sent == []
    if shape == "openai":
        assert msgspec.json.decode(raw)["error"]["param"] == where


@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
@pytest.mark.parametrize("access", [Access(tools=("*",), deny=Denied(tools=("sh*",))), Access(tools=())])
async def test_S16_deny_wins_and_an_empty_list_allows_none(carrier: tuple[bytes, bytes], access: Access) -> None:
    _, body = SHAPES["openai"]
    script = Script()

    reply, _ = await ask(gateway(script, Notebook(), own=access), carrier, {**body, "tools": [function("shell")]})

    assert reply.status == 403
    assert script.sent == []


@pytest.mark.parametrize(
    ("shape", "more"),
    [
        ("openai", {"tools": [function("search"), function("web.open")]}),
        ("openai", {}),
        ("anthropic", {"tools": [{"name": "search", "input_schema": {"type": "object"}}]}),
        ("gemini", {"tools": [{"functionDeclarations": [{"name": "web.open"}]}]}),
        ("ollama", {"tools": [function("search")]}),
    ],
)
async def test_tools_that_are_allowed_go_on(shape: str, more: dict[str, Any]) -> None:
    path, body = SHAPES[shape]
    script = Script(openai_answer())

    reply, _ = await ask(gateway(script, Notebook(), ONLY), CARRIER, {**body, **more}, path=path)

    assert reply.status == 200
    assert len(script.sent) == 1


def called(name: str) -> Answered:
    call = {"id": "c", "type": "function", "function": {"name": name, "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    document = {"id": "c1", "object": "chat.completion", "created": 5, "model": "m", "choices": [choice]}
    return Answered(200, [msgspec.json.encode(document)])


def called_in_a_stream(name: str, *, cut: int) -> Answered:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "c1", "object": "chat.completion.chunk", "created": 5, "model": "m"}
        return b"data: " + msgspec.json.encode({**head, "choices": [choice]}) + b"\n\n"

    call = {"index": 0, "id": "c", "type": "function", "function": {"name": name, "arguments": ""}}
    raw = b"".join(
        (
            chunk({"role": "assistant", "content": "thinking about it"}),
            chunk({"tool_calls": [call]}),
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"rm":"-rf"}'}}]}),
            chunk({}, "tool_calls"),
            b"data: [DONE]\n\n",
        )
    )
    return Answered(200, [raw[at : at + cut] for at in range(0, len(raw), cut)], SSE)


FILTERED = {
    "openai": b'"finish_reason":"content_filter"',
    "anthropic": b'"stop_reason":"refusal"',
    "gemini": b'"finishReason":"SAFETY"',
    "ollama": b'"done_reason":"content_filter"',
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stream", [False, True])
async def test_a_model_that_calls_what_it_may_not_is_cut_off(shape: str, stream: bool) -> None:
    path, body = SHAPES[shape]
    if shape == "gemini":
        path = path.replace("generateContent", "streamGenerateContent?alt=sse") if stream else path
    else:
        body = {**body, "stream": stream}
    for cut in (7, 10_000):
        answer = called_in_a_stream("shell", cut=cut) if stream else called("shell")
        notebook = Notebook()

        reply, raw = await ask(gateway(Script(answer), notebook, ONLY), CARRIER, body, path=path)

        assert reply.status == (200 if stream else 400)
        assert b"-rf" not in raw
        assert not stream or FILTERED[shape] in raw
        assert notebook.outcome.end == "blocked"
        assert notebook.outcome.code == "blocked_by_policy"


@pytest.mark.parametrize("shape", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_model_may_call_what_is_allowed(shape: str, stream: bool) -> None:
    path, body = SHAPES[shape]
    answer = called_in_a_stream("web.open", cut=11) if stream else called("web.open")
    bound, free = Notebook(), Notebook()

    _, raw = await ask(gateway(Script(answer), bound, ONLY), CARRIER, {**body, "stream": stream}, path=path)
    answer = called_in_a_stream("web.open", cut=11) if stream else called("web.open")
    _, same = await ask(gateway(Script(answer), free), CARRIER, {**body, "stream": stream}, path=path)

    assert raw == same
    assert bound.outcome.end == "complete"


@pytest.mark.parametrize(
    "functions",
    [
        ({"name": "s", "arguments": ""}, {"name": "hell", "arguments": "{}"}),
        ({"arguments": "{}"}, {"name": "shell"}),
        ({"name": "", "arguments": "{"}, {"name": "shell", "arguments": "}"}),
    ],
    ids=["in-two-pieces", "behind-its-arguments", "behind-an-empty-one"],
)
@pytest.mark.parametrize("cut", [7, 10_000])
async def test_a_name_that_is_not_whole_when_the_call_begins_is_no_name(
    functions: tuple[dict[str, Any], ...], cut: int
) -> None:
    """OpenAI's clients put its pieces together."""
    _, body = SHAPES["openai"]
    free = Access(tools=("*",), deny=Denied(tools=("sh*",)))
    deltas = [{"tool_calls": [{"index": 0, "function": function}]} for function in functions]
    deltas[0]["tool_calls"][0] |= {"id": "c", "type": "function"}
    chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    raw = b"".join(b"data: " + msgspec.json.encode(chunk) + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"
    notebook = Notebook()
    answer = Answered(200, [raw[at : at + cut] for at in range(0, len(raw), cut)], SSE)

    _, got = await ask(gateway(Script(answer), notebook, own=free), CARRIER, {**body, "stream": True})

    assert b"hell" not in got
    assert b"[DONE]" not in got
    assert notebook.outcome.code == "bad_upstream"


@pytest.mark.parametrize(("names", "passes"), [(("s", "hell"), False), (("web.", "open"), True)])
async def test_names_that_clients_put_together_are_not_denied_either(names: tuple[str, str], passes: bool) -> None:
    """Two calls of one index, as some copies number them, are one call to OpenAI's clients."""
    _, body = SHAPES["openai"]
    free = Access(tools=("*",), deny=Denied(tools=("sh*",)))
    calls = [{"index": 0, "id": f"c{n}", "function": {"name": name, "arguments": "{}"}} for n, name in enumerate(names)]
    deltas = [({"tool_calls": [call]}, None) for call in calls] + [({}, "tool_calls")]
    chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]} for delta, finish in deltas]
    raw = b"".join(b"data: " + msgspec.json.encode(chunk) + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"
    notebook = Notebook()

    answer = Answered(200, [raw[:200], raw[200:]], SSE)
    _, got = await ask(gateway(Script(answer), notebook, own=free), CARRIER, {**body, "stream": True})

    assert (got == raw, b'"hell"' in got) == (passes, False)
    assert notebook.outcome.end == ("complete" if passes else "blocked")
