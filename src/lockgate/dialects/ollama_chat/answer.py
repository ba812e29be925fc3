"""Unary answers: wire to canonical and back."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import Raw

from lockgate.core.answer import Answer, Choice, Finish, Usage, count
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask, Encoded
from lockgate.dialects.ollama_chat import dates, logprobs, outgoing_turns, problem, wire
from lockgate.dialects.ollama_chat.losses import Losses
from lockgate.dialects.ollama_chat.turns import picture

_encode = msgspec.json.Encoder().encode
_tree = msgspec.json.Decoder(dict[str, Any])

# The last two are no words of Ollama's, and its clients take any: a filtered answer must not look like a whole one.
FINISH: dict[str, Finish] = {"length": "length", "content_filter": "filtered", "error": "error"}
REASON: dict[Finish, str] = {
    "stop": "stop",
    "tool_use": "stop",
    "length": "length",
    "filtered": "content_filter",
    "error": "error",
}
_NOTHING_ASKED = ("load", "unload")
_MEASURED = {"total_duration", "load_duration", "prompt_eval_duration", "eval_duration"}
_KNOWN = {*wire.Reply.__struct_fields__, *_MEASURED, "remote_model", "remote_host"}
_KNOWN_MESSAGE = {*wire.Said.__struct_fields__, "role"}


def decode(raw: bytes, ask: Ask) -> Answer:
    """Raises `Problem(BAD_UPSTREAM)` for nonsense, and the upstream's own error where the body holds one."""
    reply = wire.read(raw)
    if reply.message is None and reply.done_reason not in _NOTHING_ASKED:
        raise wire.nonsense()
    said = reply.message or wire.Said()
    blocks = tuple(_blocks(said, ask))
    choice = Choice(
        blocks,
        finish(reply.done_reason, called=bool(said.tool_calls)),
        logprobs=Raw(logprobs.decode(reply.logprobs)),
    )
    return Answer(
        id="",
        model=reply.model or ask.model,
        choices=(choice,),
        usage=counted(reply),
        created=dates.seconds(reply.created_at),
        unsaid=tuple(_unsaid(raw)),
    )


def _blocks(said: wire.Said, ask: Ask) -> Iterator[Block]:
    if said.thinking:
        yield Thinking(said.thinking)
    if said.content:
        yield Text(said.content)
    for image in said.images or ():
        yield picture(image)
    for i, call in enumerate(said.tool_calls or ()):
        function = call.function or wire.Function()
        yield ToolCall(call.id or f"call_{ask.seed}_{i}", function.name or "", arguments(function))


def arguments(function: wire.Function) -> str:
    given = function.arguments
    if isinstance(given, str):
        return given
    return "{}" if given is None else _encode(given).decode()


def finish(reason: str | None, *, called: bool) -> Finish:
    """Ollama says `stop` for a tool call too, and `load` and `unload` where nothing was asked."""
    found = FINISH.get(reason or "", "stop")
    return "tool_use" if called and found == "stop" else found


class Counting(Protocol):
    """A line, or a whole answer, of either of Ollama's formats."""

    @property
    def prompt_eval_count(self) -> int | None: ...

    @property
    def eval_count(self) -> int | None: ...


def counted(reply: Counting) -> Usage:
    return Usage(count(reply.prompt_eval_count), count(reply.eval_count))


def _unsaid(raw: bytes) -> Iterator[str]:
    """What an answer holds that the canonical form has no word for."""
    try:
        tree = _tree.decode(raw.removeprefix(problem.BOM))
    except (ValueError, RecursionError):  # the typed decoder does not look into what it skips
        raise wire.nonsense() from None
    yield from (key[:64] for key in tree if key not in _KNOWN and tree[key])
    message = tree.get("message") or {}
    yield from (f"message.{key[:64]}" for key in message if key not in _KNOWN_MESSAGE and message[key])


def encode(answer: Answer, ask: Ask) -> Encoded:
    """Raises nothing: what has no place is named."""
    return written(answer, ask, lambda blocks, lost: {"message": said(blocks, lost)})


def written(answer: Answer, ask: Ask, says: Callable[[Sequence[Block], Losses], dict[str, Any]]) -> Encoded:
    """The first choice: Ollama has no other. Durations are not known here, and clients do without. `says` are the fields for what
    the model said.
    """
    lost = Losses()
    lost.add("n above 1", len(answer.choices) > 1)
    choice = answer.choices[0] if answer.choices else Choice(())
    reply: dict[str, Any] = {
        "model": answer.model or ask.model,
        "created_at": dates.written(answer.created or ask.created),
        **says(choice.blocks, lost),
        "done": True,
        "done_reason": REASON[choice.finish],
        "prompt_eval_count": answer.usage.input,
        "eval_count": answer.usage.output,
    }
    if bytes(choice.logprobs) and (tokens := logprobs.encode(choice.logprobs, lost)):
        reply["logprobs"] = tokens
    lost.add("stop sequence", choice.stop)
    name_counts(answer.usage, lost)
    return Encoded(_encode(reply), lost.all())


def said(blocks: Sequence[Block], lost: Losses) -> dict[str, Any]:
    """Without media: the API has images in an answer, but its Python client fails to read any."""
    lost.add("refusal mark", any(isinstance(block, Refusal) for block in blocks))
    for media in (block for block in blocks if isinstance(block, Media)):
        lost.add(f"{media.kind} in answers")
    return outgoing_turns.said("assistant", [block for block in blocks if not isinstance(block, Media)], lost)


def name_counts(usage: Usage, lost: Losses) -> None:
    lost.add("cached tokens", usage.cached or usage.written)
    lost.add("reasoning tokens", usage.reasoning)
