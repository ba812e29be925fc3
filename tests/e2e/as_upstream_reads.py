"""What an upstream of each family reads in a request that reached it: tools, calls and results, pictures, schemas.

Gemini takes two spellings of names and two alphabets of base64, and Google's client uses the other ones: both are right.
"""

import json
from typing import Any

from tests.e2e.acts import Received
from tests.e2e.wires import RESULT, TOOL

STANDARD = str.maketrans("-_", "+/")


def declared(family: str, got: Received) -> str:
    (tool,) = json.loads(got.body)["tools"]
    if family == "gemini":
        return str((tool.get("functionDeclarations") or tool.get("function_declarations"))[0]["name"])
    return str(tool["name"] if family == "anthropic" else tool["function"]["name"])


def called_and_told(family: str, got: Received) -> tuple[str, Any, bool]:
    """The call as the upstream reads it in the second turn, and whether it has the result, with the call's own id."""
    body = json.loads(got.body)
    if family == "gemini":
        parts = [part for content in body["contents"] for part in content["parts"]]
        (call,) = [part["functionCall"] for part in parts if "functionCall" in part]
        (told,) = [part["functionResponse"] for part in parts if "functionResponse" in part]
        return call["name"], call["args"], RESULT in json.dumps(told) and told["name"] == call["name"]
    if family == "anthropic":
        blocks = [b for m in body["messages"] if isinstance(m["content"], list) for b in m["content"]]
        (call,) = [block for block in blocks if block["type"] == "tool_use"]
        (told,) = [block for block in blocks if block["type"] == "tool_result"]
        return call["name"], call["input"], RESULT in json.dumps(told) and told["tool_use_id"] == call["id"]
    (call,) = [one for message in body["messages"] for one in message.get("tool_calls") or ()]
    (told,) = [message for message in body["messages"] if message["role"] == "tool"]
    given = call["function"]["arguments"]
    named = told["tool_name"] == TOOL if family == "ollama" else told["tool_call_id"] == call["id"]
    if family == "mistral":
        named = named and len(call["id"]) == 9
    arguments = json.loads(given) if isinstance(given, str) else given
    return call["function"]["name"], arguments, RESULT in json.dumps(told["content"]) and named


def pictured(family: str, body: Any) -> Any:
    if family == "gemini":
        parts = [part for content in body["contents"] for part in content["parts"]]
        (data,) = [part for part in parts if "text" not in part]
        if "inlineData" in data:
            return data["inlineData"]["data"].translate(STANDARD)
        return data["fileData"].get("fileUri") or data["fileData"]["file_uri"]
    (message,) = body["messages"]
    if family == "ollama":
        (image,) = message["images"]
        return image
    if family == "anthropic":
        (source,) = [block["source"] for block in message["content"] if block["type"] == "image"]
        return source.get("data") or source["url"]
    (image,) = [part["image_url"] for part in message["content"] if part["type"] == "image_url"]
    place = image if isinstance(image, str) else image["url"]
    return place.removeprefix("data:image/png;base64,")


def wanted(family: str, body: Any) -> Any:
    if family == "gemini":
        settings = body["generationConfig"]
        assert settings["responseMimeType"] == "application/json"
        return settings.get("responseJsonSchema") or settings["responseSchema"]
    if family == "anthropic":
        return body["output_config"]["format"]["schema"]
    return body["format"] if family == "ollama" else body["response_format"]["json_schema"]["schema"]
