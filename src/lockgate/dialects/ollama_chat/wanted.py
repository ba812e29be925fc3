"""How much answer a request wants, and the same request with a limit on it."""

from typing import Any

import msgspec

from lockgate.core.body import Body, Headed
from lockgate.core.wanted import Wanted, amount

_value = msgspec.json.Decoder()


def wanted(body: Headed) -> Wanted:
    """A negative `num_predict` is no limit."""
    return Wanted(amount(_options(body).get("num_predict"), "options.num_predict"))


def at_most(body: Body, tokens: int) -> Body:
    return body.set("options", {**_options(body), "num_predict": tokens})


def _options(body: Body) -> dict[str, Any]:
    """What is no object is refused elsewhere, or by the upstream."""
    if isinstance(body, Headed):
        options = _value.decode(body.top["options"]) if "options" in body.top else None
    else:
        options = body.tree.get("options")
    return options if isinstance(options, dict) else {}
