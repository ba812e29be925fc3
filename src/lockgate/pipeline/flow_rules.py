"""Which flow rules hold for the answer to a request? It is read off the history that the client sends: no SDK has to help."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from msgspec import structs

from lockgate.core.approval import Approvals, Asked
from lockgate.core.body import Tree, parse
from lockgate.core.chat import Chat, Media, ToolCall, ToolResult
from lockgate.core.dialect import Slot
from lockgate.core.exchange import Call, Route
from lockgate.core.flow_rule import Flowing, FlowRule
from lockgate.core.names import Names
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.attached import attached
from lockgate.pipeline.conversation import SESSIONS, conversation
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.worst import AT_THE_TOP
from lockgate.tokens.ids import kind_of

RESULT, DOCUMENT = "tool_result", "document"
CALLED = "untrusted_flow"


async def watched(call: Call, route: Route, ledger: Ledger, approvals: Approvals | None = None) -> Call:
    """The call, with the rules that its answer is held against. After every rule on the request, whose findings count here."""
    if not route.flows or call.operation != "chat":
        return call
    caller = ledger.caller
    mine = [
        flow
        for flow in route.flows
        if (caller is None or flow.scope.holds(caller)) and (not flow.data or _found(flow.data, call, ledger))
    ]
    if not mine:
        return call
    tree = parse(call.body).tree
    slots = list(call.dialect.texts(tree))
    runs = [tool.name for tool in call.dialect.tools(tree) if tool.run] if call.dialect.tools is not None else []
    flows: list[Flowing] = []
    for flow in mine:
        untrusted = _untrusted(call, tree, slots, flow.trusted)
        if untrusted or any(name not in flow.trusted for name in runs):
            held = await _flowing(flow, call, slots, ledger, approvals)
            if untrusted:
                _offering(runs, held, ledger)
            flows.append(held if untrusted or not call.dialect.tells_runs else replace(held, later=True))
    return structs.replace(call, flows=tuple(flows)) if flows else call


def _found(data: Collection[str], call: Call, ledger: Ledger) -> bool:
    """A value that left as a token before, and is known again, is of the kind that stands in the token. What was in turns that lie
    with the provider, nobody can tell.
    """
    labels = ledger.labels
    if call.held is not None and call.held.goes_on:
        return True
    return any(label in labels or kind_of(label) in labels for label in data)


def _offering(runs: Sequence[str], flow: Flowing, ledger: Ledger) -> None:
    """What the provider runs by itself is stopped here or not at all. Raises the `Problem`."""
    rule = flow.rule
    for name in runs:
        if name in rule.tools or name in rule.provider_tools:
            _acted(name, flow, ledger, "request")
            return


async def _flowing(
    flow: FlowRule, call: Call, slots: Sequence[Slot], ledger: Ledger, approvals: Approvals | None
) -> Flowing:
    """Under `hold`, the question is the conversation's: a yes is for the tools of this rule, in it and in no other."""
    caller = ledger.caller
    if flow.action != "hold" or approvals is None or caller is None:
        return Flowing(flow)
    line = call.held
    # What begins is asked again as it was, once there is a yes; and a yes is for who asked.
    line = structs.replace(line, team=False) if line is not None and line.goes_on else None
    parts, _ = conversation(caller, call.headers, slots, SESSIONS, line)
    name = approvals.name("\0".join((flow.name, *parts)))

    def ask(tool: str) -> None:
        shown = "".join(c if c.isprintable() else "?" for c in tool[:64])
        asked = Asked(name, flow.name, shown, caller.team, caller.key_id, caller.user, int(ledger.wall))
        approvals.ask(asked)

    return Flowing(flow, id=name, granted=await approvals.granted(name), ask=ask)


def _untrusted(call: Call, tree: Tree, slots: Sequence[Slot], trusted: Names) -> bool:
    """Whether a document, or a result of a tool that nobody vouches for, is in the request. What cannot be told, or read, is untrusted."""
    if any(tree.get(name) for name in AT_THE_TOP):
        return True  # turns that lie with the provider
    if any(slot.place == DOCUMENT and slot.text for slot in slots):
        return True
    told = any(slot.place == RESULT and slot.text for slot in slots)
    if told and not trusted:
        return True
    try:
        chat = call.dialect.decode_chat(call.body.wire(), call.ask)
    except Problem:
        return True
    if attached(chat, tree):
        return True
    names = [*_results(chat), *call.dialect.results(tree)]
    return (told and not names) or any(name not in trusted for name in names)


def _results(chat: Chat) -> list[str]:
    """The tools whose results there are, in words or in pictures: by the results' own names, or by the calls that they answer."""
    blocks = [block for message in chat.messages for block in message.blocks]
    called = {block.id: block.name for block in blocks if isinstance(block, ToolCall)}
    return [
        called.get(block.call_id) or block.name for block in blocks if isinstance(block, ToolResult) and _says(block)
    ]


def _says(result: ToolResult) -> bool:
    return any(isinstance(part, Media) or part.text for part in result.content)


def flowing(name: str, flows: Sequence[Flowing], ledger: Ledger, ran: Collection[str] = ()) -> None:
    """The model calls this tool, behind those that the provider `ran`. Raises the `Problem` of the first rule that stops it; every
    rule that holds is written down.
    """
    for flow in flows:
        rule = flow.rule
        if name in rule.tools and not (flow.later and all(run in rule.trusted for run in ran)):
            _acted(name, flow, ledger, "response")


def _acted(name: str, flow: Flowing, ledger: Ledger, where: str) -> None:
    rule = flow.rule
    ledger.flowed(rule, CALLED, "approved" if flow.granted else rule.action, where)
    if rule.action == "block":
        raise Problem(Kind.BLOCKED, f"blocked by rule '{rule.name}'", where=where, source="gateway")
    if rule.action == "hold" and not flow.granted:
        flow.ask(name)
        detail = f"rule '{rule.name}' holds this until somebody approves it: ask for approval {flow.id}, then ask again"
        raise Problem(Kind.HELD, detail, where=where, source="gateway")
