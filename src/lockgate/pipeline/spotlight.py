"""Marks what tools said, after every rule has seen it as it came."""

from lockgate.core.body import Body, Path, parse
from lockgate.core.exchange import Call, Route

RESULT = "tool_result"


def spotlit(call: Call, route: Route, body: Body) -> Body:
    spotlight = route.spotlight
    if spotlight is None or call.operation != "chat":
        return body
    document = parse(body)
    edits: dict[Path, str] = {
        slot.path: spotlight.marked(slot.text)
        for slot in call.dialect.texts(document.tree)
        if slot.place == RESULT and slot.text.strip()
    }
    return document.edit(edits) if edits else body
