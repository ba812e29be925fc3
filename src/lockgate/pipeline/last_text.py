"""The user's last words in a request, where they may be compared by meaning with those of another one."""

from msgspec import Struct

from lockgate.core.body import Body, Path, parse
from lockgate.core.exchange import Call
from lockgate.core.near_miss import Signature, signature
from lockgate.core.problem import Problem

_TOOLS = frozenset(("tool", "tool_arguments", "tool_result"))


class LastText(Struct, frozen=True):
    path: Path
    text: str
    signature: Signature


def last_text(call: Call, body: Body) -> LastText | None:
    """Nothing where tools are about, offered or called, for they act; and where `body`, which goes upstream, says it otherwise
    than the client did: what a rule masked is shown to nobody, and two texts that a mask makes alike are not alike.
    """
    document = parse(call.body)
    if any(name in document.tree for name in call.dialect.acting):
        return None
    slots = list(call.dialect.texts(document.tree))
    said = [slot for slot in slots if slot.place == "user"]
    if not said or any(slot.place in _TOOLS for slot in slots) or _offers(call):
        return None
    last = said[-1]
    if body is not call.body and (last.path, last.text) not in {
        (s.path, s.text) for s in call.dialect.texts(parse(body).tree)
    }:
        return None
    mark = signature(last.text)
    return None if mark is None else LastText(last.path, last.text, mark)


def _offers(call: Call) -> bool:
    try:
        return bool(call.dialect.decode_chat(call.body.wire(), call.ask).tools)
    except Problem:
        return True
