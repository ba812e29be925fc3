"""The engine of a configuration: what the pipeline asks. A text is looked at as it is, and as it may be meant."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path

from lockgate.core.engine import Whole
from lockgate.core.guard import Failed, Guard, Hole, Shape, Verdict
from lockgate.core.hits import Hits
from lockgate.core.outlet import Outlet
from lockgate.core.reader import Brisk, Reader, Slicing, Together
from lockgate.core.toil import MOST, MOST_READ, TOO_MANY, Costly, Toil, TooMany
from lockgate.patterns import encoding
from lockgate.patterns.disguise import ENDS_UNSEEN, holes, undisguised
from lockgate.patterns.engine import NOTHING, Scanner, heard, judged
from lockgate.patterns.folding import Folding
from lockgate.patterns.kinds import merged
from lockgate.patterns.view import Lined, View, of_original, through

log = logging.getLogger("lockgate.patterns")
NOBODY: frozenset[int] = frozenset()
LAYERS = 2
"""Encodings within encodings that are read."""
WORD, WORDS = 32, 4096
"""So long are names of fields and words of a protocol at most, and so many are remembered."""
SHORT = 8192
"""Longer texts are read alone: nothing is gained by reading them with others."""
HELD = 4096
"""So much of what may be encoded a stream holds."""
_COMES_AGAIN = suppress(Exception)
"""Whatever it is, it does so when the text that it is of is asked for by itself."""
_TEXT, _PLACE = itemgetter(0), itemgetter(1)


class Looking:
    """One for all rules of a configuration: guards are numbered in the order they were given.

    `streams`: it will be asked what of a text may still grow. `cache`: where compiled automata are kept.
    """

    def __init__(self, guards: Sequence[Guard], cache: Path | None = None, *, streams: bool = True) -> None:
        self._scanner = Scanner(guards, cache, streams=streams)
        self._folding = Folding(guards, cache)
        self._guards = self._scanner.guards
        self._literal = frozenset(
            number for number, guard in enumerate(guards) if guard.patterns and all(p.literal for p in guard.patterns)
        )
        self.before = self._scanner.before
        self.reach = self._scanner.reach
        self._reading = {number: guard for number, guard in enumerate(guards) if isinstance(guard, Reader)}
        self.readers = frozenset(self._reading)
        self._together = {number: guard for number, guard in enumerate(guards) if isinstance(guard, Together)}
        self._brisk = {number: guard for number, guard in enumerate(guards) if isinstance(guard, Brisk)}
        self.brisk = frozenset(self._brisk)
        self._slicing = {number: guard for number, guard in enumerate(guards) if isinstance(guard, Slicing)}
        self.dull: set[str] = set()
        self.outlets = {number: guard for number, guard in enumerate(guards) if isinstance(guard, Outlet)}
        self._most = {number: guard.most for number, guard in enumerate(guards) if isinstance(guard, Costly)}

    followers: frozenset[int] = frozenset()
    measures: frozenset[int] = frozenset()

    def bound(self, system: Sequence[str]) -> "Looking":
        return self

    def measured(self, shape: Shape, guards: frozenset[int]) -> Mapping[int, Verdict]:
        return NOTHING

    def look(
        self, text: str, guards: frozenset[int], at: int = 0, place: str = "", toil: Toil | None = None
    ) -> Mapping[int, Verdict]:
        toil = Toil() if toil is None else toil
        try:
            hits, seen = self._scanner.hits(text, guards, toil)
            reading = guards & self.readers if place else NOBODY
            if not hits and not seen and text.isascii() and not reading and not guards & self._folding.guards:
                return NOTHING
            verdicts = self._judged(text, hits, toil, at) if hits else {}
            self._fold(text, guards, None, verdicts, toil)
            if reading and (text.isascii() or undisguised(text) is None):
                self._read(text, reading, place, None, verdicts)
            for view in self._views(text, seen, guards, verdicts, toil, at):
                self._fold(view.text, guards, view, verdicts, toil)
                if reading and not isinstance(view, Lined):
                    self._read(view.text, reading, place, view, verdicts)
        except TooMany:
            return dict.fromkeys(guards, TOO_MANY)
        except Exception as error:  # noqa: BLE001  no scan, no verdict
            # Not the traceback: a text may stand in it.
            log.error("the patterns failed: %s", type(error).__name__)  # noqa: TRY400
            return dict.fromkeys(guards, Failed(type(error).__name__))
        return verdicts

    def read(self, texts: Sequence[Whole]) -> Sequence[Mapping[int, Verdict]]:
        verdicts: dict[int, dict[int, Verdict]] = {}
        for number in self._reading:
            found = self._found(number, [whole[:2] for whole in texts if number in whole[2]])
            if any(found):
                asked = (at for at, whole in enumerate(texts) if number in whole[2])
                for at, verdict in zip(asked, found, strict=True):
                    if verdict:
                        self._join(number, verdict, None, verdicts.setdefault(at, {}))
        for at, (text, place, guards) in enumerate(texts) if "opaque" in map(_PLACE, texts) else ():
            if place == "opaque" and at not in verdicts and len(text) <= WORD and guards >= self.readers:
                if len(self.dull) >= WORDS:
                    self.dull.clear()
                self.dull.add(text)
        return [verdicts.get(at, NOTHING) for at in range(len(texts))] if verdicts else [NOTHING] * len(texts)

    def _found(self, number: int, texts: Sequence[tuple[str, str]]) -> Sequence[Verdict]:
        """By one that reads, in each of the texts."""
        with _COMES_AGAIN:
            if number in self._together and sum(map(len, map(_TEXT, texts))) <= MOST_READ:
                return self._together[number].read_all(texts)
        return [self._heard(number, text, place) for text, place in texts]

    def _heard(self, number: int, text: str, place: str) -> Verdict:
        return heard(self._reading[number], text, place) if len(text) <= MOST_READ else TOO_MANY

    def stirring(self, guard: int, texts: Sequence[tuple[str, str]]) -> Sequence[int]:
        return self._brisk[guard].stirring(texts)

    def ahead(self, texts: Sequence[Whole]) -> Iterator[None]:
        for number, guard in self._together.items():
            own = [(text, place) for text, place, guards in texts if number in guards and len(text) <= SHORT]
            with _COMES_AGAIN:
                yield from guard.soon(own)
        if max(map(len, map(_TEXT, texts)), default=0) > SHORT:
            for text, place, guards in texts:
                if len(text) > SHORT and guards & self.readers:
                    yield from self._in_slices(text, place, guards)

    def _in_slices(self, text: str, place: str, guards: frozenset[int]) -> Iterator[None]:
        view = undisguised(text)
        said = text if view is None else view.text
        for number, guard in self._slicing.items():
            if number in guards and len(said) <= MOST_READ:
                with _COMES_AGAIN:
                    yield from guard.in_slices(said, place)

    def suspicious(self, wire: bytes, guards: frozenset[int]) -> bool:
        """Strings stand in JSON as they are, between quotes, but for its escapes: most are undone here, others are reason enough."""
        said = encoding.undone(wire)
        return said is None or self._suspicious(said, guards)

    def _suspicious(self, said: bytes, guards: frozenset[int]) -> bool:
        found, seen = self._scanner.suspects(said, guards)
        if found or (encoding.LINED in seen and self._suspicious(encoding.lined_bytes(said), guards)):
            return True
        seen -= {encoding.LINED}
        folding = guards & self._folding.guards
        if not seen and not folding and said.isascii():
            return False
        text = said.decode("utf-8", "replace")
        if undisguised(text) is not None or any(view.text.strip() for view in encoding.views(text, seen)):
            return True
        try:
            return bool(folding and self._folding.hits(text, folding, Toil()))
        except TooMany:
            return True

    def disguises(self, text: str) -> Sequence[Hole]:
        return holes(text)

    def growing(self, text: str, guards: frozenset[int], at: int = 0) -> int:
        longest = self._growing(text, guards)
        if not text.isascii():
            if (view := undisguised(text)) is not None and view.text:
                longest = max(longest, of_original(text, view, self._growing(view.text, guards)))
            if unseen := ENDS_UNSEEN.search(text):
                longest = max(longest, len(text) - unseen.start() + 1)
        return longest

    def _growing(self, text: str, guards: frozenset[int]) -> int:
        longest = self._scanner.growing(text, guards)
        if guards & self._folding.guards:
            longest = max(longest, self._folding.growing(text, guards))
        back = text[: -HELD - 1 : -1]
        if run := encoding.OPEN_RUN.match(back):
            longest = max(longest, run.end())
        if any(sign in back for sign in encoding.ESCAPES):
            longest = max(longest, self._escaping(text, back, guards))
        return longest + (text[-longest - 1 : -longest or None] == "\\")

    def _escaping(self, text: str, back: str, guards: frozenset[int]) -> int:
        """As much as may begin something where escapes are read; one that is not complete may say anything."""
        open_ = encoding.OPEN_ESCAPE.match(back)
        size = open_.end() if open_ else 0
        whole = text[: len(text) - size]
        view = next(encoding.views(whole, frozenset((encoding.ESCAPED,))))
        return size + of_original(whole, view, self._scanner.growing(view.text, guards))

    def _fold(
        self, text: str, guards: frozenset[int], view: View | None, verdicts: dict[int, Verdict], toil: Toil
    ) -> None:
        """Words in leetspeak."""
        if asked := guards & self._folding.guards:
            self._add(self._judged(text, self._folding.hits(text, asked, toil), toil), view, verdicts)

    def _read(
        self, text: str, guards: frozenset[int], place: str, view: View | None, verdicts: dict[int, Verdict]
    ) -> None:
        """By those that read whole texts."""
        for number in guards:
            self._join(number, self._heard(number, text, place), view, verdicts)

    def _views(  # noqa: PLR0917  all that `look` has
        self, text: str, seen: frozenset[str], guards: frozenset[int], verdicts: dict[int, Verdict], toil: Toil, at: int
    ) -> Iterator[View]:
        """Every view there is, after what it showed was added to the verdicts."""
        waiting = [(view, 1, guards) for view in encoding.views(text, seen)]
        bare = guards - self._literal
        if bare and (plain := undisguised(text)) is not None:
            waiting.append((plain, 1, bare))
        while waiting:
            view, layer, asked = waiting.pop()
            hits, below = self._scanner.hits(view.text, asked, toil)
            ahead = at if at and hits and view.original(0, 1)[0] == 0 else 0
            self._add(self._judged(view.text, hits, toil, ahead), view, verdicts)
            yield view
            if layer < LAYERS:
                waiting += [(through(view, inner), layer + 1, asked) for inner in encoding.views(view.text, below)]

    def _judged(self, text: str, hits: Mapping[int, Hits], toil: Toil, at: int = 0) -> dict[int, Verdict]:
        """By guards that have not looked at too much. Behind other text, whether something begins with this one nobody can tell."""
        fits, beyond = {}, {}
        for number, every in hits.items():
            own = every.inside() if at and self._guards[number].before else every
            if toil.may(number, own.candidates(), self._most.get(number, MOST)):
                fits[number] = own
            else:
                beyond[number] = TOO_MANY
        return judged(self._guards, text, fits) | beyond

    def _add(self, found: Mapping[int, Verdict], view: View | None, verdicts: dict[int, Verdict]) -> None:
        for number, verdict in found.items():
            self._join(number, verdict, view, verdicts)

    def _join(self, number: int, found: Verdict, view: View | None, verdicts: dict[int, Verdict]) -> None:
        had = verdicts.get(number, ())
        if isinstance(found, Failed) or isinstance(had, Failed):
            verdicts[number] = found if isinstance(found, Failed) else had
        elif found:
            here = [finding if view is None else view.finding(finding) for finding in found]
            verdicts[number] = merged([*had, *here]) if had or len(here) > 1 else here
