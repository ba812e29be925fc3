"""The headers of limits as lines that are ready for the wire, in one step: what they always say is known, numbers are filled in.

A reply has up to eight of them, longer than all others together. As pairs they would be put together, and looked at byte by
byte, anew for each reply: two thirds of what it costs to say how limits stand. `limit_headers` says the same as pairs, where an
operator or an upstream has a say in them, too.
"""

from collections.abc import Sequence

from lockgate.core.allowed import Allowed
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
        return form.lines % _numbers(form, standings, now)
    texts, tightest = said(chosen, standings, now)
    for kind in form.kinds:
        limit, left, seconds = tightest[kind]
        texts += limit, left, form.when(seconds, now)
    return form.lines % tuple(texts)


def _numbers(form: Form, standings: Sequence[Standing], now: float) -> tuple[object, ...]:
    """What `said` says, in half of the time: a number and a time of each limit, then the dialect's own of some of them."""
    numbers: list[object] = []
    own: list[object] = []
    reset, time, text = 0, b"", None
    for at, known in form.quick:
        standing = standings[at]
        left = free if (free := standing.free) > 0 else 0
        if standing.reset != reset:
            reset = standing.reset
            time, text = times[-(-reset // 1_000_000)], None
        numbers += left, time
        if known:
            own += left, text or (text := form.when(-(-reset // 1_000_000), now))
    return (*numbers, *own)


def untouched(ledger: Ledger) -> bool:
    """Nobody adds or removes headers, or has to look for one: a refusal that may be said again is kept as pairs."""
    policy = ledger.headers
    return ledger.shed is None and (policy is None or not (policy.reply_add or policy.reply_remove))


def _form(chosen: Chosen, dialect: Dialect) -> Form:
    """What an operator may have named is in the policy, and has to be fit for a header as it is (S38)."""
    name, policy = chosen.policy
    allowed = dialect.allowed or Allowed({}, Form().when)
    names, shown = allowed.names, [kind for _, kind, *_ in chosen.shown]
    kinds = tuple([kind for kind in names if kind in shown])
    if not (chosen.shown and plain(policy.decode()) and all(MARK in each for kind in kinds for each in names[kind])):
        return Form()
    lines = [name + b": " + policy.replace(b"%", b"%%"), b"ratelimit: " + chosen.line]
    quick = tuple([(at, kind in kinds) for at, kind, *_ in chosen.shown])
    several = any(calendar or (kind and most) for _, kind, _, most, calendar in chosen.shown)
    if several or kinds != tuple([kind for kind in shown if kind in kinds]):
        lines += [each + b": %b" for kind in kinds for each in names[kind]]
        return Form(_ended(lines), kinds, when=allowed.when)
    lines[1] = lines[1].replace(b";r=%b%b", b";r=%d%b")
    for kind in kinds:
        limit, left, when = names[kind]
        lines += limit + b": " + chosen.shown[shown.index(kind)][2], left + b": %d", when + b": %b"
    return Form(_ended(lines), kinds, quick, allowed.when)


def _ended(lines: Sequence[bytes]) -> bytes:
    return b"".join([line + b"\r\n" for line in lines])
