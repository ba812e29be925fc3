"""What goes out to each provider of the OpenAI format: from its own clients, and translated for it."""

from typing import Any

import pytest

from lockgate.core.body import head
from lockgate.core.chat import Chat, Message, Text, Thinking
from lockgate.core.dialect import Ask
from lockgate.core.secret import Secret
from lockgate.dialects import openai_chat
from tests.unit.providers.copies import PROVIDERS, adapted, sent

COPIES = [
    "openai", "groq", "deepseek", "xai", "openrouter", "together", "fireworks", "cerebras", "perplexity", "nvidia",
    "vllm", "openai_compatible", "mistral",
]  # fmt: skip


MAX_TOKENS = {"deepseek", "together", "fireworks", "perplexity", "nvidia", "openai_compatible", "mistral"}


SYSTEM_ONLY = {"deepseek", "together", "fireworks", "perplexity", "nvidia", "mistral"}


# What each does with thoughts that are given back with a signature.
THOUGHTS = {
    "openai": (set(), "thinking"),
    "groq": (set(), "thinking"),
    "cerebras": (set(), "thinking"),
    "perplexity": (set(), "thinking"),
    "mistral": (set(), "thinking"),
    "deepseek": ({"reasoning_content"}, "thinking signatures"),
    "xai": ({"reasoning_content"}, "thinking signatures"),
    "together": ({"reasoning_content"}, "thinking signatures"),
    "fireworks": ({"reasoning_content"}, "thinking signatures"),
    "nvidia": ({"reasoning_content"}, "thinking signatures"),
    "openrouter": ({"reasoning_content", "reasoning_details"}, ""),
    "vllm": ({"reasoning_content", "reasoning_details"}, ""),
    "openai_compatible": ({"reasoning_content", "reasoning_details"}, ""),
}


@pytest.mark.parametrize(
    ("name", "address", "variables"),
    [
        ("openai", "https://api.openai.com/v1", ("OPENAI_API_KEY",)),
        ("groq", "https://api.groq.com/openai/v1", ("GROQ_API_KEY",)),
        ("deepseek", "https://api.deepseek.com", ("DEEPSEEK_API_KEY",)),
        ("xai", "https://api.x.ai/v1", ("XAI_API_KEY",)),
        ("openrouter", "https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",)),
        ("together", "https://api.together.xyz/v1", ("TOGETHER_API_KEY",)),
        ("fireworks", "https://api.fireworks.ai/inference/v1", ("FIREWORKS_API_KEY",)),
        ("cerebras", "https://api.cerebras.ai/v1", ("CEREBRAS_API_KEY",)),
        ("perplexity", "https://api.perplexity.ai", ("PERPLEXITY_API_KEY", "PPLX_API_KEY")),
        ("nvidia", "https://integrate.api.nvidia.com/v1", ("NVIDIA_API_KEY",)),
        ("vllm", "http://127.0.0.1:8000/v1", ("VLLM_API_KEY",)),
        ("openai_compatible", "", ()),
        ("mistral", "https://api.mistral.ai/v1", ("MISTRAL_API_KEY",)),
    ],
)
def test_where_and_how(name: str, address: str, variables: tuple[str, ...]) -> None:
    provider = PROVIDERS[name]
    service = provider.service(openai_chat.plugin)

    assert (provider.name, provider.base_url, provider.environment) == (name, address, variables)
    assert service.dialect is openai_chat.plugin
    assert service.path(Ask("m")) == "/chat/completions"
    assert provider.sign(Secret("k")) == ((b"authorization", b"Bearer k"),)
    assert provider.sign(None) == ()
    assert provider.keyless == (name in ("vllm", "openai_compatible"))


@pytest.mark.parametrize("name", COPIES)
def test_a_plain_request_goes_out_as_it_came(name: str) -> None:
    fields = {
        "messages": [
            {"role": "system", "content": "s"},
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
            {"role": "assistant", "content": "developer reasoning tool_calls"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        "tool_choice": "auto",
        "max_tokens": 5,
        "temperature": 0.5,
        "unheard_of": {"a": 1},
    }

    tree, lost = sent(name, **fields)

    assert (tree, lost) == ({"model": "m", **fields}, ())


@pytest.mark.parametrize("name", COPIES)
def test_the_bytes_of_messages_stay_when_nothing_is_to_change(name: str) -> None:
    raw = b'{"model":"m","messages":[{"role" :  "user","content":"\\u0068i"}]}'
    adapt = PROVIDERS[name].adapt

    assert adapt is None or adapt(head(raw))[0].wire() == raw


@pytest.mark.parametrize("name", COPIES)
def test_the_limit_has_a_name_that_the_provider_knows(name: str) -> None:
    translated = openai_chat.plugin.encode_chat(Chat(model="m", messages=(), max_tokens=5)).wire

    expected = "max_tokens" if name in MAX_TOKENS else "max_completion_tokens"
    assert adapted(name, head(translated)) == ({"model": "m", "messages": [], expected: 5}, ())
    if name in MAX_TOKENS:  # where both are said, its own one counts
        assert sent(name, max_tokens=3, max_completion_tokens=5)[0] == {"model": "m", "messages": [], "max_tokens": 3}


@pytest.mark.parametrize("name", COPIES)
def test_the_developer_role(name: str) -> None:
    tree, lost = sent(name, messages=[{"role": "developer", "content": "x"}])

    expected = "system" if name in SYSTEM_ONLY else "developer"
    assert (tree["messages"], lost) == ([{"role": expected, "content": "x"}], ())


@pytest.mark.parametrize("name", COPIES)
def test_thoughts_that_come_back(name: str) -> None:
    chat = Chat(model="m", messages=(Message("assistant", (Thinking("t", "s"), Text("a"))),))
    tree, lost = adapted(name, head(openai_chat.plugin.encode_chat(chat).wire))

    kept, loss = THOUGHTS[name]
    assert tree["messages"][0].keys() - {"role", "content"} == kept
    assert lost == ((loss,) if loss else ())


@pytest.mark.parametrize("name", ["groq", "cerebras"])
def test_their_own_field_for_thoughts_stays(name: str) -> None:
    message = {"role": "assistant", "content": "a", "reasoning": "t"}

    assert sent(name, messages=[message])[0]["messages"] == [message]
    tree, lost = sent(name, messages=[{**message, "reasoning_content": "t"}])
    assert (tree["messages"], lost) == ([message], ())


@pytest.mark.parametrize("name", ["openai", "groq", "cerebras", "mistral"])
def test_marks_and_signatures_that_strict_ones_refuse(name: str) -> None:
    call = {"id": "abcdefghi", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    marker = {"type": "ephemeral"}
    tree, lost = sent(
        name,
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "a", "cache_control": marker}, "bare"]},
            {"role": "assistant", "content": None, "tool_calls": [{**call, "extra_content": {"google": {}}}, 5]},
            {"role": "tool", "tool_call_id": "abcdefghi", "content": "1", "cache_control": marker},
            5,
        ],
    )

    assert tree["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "a"}, "bare"]},
        {"role": "assistant", "content": None, "tool_calls": [call, 5]},
        {"role": "tool", "tool_call_id": "abcdefghi", "content": "1"},
        5,
    ]
    assert set(lost) == {"cache markers", "tool call signatures"}


def test_openai_takes_metadata_only_with_what_it_stores() -> None:
    assert sent("openai", metadata={"a": "b"}) == ({"model": "m", "messages": []}, ("metadata",))
    tree, lost = sent("openai", metadata={"a": "b"}, store=True)
    assert (tree["metadata"], lost) == ({"a": "b"}, ())
    assert sent("openai", metadata=None)[1] == ()


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("messages", [None, "hi", {"role": "user"}, [None, 5, {"tool_calls": 5, "content": 5}]])
def test_nonsense_is_the_upstreams_to_refuse(name: str, messages: Any) -> None:
    tree, _ = sent(name, messages=messages, tools=5, tool_choice=5, stream_options=5, metadata=5)

    assert tree["messages"] == messages


def test_openai_changes_nothing_that_its_own_clients_say() -> None:
    assert PROVIDERS["openai"].adapt is None
