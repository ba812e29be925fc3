"""When an upstream is taken out and when it comes back: decisions about one upstream, pure.

    closed     it gets requests; so many failures in a row open the breaker
    open       it gets none for `out_for` times the number of times that this happened lately
    half open  one request tries it: a good answer closes the breaker, a failure opens it for longer

Beside that it cools down when it says that it was asked too often.
"""

from msgspec import Struct
from msgspec.structs import replace

from lockgate.core.health import Outcome

FAILED = frozenset(("connect", "timeout", "reset", "status", "bad_answer"))


class Rules(Struct, frozen=True, gc=False):
    """Seconds, and failures in a row. What is not said here is as Envoy has it by default.

    `interval` is how often one request may try an upstream that is half open, and how long it has to be well for each
    earlier ejection to be forgotten. `cool_most` bounds what an upstream may ask for.
    """

    failures: int = 5
    out_for: float = 30.0
    out_most: float = 300.0
    interval: float = 10.0
    cool_most: float = 60.0


class Breaker(Struct, frozen=True, gc=False):
    """`failures` and `limited` are in a row. `ejections` counts those that are not forgotten."""

    failures: int = 0
    tripped: bool = False
    out_until: float = 0.0
    ejections: int = 0
    cool_until: float = 0.0
    limited: int = 0

    @property
    def restless(self) -> bool:
        """A good answer changes it."""
        return self.tripped or self.failures > 0 or self.limited > 0


COOL_LEAST, COOL_FIRST, COOL_LAST = 0.5, 1.0, 8.0
"""Without a word of the upstream: by chance between the first, and twice the longest of the time before, up to the last."""


def after(breaker: Breaker, outcome: Outcome, rules: Rules, now: float, chance: float) -> Breaker:
    """The breaker once an attempt ended; the same object when nothing changed."""
    kind = outcome.kind
    if kind == "ok":
        return _good(breaker, now)
    if kind == "rate_limited":
        good = _good(breaker, now)
        until = now + _cooling(outcome, breaker.limited, rules, chance)
        return replace(good, cool_until=max(until, good.cool_until), limited=breaker.limited + 1)
    if kind not in FAILED:
        return breaker
    if breaker.tripped:
        return breaker if now < breaker.out_until else ejected(breaker, rules, now)
    worse = replace(breaker, failures=breaker.failures + 1)
    if outcome.retry_after_s is not None:
        worse = replace(worse, cool_until=max(worse.cool_until, now + min(outcome.retry_after_s, rules.cool_most)))
    return ejected(worse, rules, now) if worse.failures >= rules.failures else worse


def ejected(breaker: Breaker, rules: Rules, now: float) -> Breaker:
    """It is out: the longer, the more often it was lately."""
    well = 0.0 if breaker.tripped else max(0.0, now - breaker.out_until)
    times = max(0, breaker.ejections - int(well / rules.interval)) + 1
    until = now + min(rules.out_for * times, rules.out_most)
    return replace(breaker, failures=0, tripped=True, out_until=until, ejections=times)


def _good(breaker: Breaker, now: float) -> Breaker:
    """What ends well while the breaker is open began before it did, and says nothing of now."""
    if breaker.tripped:
        return (
            breaker
            if now < breaker.out_until
            else replace(breaker, tripped=False, failures=0, limited=0, out_until=now)
        )
    return replace(breaker, failures=0, limited=0) if breaker.restless else breaker


def _cooling(outcome: Outcome, limited: int, rules: Rules, chance: float) -> float:
    if outcome.retry_after_s is not None:
        return min(outcome.retry_after_s, rules.cool_most)
    most = min(COOL_LAST, COOL_FIRST * float(1 << min(limited, 8)))
    return min(max(COOL_LEAST, most * chance), rules.cool_most)
