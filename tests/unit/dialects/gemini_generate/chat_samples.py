"""What the tests of chat_read and chat_written are made of."""

from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from lockgate.core.chat import (
    Chat,
    Message,
)
from lockgate.core.dialect import Ask
from lockgate.dialects.gemini_generate import plugin

GOLDENS = sorted((Path(__file__).parents[3] / "wire/gemini_generate").glob("*.request.json"))


MODEL = "gemini-3-pro"


HELLO = {"contents": [{"parts": [{"text": "hi"}]}]}


def decode(tree: object, model: str = MODEL) -> Chat:
    return plugin.decode_chat(msgspec.json.encode(tree), Ask(model))


def encode(chat: Chat) -> tuple[dict[str, Any], tuple[str, ...]]:
    encoded = plugin.encode_chat(chat)
    return msgspec.json.decode(encoded.wire), encoded.lost


def said(*blocks: Any, model: str = MODEL, role: Any = "user") -> tuple[list[Any], tuple[str, ...]]:
    tree, lost = encode(Chat(model=model, messages=(Message(role, blocks),)))
    return [part for turn in tree["contents"] for part in turn["parts"]], lost


def snake(tree: Any) -> Any:
    """The same request in the other spelling, and single things outside their lists."""
    opaque = ("args", "response", "parametersJsonSchema", "responseJsonSchema")
    if isinstance(tree, dict):
        names = {key: "".join("_" + c.lower() if c.isupper() else c for c in key) for key in tree}
        return {names[key]: value if key in opaque else snake(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return snake(tree[0]) if len(tree) == 1 else [snake(item) for item in tree]
    return tree


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "contents",
                    "parts",
                    "role",
                    "text",
                    "thought",
                    "thoughtSignature",
                    "functionCall",
                    "function_response",
                    "functionResponse",
                    "name",
                    "id",
                    "args",
                    "response",
                    "inlineData",
                    "mimeType",
                    "data",
                    "fileData",
                    "fileUri",
                    "systemInstruction",
                    "tools",
                    "functionDeclarations",
                    "parameters",
                    "type",
                    "nullable",
                    "properties",
                    "anyOf",
                    "toolConfig",
                    "functionCallingConfig",
                    "mode",
                    "allowedFunctionNames",
                    "generationConfig",
                    "responseSchema",
                    "thinkingConfig",
                    "thinkingBudget",
                    "stopSequences",
                    "topK",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
