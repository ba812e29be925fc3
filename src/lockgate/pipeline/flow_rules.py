"""Which flow rules hold for the answer to a request? It is read off the history that the client sends: no SDK has to help."""

from collections.abc import Sequence

from msgspec import structs

from lockgate.core.body import parse
from lockgate.core.chat import Chat, ToolCall, ToolResult
from lockgate.core.exchange import Call, Route
from lockgate.core.flow_rule import FlowRule
from lockgate.core.guard import Finding
from lockgate.core.names import Names
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.worst import AT_THE_TOP

RESULT = "tool_result"
CALLED = (Finding(0, 0, "untrusted_flow"),)


def watched(call: Call, route: Route, ledger: Ledger) -> Call:
    """The call, with the rules that its answer is held against. After every rule on the request, whose findings count here."""
    if not route.flows or call.operation != "chat":
        return call
    caller = ledger.caller
    mine = [
        flow
        for flow in route.flows
        if (caller is None or flow.scope.holds(caller)) and (not flow.data or not flow.data.isdisjoint(ledger.labels))
    ]
    held = tuple(flow for flow in mine if _untrusted(call, flow.trusted))
    return structs.replace(call, flows=held) if held else call


def _untrusted(call: Call, trusted: Names) -> bool:
    """Whether a result of a tool that nobody vouches for is in the request. What cannot be told is untrusted."""
    tree = parse(call.body).tree
    if any(tree.get(name) for name in AT_THE_TOP):
        return True  # turns that lie with the provider
    slots = call.dialect.texts(tree)
    if not any(slot.place == RESULT and slot.text for slot in slots):
        return False
    if not trusted:
        return True
    try:
        chat = call.dialect.decode_chat(call.body.wire(), call.ask)
    except Problem:
        return True
    names = _results(chat)
    return not names or any(name not in trusted for name in names)


def _results(chat: Chat) -> list[str]:
    """The tools whose results there are: by the results' own names, or by the calls that they answer."""
    blocks = [block for message in chat.messages for block in message.blocks]
    called = {block.id: block.name for block in blocks if isinstance(block, ToolCall)}
    return [called.get(block.call_id) or block.name for block in blocks if isinstance(block, ToolResult)]


def flowing(name: str, flows: Sequence[FlowRule], ledger: Ledger) -> None:
    """The model calls this tool. Raises the `Problem` of the first rule that blocks; every rule that holds is written down."""
    for flow in flows:
        if name in flow.tools:
            ledger.flowed(flow, CALLED)
            if flow.action == "block":
                raise Problem(Kind.BLOCKED, f"blocked by rule '{flow.name}'", where="response", source="gateway")
