"""What the top level of a request has to be for Mistral. API reference, "Chat completion"."""

from typing import Any

from lockgate.core.body import Body
from lockgate.core.provider import Adapted
from lockgate.dialects.openai_chat import copies

# OpenAI's and OpenRouter's fields that the API reference does not list, and that are refused as extra inputs.
REFUSED = (
    "audio",
    "function_call",
    "functions",
    "include_reasoning",
    "logit_bias",
    "modalities",
    "moderation",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "store",
    "thinking",
    "user",
    "verbosity",
    "web_search_options",
)


def without_stream_options(body: Body) -> Adapted:
    """Refused, but Mistral always counts in its streams: asking for it in vain loses nothing."""
    options = copies.value(body, "stream_options")
    adapted, lost = copies.without("stream_options")(body)
    more = not isinstance(options, dict) or any(key != "include_usage" for key in options)
    return adapted, lost if more else ()


def tool_choice(body: Body) -> Adapted:
    """`any` is the word for a call that has to be; a choice among some tools leaves the others out."""
    choice = copies.value(body, "tool_choice")
    if choice == "required":
        return body.set("tool_choice", "any"), ()
    if not isinstance(choice, dict) or choice.get("type") != "allowed_tools":
        return body, ()
    allowed = choice.get("allowed_tools")
    if not isinstance(allowed, dict) or not isinstance(allowed.get("tools"), list):
        return body, ()
    names = {_name(tool) for tool in allowed["tools"]}
    tools = copies.value(body, "tools")
    kept = [tool for tool in tools if _name(tool) in names] if isinstance(tools, list) else []
    mode = "any" if allowed.get("mode") == "required" else "auto"
    return body.set("tools", kept).set("tool_choice", mode), ()


def _name(tool: Any) -> Any:
    function = tool.get("function") if isinstance(tool, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else None


def without_tool_markers(body: Body) -> Adapted:
    tools = copies.value(body, "tools")
    if not isinstance(tools, list) or not any(isinstance(tool, dict) and "cache_control" in tool for tool in tools):
        return body, ()
    kept = [copies.without_key(tool, "cache_control") for tool in tools]
    return body.set("tools", kept), ("cache markers",)
