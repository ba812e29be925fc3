"""What is asked, and in which dialect? From method, raw path and top-level keys; nothing deeper is looked at."""

import re
from collections.abc import Sequence
from typing import cast
from urllib.parse import unquote

from msgspec import Struct, structs

from lockgate.core.body import Headed, seen
from lockgate.core.dialect import Ask, Dialect, Endpoint, Target
from lockgate.core.exchange import Call
from lockgate.core.http import Headers, Inbound, header
from lockgate.core.naming import NOTHING as NAMELESS
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.ledger import Ledger

NOTHING = Headed({})


class Match(Struct, frozen=True):
    """The dialect to speak, and the endpoint that answers; or the problem that there is none."""

    dialect: Dialect
    endpoint: Endpoint | None
    target: Target
    problem: Problem | None = None


class Catalogue:
    """All endpoints of all dialects. `default` speaks to those whose path tells nothing.

    `ValueError` for an endpoint that does not say what it asks of its callers (S15).
    """

    def __init__(self, dialects: Sequence[Dialect], default: Dialect) -> None:
        if undeclared := [_named(d, e) for d in dialects for e in d.endpoints if e.permission is None]:
            raise ValueError(f"no permission is declared for {', '.join(undeclared)}: everybody could ask for it")
        self.default = default
        self._prefixes = sorted(((d.prefix, d) for d in dialects), key=lambda pair: -len(pair[0]))
        self._exact: dict[str, list[tuple[Endpoint, Dialect]]] = {}
        self._patterns: list[tuple[re.Pattern[str], Endpoint, Dialect]] = []
        # Endpoints that want a header are asked first: they are the more specific ones.
        every = sorted(((e, d) for d in dialects for e in d.endpoints), key=lambda pair: not pair[0].header)
        for endpoint, dialect in every:
            if isinstance(endpoint.path, str):
                self._exact.setdefault(endpoint.path, []).append((endpoint, dialect))
            else:
                self._patterns.append((endpoint.path, endpoint, dialect))
        self._plain = {
            (endpoint.method, path): Match(dialect, endpoint, Target())
            for path, served in self._exact.items()
            if not any(endpoint.header for endpoint, _ in served)
            for endpoint, dialect in reversed(served)
        }
        """What is found for a method and a path alone: where no header and no query has a say."""

    def match(self, method: str, path: str, query: str, headers: Headers) -> Match:
        """A HEAD is answered as the GET that it stands for (RFC 9110 9.3.2); the edge leaves the body out."""
        if method == "HEAD":
            method = "GET"
        if not query and (plain := self._plain.get((method, path))) is not None:
            return plain
        other: Dialect | None = None
        methods = set[str]()
        for endpoint, dialect, names in self._candidates(path):
            if endpoint.header and header(headers, endpoint.header) is None:
                continue
            if endpoint.method == method:
                return Match(dialect, endpoint, Target(names, query))
            other = other or dialect
            methods.add(endpoint.method)
        dialect = other or next((d for prefix, d in self._prefixes if _under(path, prefix)), self.default)
        kind, what = (Kind.METHOD, "this method is not") if other else (Kind.NOT_FOUND, "there is nothing")
        problem = Problem(kind, f"{what} served at this path")
        problem.allow = ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods)).encode()
        return Match(dialect, None, Target(), problem)

    def _candidates(self, path: str) -> list[tuple[Endpoint, Dialect, dict[str, str]]]:
        if exact := self._exact.get(path):
            return [(endpoint, dialect, {}) for endpoint, dialect in exact]
        return [
            (endpoint, dialect, {name: unquote(value) for name, value in hit.groupdict().items() if value})
            for pattern, endpoint, dialect in self._patterns
            if (hit := pattern.fullmatch(path))
        ]


def _named(dialect: Dialect, endpoint: Endpoint) -> str:
    path = endpoint.path if isinstance(endpoint.path, str) else endpoint.path.pattern
    return f"{endpoint.method} {path} of {dialect.name}"


def _under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


async def recognise(inbound: Inbound, match: Match, ledger: Ledger) -> Call:
    """Reads the body, now that its sender is known. Raises `Problem` for what cannot be understood."""
    endpoint = match.endpoint
    if endpoint is None:
        raise match.problem or Problem(Kind.NOT_FOUND, "there is nothing at this path")
    if endpoint.method != "POST":
        ledger.asked = match.target.names.get("model", "")
        return Call(match.dialect, endpoint.operation, Ask(ledger.asked), NOTHING, inbound.headers)
    raw = await inbound.read()
    ledger.size = len(raw)
    if ledger.digests is not None:
        ledger.digests.request.update(raw)
    body, tree = seen(raw)
    naming = match.dialect.naming
    named = NAMELESS if naming is None else naming.look(tree)
    ask = match.dialect.ask(match.target, body)
    if "model" in match.target.names:  # whoever reads the body from here on reads no other name in it
        body = cast("Headed", match.dialect.rename(body, ask.model))
    ask = structs.replace(ask, request_id=ledger.request_id, created=int(ledger.wall))
    ledger.asked, ledger.stream = ask.model, ask.stream
    return Call(match.dialect, endpoint.operation, ask, body, inbound.headers, named=named)
