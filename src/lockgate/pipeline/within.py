"""The answer that is asked for is no longer than the model's `max_output_tokens`, whatever the client asked."""

from lockgate.core.body import Body
from lockgate.core.exchange import Call, Route


def within(call: Call, route: Route, body: Body) -> Body:
    """The body as it is, when nobody set a limit or the client's own is within it."""
    most, at_most = route.max_output, call.dialect.at_most
    if not most or at_most is None or call.operation != "chat":
        return body
    wanted = call.dialect.wanted(call.body).tokens
    return body if wanted is not None and wanted <= most else at_most(body, most)
