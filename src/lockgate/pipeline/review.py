"""What the rules make of an answer: the local ones first, and then those that ask elsewhere, about what is left."""

from typing import Any

from lockgate.core.body import Body, Headed
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call, Route
from lockgate.core.guard import NO_RULES, Rules
from lockgate.core.problem import Kind, Problem
from lockgate.core.remote_guard import NO_REMOTE_RULES, RemoteRules
from lockgate.pipeline.consult import consulted, retold
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import bound, reviewed, told


class Review:
    """The rules for one answer. It is true where there are any."""

    __slots__ = ("_any", "_ledger", "remote", "rules")

    def __init__(self, rules: Rules, remote: RemoteRules, ledger: Ledger) -> None:
        self.rules, self.remote, self._ledger = rules, remote, ledger
        self._any = bool(rules or remote)

    def __bool__(self) -> bool:
        return self._any

    async def document(self, top: dict[str, Any], dialect: Dialect) -> bytes:
        """A whole answer or error of an upstream, as it may go on. Below its top nobody looked at the bytes before."""
        try:
            return await self._document(top, dialect)
        except UnicodeDecodeError as error:
            raise Problem(Kind.BAD_UPSTREAM, "the upstream's answer is no text", source="upstream") from error

    async def _document(self, top: dict[str, Any], dialect: Dialect) -> bytes:
        body: Body = Headed(top)
        if self.rules:
            body = await reviewed(Headed(top), dialect, self.rules, self._ledger)
        if self.remote:
            body = await consulted(body, dialect, self.remote, self._ledger, "response.")
        return body.wire()

    async def told(self, problem: Problem) -> Problem:
        """An upstream's problem, as the client may hear of it."""
        return await retold(told(problem, self.rules, self._ledger), self.remote, self._ledger)


def review(route: Route, call: Call, ledger: Ledger) -> Review:
    """The rules of the caller for the answer to this call."""
    if not route.reviews:
        return Review(NO_RULES, NO_REMOTE_RULES, ledger)
    caller = ledger.caller
    return Review(bound(call, route.response_rules.of(caller)), route.remote_response_rules.of(caller), ledger)
