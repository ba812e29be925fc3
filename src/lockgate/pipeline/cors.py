"""Which pages of other origins may call from a browser (Fetch standard, CORS). Off unless configured.

Credentials of the browser's own (cookies, certificates) never go with it: `access-control-allow-credentials` is never said.
"""

import re
from dataclasses import dataclass

from lockgate.core.http import Headers, Inbound, Reply, header
from lockgate.core.names import Names

_ORIGIN, _METHOD, _HEADERS = b"origin", b"access-control-request-method", b"access-control-request-headers"
_NAME = re.compile(rb"[a-z0-9-]{1,128}")
_VARY = (b"vary", b"origin")


@dataclass(frozen=True, slots=True)
class Cors:
    """`anywhere`: every origin."""

    origins: frozenset[bytes]
    anywhere: bool
    methods: frozenset[bytes]
    headers: Names
    expose: bytes
    max_age: int

    def preflight(self, inbound: Inbound) -> Reply | None:
        """The answer to a browser that asks first; it carries no credential. None for every other request."""
        if inbound.method != "OPTIONS":
            return None
        origin, method = header(inbound.headers, _ORIGIN), header(inbound.headers, _METHOD)
        if origin is None or method is None:
            return None
        wanted = (header(inbound.headers, _HEADERS) or b"").lower().replace(b" ", b"")
        if not self._allows(origin) or method not in self.methods or not self._takes(wanted):
            return Reply(403, (_VARY,), b"")
        answer: Headers = (
            *self._named(origin),
            (b"access-control-allow-methods", b", ".join(sorted(self.methods))),
            (b"access-control-allow-headers", wanted),
            (b"access-control-max-age", str(self.max_age).encode()),
        )
        return Reply(204, answer, b"")

    def marked(self, inbound: Inbound, reply: Reply) -> Reply:
        """The reply, readable for a page of an origin that is allowed; errors too, or nobody could read them."""
        origin = header(inbound.headers, _ORIGIN)
        if origin is None or not self._allows(origin):
            return Reply(reply.status, (*reply.headers, _VARY), reply.body, reply.shed, reply.lines)
        exposed: Headers = ((b"access-control-expose-headers", self.expose),) if self.expose else ()
        return Reply(
            reply.status, (*reply.headers, *self._named(origin), *exposed), reply.body, reply.shed, reply.lines
        )

    def _takes(self, wanted: bytes) -> bool:
        return not wanted or all(_NAME.fullmatch(name) and name.decode() in self.headers for name in wanted.split(b","))

    def _allows(self, origin: bytes) -> bool:
        return self.anywhere or origin in self.origins

    def _named(self, origin: bytes) -> Headers:
        """Where every origin may read, the answer is the same for all of them."""
        if self.anywhere:
            return ((b"access-control-allow-origin", b"*"),)
        return (b"access-control-allow-origin", origin), _VARY
