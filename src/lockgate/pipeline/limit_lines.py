"""The headers of limits as lines that are ready for the wire, in one step: what they always say is known, numbers are filled in.

A reply has up to eight of them, longer than all others together. As pairs they would be put together, and looked at byte by
byte, anew for each reply: two thirds of what it costs to say how limits stand. `limit_headers` says the same as pairs, where an
operator or an upstream has a say in them, too.
"""

from collections.abc import Sequence

from lockgate.core.dialect import Dialect
from lockgate.core.header_policy import plain
from lockgate.core.limit import Standing
from lockgate.pipeline.chosen import Chosen
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.limit_headers import MARK, said

Form = tuple[bytes, tuple[str, ...]]
"""The lines with places for what `said` says, and for three texts of each of these kinds. No lines: they have to be pairs."""


def limit_lines(chosen: Chosen, standings: Sequence[Standing], dialect: Dialect, now: float) -> bytes:
    """Empty where there is nothing to say, or where it has to be said in pairs."""
    found = chosen.forms.get(dialect.name)
    if found is None:
        found = chosen.forms[dialect.name] = _form(chosen, dialect)
    form, kinds = found
    if not form:
        return b""
    texts, tightest = said(chosen, standings, now)
    if kinds and (allowed := dialect.allowed) is not None:
        when = allowed.when
        for kind in kinds:
            limit, left, seconds = tightest[kind]
            texts += limit, left, when(seconds, now)
    return form % tuple(texts)


def untouched(ledger: Ledger) -> bool:
    """Nobody adds or removes headers, or has to look for one: a refusal that may be said again is kept as pairs."""
    policy = ledger.headers
    return ledger.shed is None and (policy is None or not (policy.reply_add or policy.reply_remove))


def _form(chosen: Chosen, dialect: Dialect) -> Form:
    """What an operator may have named is in the policy, and has to be fit for a header as it is (S38)."""
    name, policy = chosen.policy
    if not chosen.shown or plain(policy.decode()) is None:
        return b"", ()
    known = dialect.allowed.names if dialect.allowed is not None else {}
    shown = {kind for _, kind, *_ in chosen.shown}
    kinds = tuple([kind for kind in known if kind in shown])
    names = [each for kind in kinds for each in known[kind]]
    if not all(MARK in each for each in names):
        return b"", ()
    lines = [name + b": " + policy.replace(b"%", b"%%"), b"ratelimit: " + chosen.line]
    lines += [each + b": %b" for each in names]
    return b"".join(line + b"\r\n" for line in lines), kinds
