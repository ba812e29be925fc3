"""Is the content allowed, say guards elsewhere? Asked after `screen`, about what it left: local masks are in force already.

Every text that a dialect lists is asked about, and every string of a field that it does not know. Words of the protocol,
names of fields and numbers are not.
"""

from lockgate.core.body import Body, parse
from lockgate.core.dialect import Dialect
from lockgate.core.exchange import Call
from lockgate.core.problem import Problem
from lockgate.core.remote_guard import RemoteRules
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened, told
from lockgate.pipeline.verdicts import ask


async def consult(call: Call, body: Body, remote: RemoteRules, ledger: Ledger) -> Body:
    if not remote or not (own := remote.of(ledger.caller)):
        return body
    return await consulted(body, call.dialect, own, ledger)


async def consulted(body: Body, dialect: Dialect, remote: RemoteRules, ledger: Ledger, side: str = "") -> Body:
    """The document under every remote rule. Raises `Problem` when one of them blocks, or could not decide and has to."""
    document = parse(body)
    texts = [(slot.text, slot.place) for slot in dialect.texts(document.tree)]
    rules = await ask(texts, remote, ledger)
    return screened(document, dialect, rules, ledger, side)


async def retold(problem: Problem, remote: RemoteRules, ledger: Ledger) -> Problem:
    """An upstream's problem, as the client may hear of it."""
    if not remote or problem.source != "upstream":
        return problem
    rules = await ask([(problem.detail, "opaque"), (problem.where, "opaque")], remote, ledger)
    return told(problem, rules, ledger)
