"""What is asked of an upstream for the sake of limits: an answer no longer than its model may say, and its token counts."""

from lockgate.core.body import Body
from lockgate.core.exchange import Call, Route
from lockgate.pipeline.ledger import Ledger


def told_to_count(call: Call, ledger: Ledger, body: Body) -> Body:
    """Where tokens are charged, a stream has to count them, also for a client that does not want to see it."""
    held, ask = ledger.held, call.dialect.with_counts
    if held is None or held.most is None or ask is None or not call.ask.stream or call.ask.usage:
        return body
    return ask(body)


def within(call: Call, route: Route, body: Body) -> Body:
    """The body as it is, when nobody set a limit or the client's own is within it."""
    most, at_most = route.max_output, call.dialect.at_most
    if not most or at_most is None or call.operation != "chat":
        return body
    wanted = call.dialect.wanted(call.body).tokens
    return body if wanted is not None and wanted <= most else at_most(body, most)
