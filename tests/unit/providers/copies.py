"""A request through one provider of the OpenAI format, as it goes out."""

from typing import Any

import msgspec

from lockgate.core.body import Body, head, parse
from lockgate.core.provider import Provider
from lockgate.core.registry import tables

PROVIDERS = tables("lockgate.providers", Provider)


def adapted(name: str, body: Body) -> tuple[dict[str, Any], tuple[str, ...]]:
    """As for a request that was translated: both changes of the provider."""
    lost: tuple[str, ...] = ()
    for adapt in (PROVIDERS[name].adapt, PROVIDERS[name].adapt_translated):
        if adapt is not None:
            body, more = adapt(body)
            lost += more
    tree: dict[str, Any] = msgspec.json.decode(body.wire())
    return tree, lost


def sent(name: str, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The same for a body that was parsed as for one that was not."""
    raw = msgspec.json.encode({"model": "m", "messages": [], **fields})
    tree, lost = adapted(name, head(raw))
    assert adapted(name, parse(head(raw))) == (tree, lost)
    return tree, lost
