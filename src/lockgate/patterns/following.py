"""An engine some of whose guards follow texts, or measure documents: beside the automaton, never instead of it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from pathlib import Path

from lockgate.core.finding import Shape
from lockgate.core.follower import Follower, Measure
from lockgate.core.guard import Failed, Finding, Guard, Verdict
from lockgate.core.toil import Toil
from lockgate.patterns.kinds import merged
from lockgate.patterns.looking import Looking

log = logging.getLogger("lockgate.patterns")


class Following(Looking):
    """`bound` makes one for the answers to one request: another list of followers, the same automaton."""

    def __init__(self, guards: Sequence[Guard], cache: Path | None = None, *, streams: bool = True) -> None:
        super().__init__(guards, cache, streams=streams)
        self.following: Mapping[int, Follower] = {
            n: each for n, each in enumerate(guards) if isinstance(each, Follower)
        }
        self._measures = {number: guard for number, guard in enumerate(guards) if isinstance(guard, Measure)}
        self.followers = frozenset(self.following)
        self.measures = frozenset(self._measures)

    def bound(self, system: Sequence[str]) -> "Following":
        other = copy(self)
        other.following = {number: guard.bound(system) for number, guard in self.following.items()}
        return other

    def look(
        self, text: str, guards: frozenset[int], at: int = 0, place: str = "", toil: Toil | None = None
    ) -> Mapping[int, Verdict]:
        verdicts = super().look(text, guards, at, place, toil)
        asked = guards & self.followers
        if not asked:
            return verdicts
        both = dict(verdicts)
        for number in asked:
            found, had = _judged(partial(self.following[number].follow, text, at)), both.get(number, ())
            if found and not isinstance(had, Failed):
                both[number] = found if isinstance(found, Failed) or not had else merged([*had, *found])
        return both

    def growing(self, text: str, guards: frozenset[int], at: int = 0) -> int:
        longest = super().growing(text, guards)
        for number in guards & self.followers:
            longest = max(longest, min(len(text), self.following[number].open(text, at)))
        return longest

    def suspicious(self, wire: bytes, guards: frozenset[int]) -> bool:
        """Nothing can be said of what followers find before a document is taken apart."""
        return bool(guards & (self.followers | self.measures)) or super().suspicious(wire, guards)

    def measured(self, shape: Shape, guards: frozenset[int]) -> Mapping[int, Verdict]:
        asked = guards & self.measures
        verdicts = {number: _judged(partial(self._measures[number].measured, shape)) for number in asked}
        return {number: verdict for number, verdict in verdicts.items() if verdict}


def _judged(judge: Callable[[], Sequence[Finding]]) -> Verdict:
    """One that throws has failed, and says so: it did not find nothing."""
    try:
        return judge()
    except Exception as error:  # noqa: BLE001  whatever it is, it is no verdict
        log.error("a guard failed: %s", type(error).__name__)  # noqa: TRY400  a text may stand in the traceback
        return Failed(type(error).__name__)
