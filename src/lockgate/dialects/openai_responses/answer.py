"""Whole answers: wire to canonical and back."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.answer import Answer, Choice, Finish, Usage
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask, Encoded
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import names, problem, response, runs, sealed, usage, wire
from lockgate.dialects.openai_responses.losses import Losses
from lockgate.dialects.openai_responses.wire import number, present

_response = msgspec.json.Decoder(wire.Response)
_item = msgspec.json.Decoder(wire.Item)
_any = msgspec.json.Decoder(Any)
_list = msgspec.json.Decoder(list[Any])
_told = msgspec.json.Decoder(wire.Told)
_encode = msgspec.json.Encoder().encode
_FINISH: dict[str, Finish] = {"max_output_tokens": "length", "max_messages": "length", "content_filter": "filtered"}
_NO_LOGPROBS = (b"", b"null", b"[]")


def nonsense(what: str) -> Problem:
    return Problem(Kind.BAD_UPSTREAM, what, source="upstream")


def decode(raw: bytes, ask: Ask) -> Answer:
    """Raises `Problem(BAD_UPSTREAM)` for nonsense, and the upstream's own error where the body holds one."""
    said = read(raw)
    if said.output is None:
        raise nonsense("the upstream's answer has no output")
    known = [(item(each), each) for each in said.output]
    choice, unsaid = _choice([each for each, _ in known], finish(said), ask)
    return Answer(
        id=said.id or "",
        model=said.model or ask.model,
        choices=(choice,),
        usage=usage.decode(said) or Usage(),
        created=number(said.created_at),
        runs=tuple(runs.name(each) for each, _ in known if runs.is_run(each.type)),
        unsaid=unsaid,
    )


def read(raw: bytes | Raw) -> wire.Response:
    """A response, typed. Raises its error, where it has one."""
    try:
        said = _response.decode(raw)
        error = _any.decode(said.error) if present(said.error) else None
    except (ValueError, RecursionError) as broken:
        raise nonsense("the upstream's answer is not a response") from broken
    if error is not None or said.status == "failed":
        raise problem.found({"error": error or {"message": "the response failed"}}, 0)
    return said


def item(raw: Raw) -> wire.Item:
    try:
        return _item.decode(raw)
    except (ValueError, RecursionError):
        pass
    try:  # an item that only its provider understands may have other things in fields of these names
        return wire.Item(type=_kind.decode(raw).type)
    except (ValueError, RecursionError) as error:
        raise nonsense("the upstream's answer has an output that is none") from error


_kind = msgspec.json.Decoder(wire.Kind)


def finish(said: wire.Response) -> Finish:
    if said.status == "incomplete":
        reason = said.incomplete_details.reason if said.incomplete_details is not None else None
        return _FINISH.get(reason or "", "length")
    return "stop" if said.status in (None, "completed") else "error"


def _choice(items: Sequence[wire.Item], end: Finish, ask: Ask) -> tuple[Choice, tuple[str, ...]]:
    found: list[Block] = []
    lost = Losses()
    logprobs: list[Any] = []
    signature = ""
    for i, each in enumerate(items):
        if each.type == "reasoning" and (each.encrypted_content or "").startswith(sealed.OF_CALL):
            signature = (each.encrypted_content or "").removeprefix(sealed.OF_CALL)
        elif each.type in ("function_call", "custom_tool_call"):
            found.append(called(each, i, ask, signature))
            signature = ""
        elif each.type == "message":
            found += said(each.content or (), lost, logprobs)
        else:
            found += _others(each, lost)
    if end == "stop" and any(isinstance(block, ToolCall) for block in found):
        end = "tool_use"
    told = Raw(_encode({"content": logprobs, "refusal": None})) if logprobs else Raw(b"")
    return Choice(tuple(found), end, logprobs=told), lost.all()


def called(each: wire.Item, index: int, ask: Ask, signature: str = "") -> ToolCall:
    """A custom tool's text stands where a function's arguments do: rules are the same for both."""
    id_ = each.call_id or each.id or f"call_{ask.seed}_{index}"
    arguments = each.input if each.type == "custom_tool_call" else each.arguments
    return ToolCall(id_, names.joined(each.namespace or "", each.name or ""), arguments or "", signature)


def said(parts: Sequence[wire.Part], lost: Losses, logprobs: list[Any]) -> Iterator[Block]:
    for part in parts:
        if part.type == "refusal":
            yield Refusal(part.refusal or "")
        elif part.text:
            yield Text(part.text)
        if bytes(part.annotations) not in _NO_LOGPROBS:
            lost.add("annotations")
        if bytes(part.logprobs) not in _NO_LOGPROBS:
            logprobs += tokens(part.logprobs)


def tokens(raw: Raw) -> list[Any]:
    try:
        return _list.decode(raw)
    except (ValueError, RecursionError) as error:
        raise nonsense("the upstream's logprobs are none") from error


def thoughts(each: wire.Item) -> str:
    """What was thought, or else a summary of it."""
    told = [part.text for part in each.content or () if part.text]
    return sealed.BETWEEN.join(told or [part.text for part in each.summary or () if part.text])


def _others(each: wire.Item, lost: Losses) -> Iterator[Block]:
    if each.type == "reasoning":
        if (block := sealed.thinking(thoughts(each), each.encrypted_content or "")) is not None:
            yield block
    elif each.type == "image_generation_call" and each.result:
        yield Media("image", mime=f"image/{each.output_format or 'png'}", data=each.result)
    else:
        lost.add(f"output ({each.type[:40]})")


def encode(answer: Answer, ask: Ask) -> Encoded:
    lost = Losses()
    choice = answer.choices[0] if answer.choices else Choice(())
    if len(answer.choices) > 1:
        lost.add("answers beside the first")
    if choice.stop:
        lost.add("stop sequence")
    output = [each for each in _Output(choice, ask, lost).items() if each]
    begun = response.envelope(answer.id, answer.model, answer.created, ask)
    return Encoded(_encode(response.ended(begun, choice.finish, output, answer.usage)), lost.all())


class _Output:
    """Blocks to items. Texts and refusals that follow each other are parts of one message."""

    def __init__(self, choice: Choice, ask: Ask, lost: Losses) -> None:
        self._choice, self._ask, self._lost = choice, ask, lost
        self._state = response.status(choice.finish)
        self._logprobs = _content(choice.logprobs)
        self._count = 0

    def items(self) -> Iterator[response.Wire]:
        parts: list[response.Wire] = []
        for block in self._choice.blocks:
            if isinstance(block, Text | Refusal):
                parts.append(self._part(block))
                continue
            if parts:
                yield response.message(self._id("msg"), parts, self._state)
                parts = []
            yield from self._item(block)
        if parts:
            yield response.message(self._id("msg"), parts, self._state)

    def _id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._ask.request_id}_{self._count - 1}"

    def _part(self, block: Text | Refusal) -> response.Wire:
        if isinstance(block, Refusal):
            return response.refusal(block.text)
        logprobs, self._logprobs = self._logprobs, []
        return response.text(block.text, logprobs)

    def _item(self, block: Block) -> Iterator[response.Wire]:
        match block:
            case Thinking():
                yield {"id": self._id("rs"), **sealed.item(block)}
            case ToolCall():
                if block.signature:
                    yield {"id": self._id("rs"), **sealed.written("", sealed.OF_CALL + block.signature)}
                id_ = self._id("fc")
                made = ToolCall(block.id or f"call_{self._ask.seed}_{self._count - 1}", block.name, block.arguments)
                yield response.call(made, id_, self._state, self._ask)
            case Media(kind="image") if block.data:
                yield response.picture(self._id("ig"), block)
            case Media():
                self._lost.add(f"{block.kind} in answers")
            case _:
                self._lost.add("tool results in answers")


def _content(raw: Raw) -> list[Raw]:
    """Of log probabilities in Chat Completions' form, those of the text."""
    return content(raw) if bytes(raw) else []


def content(raw: Raw) -> list[Raw]:
    """As they stand there: read, they would take many times the room."""
    try:
        return [each.copy() for each in _told.decode(raw).content or ()]
    except (ValueError, RecursionError):
        return []
