"""The headers of limits as lines that are ready for the wire, in one step: what they always say is known, numbers are filled in.

A reply has up to eight of them, longer than all others together. As pairs they would be put together, and looked at byte by
byte, anew for each reply: two thirds of what it costs to say how limits stand. `limit_headers` says the same as pairs, where an
operator or an upstream has a say in them, too.
"""

from collections.abc import Sequence

from lockgate.core.dialect import Dialect
from lockgate.core.header_policy import plain
from lockgate.core.limit import Standing
from lockgate.pipeline.chosen import Chosen, Form
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.limit_headers import MARK, said, times


def limit_lines(chosen: Chosen, standings: Sequence[Standing], dialect: Dialect, now: float) -> bytes:
    """Empty where there is nothing to say, or where it has to be said in pairs."""
    form = chosen.forms.get(dialect.name)
    if form is None:
        form = chosen.forms[dialect.name] = _form(chosen, dialect)
    if not form.lines:
        return b""
    if form.quick:
        return form.lines % tuple(_numbers(form, standings, dialect, now))
    texts, tightest = said(chosen, standings, now)
    if form.kinds and (allowed := dialect.allowed) is not None:
        for kind in form.kinds:
            limit, left, seconds = tightest[kind]
            texts += limit, left, allowed.when(seconds, now)
    return form.lines % tuple(texts)


def _numbers(form: Form, standings: Sequence[Standing], dialect: Dialect, now: float) -> list[object]:
    """What `said` says, in half of the time: a number and a time of each limit, and for the dialect those of its kinds again."""
    numbers: list[object] = []
    own: dict[str, tuple[int, int]] = {}
    reset = seconds = 0
    time = b""
    for at, kind in form.quick:
        standing = standings[at]
        left = free if (free := standing.free) > 0 else 0
        if standing.reset != reset:
            reset = standing.reset
            seconds = -(-reset // 1_000_000)
            time = times[seconds]
        numbers += left, time
        if kind:
            own[kind] = left, seconds
    if form.kinds and (allowed := dialect.allowed) is not None:
        when, told, text = allowed.when, -1, b""
        for kind in form.kinds:
            left, seconds = own[kind]
            if seconds != told:
                told, text = seconds, when(seconds, now)
            numbers += left, text
    return numbers


def untouched(ledger: Ledger) -> bool:
    """Nobody adds or removes headers, or has to look for one: a refusal that may be said again is kept as pairs."""
    policy = ledger.headers
    return ledger.shed is None and (policy is None or not (policy.reply_add or policy.reply_remove))


def _form(chosen: Chosen, dialect: Dialect) -> Form:
    """What an operator may have named is in the policy, and has to be fit for a header as it is (S38)."""
    name, policy = chosen.policy
    known = dialect.allowed.names if dialect.allowed is not None else {}
    of = {shown[1]: shown for shown in chosen.shown}
    kinds = tuple([kind for kind in known if kind in of])
    fit = all(MARK in each for kind in kinds for each in known[kind]) and plain(policy.decode()) is not None
    if not chosen.shown or not fit:
        return Form()
    lines = [name + b": " + policy.replace(b"%", b"%%")]
    if any(calendar or (kind and several) for _, kind, _, several, calendar in chosen.shown):
        lines.append(b"ratelimit: " + chosen.line)
        lines += [each + b": %b" for kind in kinds for each in known[kind]]
        return Form(_ended(lines), kinds)
    lines.append(b"ratelimit: " + chosen.line.replace(b";r=%b%b", b";r=%d%b"))
    for kind in kinds:
        limit, left, when = known[kind]
        lines += limit + b": " + of[kind][2], left + b": %d", when + b": %b"
    return Form(_ended(lines), kinds, tuple([(at, kind if kind in kinds else "") for at, kind, *_ in chosen.shown]))


def _ended(lines: Sequence[bytes]) -> bytes:
    return b"".join([line + b"\r\n" for line in lines])
