"""Whole answers: wire to canonical and back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.answer import Answer, Choice
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask, Encoded
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import finish, logprobs, media, problem, runs, turns, usage, wire

_UNSAID = (
    ("grounding_metadata", "groundingMetadata"),
    ("citation_metadata", "citationMetadata"),
    ("url_context_metadata", "urlContextMetadata"),
    ("safety_ratings", "safetyRatings"),
)
_UNSAID_PARTS = (
    ("executable_code", "executableCode"),
    ("code_execution_result", "codeExecutionResult"),
    ("tool_call", "toolCall"),
    ("tool_response", "toolResponse"),
)


def decode(raw: bytes, ask: Ask) -> Answer:
    try:
        response = wire.response.decode(raw)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is not a Gemini answer", source="upstream") from error
    if wire.present(response.error):
        raise problem.read(200, raw)
    numbers = count()
    choices = [_choice(candidate, lambda: minted(ask, next(numbers))) for candidate in response.candidates or []]
    return Answer(
        id=response.response_id or "",
        model=response.model_version or ask.model,
        choices=tuple(choices) or (_none(response),),
        usage=usage.with_searches(usage.decode(response.usage_metadata), usage.searches(response.candidates)),
        created=_seconds(response.create_time),
        runs=tuple(name for candidate in response.candidates or [] for name in runs.names(candidate)),
        unsaid=tuple(dict.fromkeys(name for candidate in response.candidates or [] for name in _unsaid(candidate))),
    )


def minted(ask: Ask, number: int) -> str:
    """An id for a call that came without one."""
    return f"call_{ask.seed}_{number}" if ask.seed else f"call_{number}"


def _none(response: wire.Response) -> Choice:
    """No candidates: the prompt was blocked, or the upstream has nothing to say for itself."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason:
        return Choice((), "filtered")
    if feedback is None and response.usage_metadata is None:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer has no candidates", source="upstream")
    return Choice((), "error")


def _choice(candidate: wire.Candidate, mint: Callable[[], str]) -> Choice:
    parts = (candidate.content and candidate.content.parts) or []
    blocks = tuple(block for part in parts for block in _blocks(part, mint))
    called = any(isinstance(block, ToolCall) for block in blocks)
    reason = finish.decode(candidate.finish_reason or "STOP", called=called)
    return Choice(blocks, reason, logprobs=logprobs.decode(candidate.logprobs_result))


def _blocks(part: wire.Part, mint: Callable[[], str]) -> Iterator[Block]:
    signature = part.thought_signature or ""
    if part.thought:
        yield Thinking(part.text or "", signature)
        return
    if part.text:
        yield Text(part.text)
    call = part.function_call
    if call is not None:
        yield ToolCall(call.id or mint(), call.name or "", arguments(call), signature)
    elif signature:
        yield Thinking(signature=signature)
    yield from shown(part)


def arguments(call: wire.FunctionCall) -> str:
    """Without the white space that Google puts between."""
    return msgspec.json.format(bytes(call.args), indent=-1).decode() if wire.present(call.args) else "{}"


def shown(part: wire.Part) -> Iterator[Media]:
    if part.inline_data is not None and part.inline_data.data:
        yield media.inline(part.inline_data.mime_type or "", part.inline_data.data)
    if part.file_data is not None and part.file_data.file_uri:
        yield media.file(part.file_data.mime_type or "", part.file_data.file_uri)


def _unsaid(candidate: wire.Candidate) -> Iterator[str]:
    yield from (name for field, name in _UNSAID if wire.present(getattr(candidate, field)))
    for part in (candidate.content and candidate.content.parts) or []:
        yield from (name for field, name in _UNSAID_PARTS if wire.present(getattr(part, field)))


def _seconds(time: str | None) -> int:
    try:
        return int(datetime.fromisoformat(time).timestamp()) if time else 0
    except (ValueError, OverflowError, OSError):
        return 0


def encode(answer: Answer, ask: Ask) -> Encoded:
    lost: list[str] = []
    response: dict[str, Any] = {
        "candidates": [_candidate(choice, i, lost) for i, choice in enumerate(answer.choices)],
        "usageMetadata": usage.encode(answer.usage),
        "modelVersion": answer.model or ask.model,
        "responseId": answer.id or ask.request_id,
    }
    if answer.usage.written:
        lost.append("the count of tokens written to a cache")
    return Encoded(wire.encode(response), tuple(dict.fromkeys(lost)))


def _candidate(choice: Choice, index: int, lost: list[str]) -> dict[str, Any]:
    calls = turns.signed([block for block in choice.blocks if isinstance(block, ToolCall)])
    blocks = [next(calls) if isinstance(block, ToolCall) else block for block in choice.blocks]
    parts = [part for block in blocks for part in _parts(block, lost)]
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}} if parts else {}
    candidate |= {"finishReason": finish.REASON[choice.finish], "index": index}
    if choice.stop:
        lost.append("which stop sequence ended the answer")
    result: Raw = logprobs.encode(choice.logprobs)
    if wire.present(result):
        candidate["logprobsResult"] = result
    return candidate


def _parts(block: Block, lost: list[str]) -> list[dict[str, Any]]:
    match block:
        case Text(text):
            return [{"text": text}]
        case Refusal(text):
            lost.append("refusal mark")
            return [{"text": text}]
        case Thinking():
            if block.redacted:
                lost.append("redacted thinking")
            return turns.thinking(block)
        case ToolCall():
            return [turns.call(block, lost)]
        case Media():
            part = media.part(block, lost)
            return [part] if part else []
        case _:
            return []
