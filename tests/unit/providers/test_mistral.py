"""What goes out to Mistral, which takes less than others and names it differently."""

from lockgate.core.body import head
from lockgate.core.chat import Chat, Media, Message, Text, Tool, ToolCall, ToolChoice, ToolResult
from lockgate.dialects import openai_chat
from tests.unit.providers.copies import adapted, sent

FOREIGN = Chat(
    model="m",
    messages=(
        Message("developer", (Text("s"),)),
        Message("user", (Text("a"), Media("file", mime="application/pdf", data="AAAA", name="a.pdf")), "ada"),
        Message("assistant", (ToolCall("toolu_01A09q90qw90lq917835lq9", "f", "{}"),)),
        Message("user", (ToolResult("toolu_01A09q90qw90lq917835lq9", (Text("1"),)),)),
    ),
    tools=(Tool("f"), Tool("g")),
    tool_choice=ToolChoice("required", allowed=("f",)),
    max_tokens=5,
    seed=7,
    user="u",
    stream=True,
)


def test_mistral_translated() -> None:
    tree, lost = adapted("mistral", head(openai_chat.plugin.encode_chat(FOREIGN).wire))

    id_ = tree["messages"][2]["tool_calls"][0]["id"]
    assert len(id_) == 9
    assert id_.isalnum()
    assert tree == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "s"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "a"},
                    {
                        "type": "document_url",
                        "document_url": "data:application/pdf;base64,AAAA",
                        "document_name": "a.pdf",
                    },
                ],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": id_, "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": id_, "content": "1"},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}],
        "tool_choice": "any",
        "max_tokens": 5,
        "random_seed": 7,
        "stream": True,
    }
    assert lost == ("user", "names of speakers")


def test_mistrals_own_clients_are_left_alone() -> None:
    fields = {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": "https://x/y"}, {"type": "text", "text": "a"}],
            },
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "t"}]}],
                "tool_calls": [{"id": "gSIMJiOkT", "function": {"name": "f", "arguments": {}}}],
                "prefix": False,
            },
            {"role": "tool", "tool_call_id": "gSIMJiOkT", "name": "f", "content": "1"},
        ],
        "random_seed": 5,
        "safe_prompt": True,
        "tool_choice": "any",
        "prompt_mode": "reasoning",
    }

    assert sent("mistral", **fields) == ({"model": "m", **fields}, ())


def test_mistral_ids_are_the_same_for_calls_and_results() -> None:
    ids = ["gSIMJiOkT", "call_1", "call_2", "", "ninechar_", "ninechars", "é" * 9, "call_1"]
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [{"id": id_, "function": {"name": "f"}} for id_ in ids]},
        *({"role": "tool", "tool_call_id": id_, "content": ""} for id_ in ids),
    ]

    called, *results = sent("mistral", messages=messages)[0]["messages"]

    found = [call["id"] for call in called["tool_calls"]]
    assert [result["tool_call_id"] for result in results] == found
    assert all(len(id_) == 9 and id_.isascii() and id_.isalnum() for id_ in found)
    assert len(set(found)) == len(set(ids))
    assert (found[0], found[5]) == ("gSIMJiOkT", "ninechars")


def test_what_mistral_refuses_is_dropped_and_named() -> None:
    refused = {
        "user": "u", "store": False, "logit_bias": {}, "verbosity": "low", "safety_identifier": None, "modalities": ["text"],
    }  # fmt: skip
    tree, lost = sent(
        "mistral",
        **refused,
        stream_options={"include_usage": True, "include_obfuscation": False},
        tool_choice={"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}},
        messages=[
            {"role": "assistant", "content": "a", "name": "bot", "annotations": [], "reasoning": "t", "mood": "glad"},
            {"role": "assistant", "content": None, "refusal": "no"},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}], "refusal": "no"},
        ],
        tools=[{"type": "function", "function": {"name": "f"}, "cache_control": {}}],
    )

    assert tree == {
        "model": "m",
        "messages": [
            {"role": "assistant", "content": "a"},
            {"role": "assistant", "content": "no"},
            {"role": "assistant", "content": [{"type": "text", "text": "no"}]},
        ],
        "tools": [],
        "tool_choice": "auto",
    }
    assert set(lost) == {
        "user", "store", "logit_bias", "verbosity", "modalities", "stream_options", "names of speakers", "thinking",
        "messages.mood", "refusals",
    }  # fmt: skip


def test_mistrals_parts() -> None:
    tree, lost = sent(
        "mistral",
        tools=[{"function": {"name": "f"}, "cache_control": {}}],
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                    {"type": "input_audio", "input_audio": "AAAA"},
                    {"type": "file", "file": {"file_id": "f"}},
                    {"type": "file", "file": {"file_data": "AAAA"}},
                    {"type": "file", "file": {}},
                    {"type": "file", "file_id": "f"},
                ],
            }
        ],
    )

    assert tree["messages"][0]["content"] == [
        {"type": "input_audio", "input_audio": "AAAA"},
        {"type": "input_audio", "input_audio": "AAAA"},
        {"type": "file", "file_id": "f"},
        {"type": "document_url", "document_url": "data:application/pdf;base64,AAAA"},
        {"type": "file", "file": {}},
        {"type": "file", "file_id": "f"},
    ]
    assert (tree["tools"], lost) == ([{"function": {"name": "f"}}], ("cache markers",))


def test_required_is_any() -> None:
    assert sent("mistral", tool_choice="required")[0]["tool_choice"] == "any"
    named = {"type": "function", "function": {"name": "f"}}
    assert sent("mistral", tool_choice=named)[0]["tool_choice"] == named
    odd = {"type": "allowed_tools", "allowed_tools": 5}
    assert sent("mistral", tool_choice=odd)[0]["tool_choice"] == odd
