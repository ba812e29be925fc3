"""Unary answers: wire to canonical and back."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.answer import Answer, Choice, Finish, Usage
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.core.dialect import Ask, Encoded
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import outgoing_turns, problem, usage, wire
from lockgate.dialects.openai_chat.outgoing_turns import Losses
from lockgate.dialects.openai_chat.parts import located, thought
from lockgate.dialects.openai_chat.wire import number, present

_reply = msgspec.json.Decoder(wire.Reply)
_tree = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode

FINISH: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "model_length": "length",  # Mistral
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "filtered",
    "error": "error",  # Mistral, OpenRouter
    "insufficient_system_resource": "error",  # DeepSeek
}
REASON: dict[Finish, str] = {
    "stop": "stop",
    "length": "length",
    "tool_use": "tool_calls",
    "filtered": "content_filter",
    "error": "error",  # OpenRouter's and Mistral's word; the SDKs take it
}
_KNOWN = {
    *wire.Reply.__struct_fields__,
    *("system_fingerprint", "service_tier", "x_groq", "provider", "obfuscation", "prompt_filter_results"),
}
_KNOWN_MESSAGE = {*wire.Said.__struct_fields__, "role"}


def decode(raw: bytes, ask: Ask) -> Answer:
    """Raises `Problem(BAD_UPSTREAM)` for nonsense, and the upstream's own error where the body holds one."""
    reply = replied(raw)
    if not reply.choices:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer has no choices", source="upstream")
    ordered = sorted(reply.choices, key=lambda choice: choice.index or 0)
    return Answer(
        id=reply.id or "",
        model=reply.model or ask.model,
        choices=tuple(_choice(choice, i, ask) for i, choice in enumerate(ordered)),
        usage=usage.decode(reply.usage, reply.service_tier) if reply.usage else Usage(),
        created=number(reply.created),
        unsaid=tuple(_unsaid(raw)),
    )


def replied(raw: bytes) -> wire.Reply:
    """A whole answer or a chunk, typed."""
    try:
        reply = _reply.decode(raw)
        tree = _tree.decode(raw) if failed(reply) else None
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is not a chat completion", source="upstream") from error
    if tree is not None:
        raise problem.found(tree, 0)
    return reply


def failed(reply: wire.Reply) -> bool:
    return present(reply.error) or reply.object in ("error", "Error")


def _choice(choice: wire.Choice, index: int, ask: Ask) -> Choice:
    said = choice.message or choice.delta or wire.Said()
    found = [*thoughts(said), *_content(said)]
    calls = list(_calls(said, f"call_{ask.seed}_{index}_" if index else f"call_{ask.seed}_"))
    return Choice(
        blocks=(*found, *calls),
        finish=finish(choice.finish_reason, called=bool(calls)),
        stop=choice.stop_reason if isinstance(choice.stop_reason, str) else "",
        logprobs=choice.logprobs.copy() if present(choice.logprobs) else Raw(b""),
    )


def finish(reason: str | None, *, called: bool) -> Finish:
    """A demanded tool's call ends with "stop" at OpenAI, and any call does at some copies."""
    found = FINISH.get(reason or "stop", "stop")
    return "tool_use" if called and found == "stop" else found


def thoughts(said: wire.Said) -> list[Thinking]:
    """`reasoning_details` has all that the plain fields have, and the signatures."""
    found: list[Thinking] = []
    for item in said.reasoning_details or ():
        if item.data:
            found.append(Thinking(redacted=item.data))
        elif item.text or item.summary or item.signature:
            found.append(Thinking(item.text or item.summary or "", item.signature or ""))
    told = said.reasoning_content or said.reasoning
    return found or ([Thinking(told)] if told else [])


def _content(said: wire.Said) -> Iterator[Block]:
    if isinstance(said.content, str):
        if said.content:
            yield Text(said.content)
    else:
        yield from pieces(said.content or ())
    if said.refusal:
        yield Refusal(said.refusal)
    if said.audio:
        if said.audio.transcript:
            yield Text(said.audio.transcript)
        yield Media("audio", data=said.audio.data or "", file_id=said.audio.id or "")
    for picture in said.images or ():
        if picture.image_url and picture.image_url.url:
            yield located("image", picture.image_url.url)


def pieces(content: Sequence[wire.Piece]) -> Iterator[Text | Thinking | Media]:
    """Mistral's content in chunks. Kinds that we do not know are skipped."""
    for piece in content:
        if piece.type == "thinking":
            told = thought(piece.thinking)
            if told or piece.signature:
                yield Thinking(told, piece.signature or "")
        elif piece.type == "image_url":
            given = piece.image_url
            url = given.get("url") if isinstance(given, dict) else given
            if isinstance(url, str) and url:
                yield located("image", url)
        elif piece.text:
            yield Text(piece.text)


def _calls(said: wire.Said, minted: str) -> Iterator[ToolCall]:
    for i, call in enumerate(said.tool_calls or ()):
        function = called(call)
        yield ToolCall(call.id or f"{minted}{i}", function.name or "", arguments(function), signature(call))
    if said.function_call:
        function = said.function_call
        yield ToolCall(f"{minted}{len(said.tool_calls or ())}", function.name or "", arguments(function))


def called(call: wire.ToolCall) -> wire.Function:
    """What a call calls. A custom tool's text stands where a function's arguments do: rules are the same for both."""
    if call.custom is not None:
        return wire.Function(name=call.custom.name, arguments=call.custom.input)
    return call.function or wire.Function()


def arguments(function: wire.Function) -> str:
    """JSON text, also where a copy gives the object itself."""
    given = function.arguments
    if isinstance(given, str):
        return given
    return "" if given is None else _encode(given).decode()


def signature(call: wire.ToolCall) -> str:
    google = call.extra_content.google if call.extra_content else None
    return (google.thought_signature or "") if google else ""


def _unsaid(raw: bytes) -> Iterator[str]:
    """What an answer holds that the canonical form has no word for: citations, annotations, search results …"""
    try:
        tree = _tree.decode(raw)
    except (ValueError, RecursionError) as error:  # the typed decoder does not look into what it skips
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is not a chat completion", source="upstream") from error
    yield from (key[:64] for key in tree if key not in _KNOWN and tree[key])
    for i, choice in enumerate(tree["choices"]):
        message = choice.get("message")
        if isinstance(message, dict):
            yield from (f"choices.{i}.message.{key[:64]}" for key in message.keys() - _KNOWN_MESSAGE if message[key])


def encode(answer: Answer, ask: Ask) -> Encoded:
    lost = Losses()
    choices = [_encoded(choice, i, ask, lost) for i, choice in enumerate(answer.choices)]
    wire_ = {
        "id": answer.id or f"chatcmpl-{ask.request_id}",
        "object": "chat.completion",
        "created": answer.created or ask.created,
        "model": answer.model or ask.model,
        "choices": choices,
        "usage": usage.encode(answer.usage),
    }
    return Encoded(_encode(wire_), lost.all())


def _encoded(choice: Choice, index: int, ask: Ask, lost: Losses) -> dict[str, Any]:
    if choice.stop:
        lost.add("stop sequence")
    return {
        "index": index,
        "message": _message(choice.blocks, index, ask, lost),
        "logprobs": choice.logprobs or None,
        "finish_reason": REASON[choice.finish],
    }


def _message(blocks: Sequence[Block], index: int, ask: Ask, lost: Losses) -> dict[str, Any]:
    text = "".join(block.text for block in blocks if isinstance(block, Text))
    refusal = "".join(block.text for block in blocks if isinstance(block, Refusal))
    message: dict[str, Any] = {"role": "assistant", "content": text or None, "refusal": refusal or None}
    message |= outgoing_turns.thoughts([block for block in blocks if isinstance(block, Thinking)])
    minted = f"call_{ask.seed}_{index}_" if index else f"call_{ask.seed}_"
    called = [block for block in blocks if isinstance(block, ToolCall)]
    calls = outgoing_turns.calls(called)
    for i, call in enumerate(calls):
        call["id"] = call["id"] or f"{minted}{i}"
    if calls:
        message["tool_calls"] = calls
    elif not text and not refusal:
        message["content"] = ""
    for block in blocks:
        if isinstance(block, Media):
            given(block, message, ask, lost)
        elif isinstance(block, ToolResult):
            lost.add("tool results in answers")
    return message


def given(media: Media, message: dict[str, Any], ask: Ask, lost: Losses) -> None:
    """Sound in OpenAI's `audio`, pictures in OpenRouter's `images`; other kinds have no place."""
    if media.kind == "audio" and (media.data or media.file_id):
        id_ = media.file_id or f"audio_{ask.request_id}"
        message["audio"] = {"id": id_, "data": media.data, "transcript": "", "expires_at": 0}
    elif media.kind == "image" and (url := outgoing_turns.address(media)):
        images = message.setdefault("images", [])
        images.append({"type": "image_url", "image_url": {"url": url}, "index": len(images)})
    else:
        lost.add(f"{media.kind} in answers")
