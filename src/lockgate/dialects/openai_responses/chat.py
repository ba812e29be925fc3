"""Requests: wire to canonical."""

from msgspec import Raw

from lockgate.core.chat import Chat, Format, Message, Reasoning, Text
from lockgate.core.dialect import Ask
from lockgate.dialects.openai_chat.called import end_user, metadata
from lockgate.dialects.openai_chat.parts import wrong
from lockgate.dialects.openai_responses import asked, tools
from lockgate.dialects.openai_responses.items import Turns
from lockgate.dialects.openai_responses.wire import present


def decode(raw: bytes, ask: Ask) -> Chat:
    """Raises `Problem(INVALID)` with the place of what is wrong."""
    request, unsaid = asked.read(raw)
    turns = Turns()
    messages = _messages(request, turns)
    offered = [*tools.tools(request.tools, "tools")]
    offered += [tool for where, node in turns.tools for tool in tools.tool(node, where)]
    return Chat(
        model=ask.model or request.model,
        messages=messages,
        tools=tuple(offered),
        tool_choice=tools.choice(request.tool_choice),
        parallel_tools=request.parallel_tool_calls,
        max_tokens=request.max_output_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        logprobs=bool(request.top_logprobs) or asked.LOGPROBS in (request.include or ()),
        top_logprobs=request.top_logprobs,
        format=_format(request.text, unsaid),
        reasoning=_reasoning(request.reasoning),
        metadata=metadata(request.metadata, unsaid),
        user=end_user(request.user, request.safety_identifier, unsaid),
        stream=ask.stream,
        unsaid=(*unsaid, *turns.unsaid),
    )


def _messages(request: asked.Request, turns: Turns) -> tuple[Message, ...]:
    """What the model is told goes first."""
    told = (Message("system", (Text(request.instructions),)),) if request.instructions else ()
    if isinstance(request.input, str):
        return (*told, Message("user", (Text(request.input),)))
    return (*told, *turns.read(request.input or ()))


def _format(text: asked.Text | None, unsaid: list[str]) -> Format | None:
    format_ = text.format if text is not None else None
    if format_ is None or format_.type == "text":
        return None
    if format_.type == "json_object":
        return Format("json")
    if format_.type != "json_schema":
        unsaid.append(f"text.format ({format_.type[:40]})")
        return None
    if not present(format_.schema) or bytes(format_.schema)[:1] != b"{":
        raise wrong("text.format.schema", "a JSON schema")
    shape = Raw(bytes(format_.schema))
    return Format("schema", shape, format_.name or "answer", format_.description or "", format_.strict)


def _reasoning(said: asked.Reasoning | None) -> Reasoning | None:
    """Who asks for a summary wants to see thoughts; who does not leaves it to the upstream."""
    if said is None:
        return None
    shown = True if said.summary or said.generate_summary else None
    if not said.effort and shown is None:
        return None
    return Reasoning(said.effort != "none", said.effort or "", shown=shown)
