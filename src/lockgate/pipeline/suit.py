"""Which targets of the model are for this request at all? By what it holds, who asks, the hour, and prices.

A length that was estimated never refuses a request: where it is too long for all, it goes to the target that takes most.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lockgate.core.auth import Caller
from lockgate.core.chat import Block, Media, ToolResult
from lockgate.core.exchange import Call, Route, Upstream
from lockgate.core.http import header
from lockgate.core.price import Unpriced
from lockgate.core.problem import Kind, Problem
from lockgate.core.when import When
from lockgate.pipeline.conditions import facts
from lockgate.pipeline.ledger import Ledger

log = logging.getLogger("lockgate.access")

BYTES = 3
"""For a token, rounded down: most texts have more, so that what fits by this count fits."""
CANNOT = frozenset(("pictures", "tools"))
"""Reasons that lie in the request itself."""


def suit(route: Route, call: Call, caller: Caller, ledger: Ledger) -> Route:
    """The route with those upstreams only that are for the request."""
    if not route.conditional:
        return route
    asked = _Asked(call, caller, ledger)
    verdicts = [(upstream, asked.against(upstream)) for upstream in route.upstreams]
    fitting = [upstream for upstream, against in verdicts if not against]
    if not fitting:
        fitting = _longest([upstream for upstream, against in verdicts if against == "length"])
    if not fitting:
        raise _refused({against for _, against in verdicts})
    return route if len(fitting) == len(route.upstreams) else replace(route, upstreams=tuple(fitting))


def _longest(upstreams: Sequence[Upstream]) -> list[Upstream]:
    """Those that take most of all."""
    most = max((each.when.max_input for each in upstreams if each.when is not None), default=0)
    return [each for each in upstreams if each.when is not None and each.when.max_input == most]


def _refused(reasons: set[str]) -> Problem:
    if reasons <= CANNOT:
        holds = " and ".join(sorted(reasons))
        return Problem(Kind.INVALID, f"no target of this model takes what the request holds: {holds}", where="model")
    return Problem(Kind.FORBIDDEN, "no target of this model is for this request", where="model")


class _Asked:
    """What targets may ask of one request; what costs something is found out when the first one asks, and once."""

    __slots__ = ("_call", "_caller", "_facts", "_ledger", "_media", "_pictures")

    def __init__(self, call: Call, caller: Caller, ledger: Ledger) -> None:
        self._call, self._caller, self._ledger = call, caller, ledger
        self._facts: Mapping[str, object] | None = None
        self._media: bool | None = None
        self._pictures: bool | None = None

    def against(self, upstream: Upstream) -> str:
        """The first reason why the upstream is not for it; nothing when it is. Its length is the last reason."""
        when = upstream.when
        if when is None:
            return ""
        return self._held(when) or self._around(when, upstream) or self._long(when)

    def _held(self, when: When) -> str:
        if when.vision is not None and when.vision is not self.pictures:
            return "pictures"
        return "tools" if when.tools is not None and when.tools is not self._tools else ""

    def _around(self, when: When, upstream: Upstream) -> str:
        if not self._meant(when):
            return "caller"
        if when.windows and not any(window.open_at(self._ledger.wall) for window in when.windows):
            return "hour"
        if not self._affordable(upstream, when):
            return "price"
        return "condition" if when.condition is not None and not self._meets(when, upstream) else ""

    def _long(self, when: When) -> str:
        return "length" if when.max_input and self._ledger.size // BYTES > when.max_input and not self.media else ""

    @property
    def media(self) -> bool:
        """It may hold pictures, sounds or files: then its bytes say nothing of its tokens."""
        if self._media is None:
            wire = self._call.body.wire()
            self._media = any(end in wire for end in self._call.dialect.elsewhere)
        return self._media

    @property
    def pictures(self) -> bool:
        """What should be a chat and cannot be read may hold some; what is to become vectors is text."""
        if self._pictures is None:
            self._pictures = self._call.dialect.vectors is None and self.media and _has_pictures(self._call)
        return self._pictures

    @property
    def _tools(self) -> bool:
        top = self._call.body.top
        return any(bytes(top[name]) not in (b"[]", b"null") for name in ("tools", "functions") if name in top)

    def _meant(self, when: When) -> bool:
        headers = when.headers or {}
        for name, allowed in headers.items():
            value = header(self._call.headers, name)
            if value is None or not ("*" in allowed or value.decode("latin-1") in allowed):
                return False
        return _among(when.claims, self._caller.claims) and _among(when.metadata, self._caller.metadata)

    def _affordable(self, upstream: Upstream, when: When) -> bool:
        """What has no price is not known to be cheap enough."""
        if when.max_input_price is None and when.max_output_price is None:
            return True
        price = upstream.quotes.at(self._ledger.wall)
        if isinstance(price, Unpriced):
            return False
        asked, answered = price.input[0][1], price.output[0][1]
        return (when.max_input_price is None or asked <= when.max_input_price) and (
            when.max_output_price is None or answered <= when.max_output_price
        )

    def _meets(self, when: When, upstream: Upstream) -> bool:
        assert when.condition is not None
        if self._facts is None:
            self._facts = facts(self._call, self._caller, self._ledger)
        try:
            return when.condition(self._facts) is True
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody knows whether the target is for it
            log.warning("a condition of a target at %s could not be decided: %s", upstream.name, type(error).__name__)
            return False


def _among(wanted: Mapping[str, frozenset[str]] | None, has: Mapping[str, object]) -> bool:
    for name, allowed in (wanted or {}).items():
        if name not in has:
            return False
        value = has[name]
        values = value if isinstance(value, list | tuple) else (value,)
        if "*" not in allowed and not any(str(each) in allowed for each in values):
            return False
    return True


def _has_pictures(call: Call) -> bool:
    try:
        chat = call.dialect.decode_chat(call.body.wire(), call.ask)
    except Problem:
        return True
    return any(_is_picture(block) for message in chat.messages for block in message.blocks)


def _is_picture(block: Block) -> bool:
    if isinstance(block, ToolResult):
        return any(_is_picture(each) for each in block.content)
    return isinstance(block, Media) and block.kind == "image"
