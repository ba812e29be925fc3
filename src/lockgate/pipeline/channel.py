"""One text of a stream, as the client joins it: what of it is certain, and what has to stand in its place.

Certain is what lies before everything that may still become a finding. The engine says how much of the end that is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lockgate.core.guard import Failed, Hole, Rules, Verdict
from lockgate.core.restoring import Restorer, Spelled
from lockgate.pipeline.decide import Text, decided, place
from lockgate.pipeline.json_holes import rest
from lockgate.pipeline.ledger import Ledger

SPANNED = 1024
"""So much of a text that was over is looked at again when it goes on after all."""


@dataclass(slots=True)
class Channel:
    """Positions count from the channel's first character. `pending` begins at `safe`; `before` is what went ahead of it.

    `holes` are what was decided, in order, and not yet used up. `ahead` stands for what went ahead of `before`, in JSON, and
    `left` for what of it matters to who gives values back.
    `begin` is the text's first character that is no blank.
    """

    place: str
    where: str
    safe: int = 0
    before: str = ""
    pending: str = ""
    holes: list[Hole] = field(default_factory=list)
    ahead: str = ""
    left: str = ""
    restorer: Restorer | None = None
    begin: str = ""
    ends: bool = False
    """It is over when another text goes on: what it holds back waits for nothing."""

    @property
    def end(self) -> int:
        return self.safe + len(self.pending)

    def clear(self, rules: Rules, ledger: Ledger, *, final: bool) -> None:
        """Moves `safe` as far as it may. Raises the `Problem` of a rule that blocks."""
        if not self.pending:
            return
        _, guards = rules.at(self.place)
        text, start = self.before + self.pending, len(self.before)
        verdicts = rules.engine.look(text, guards, self.safe - start) if guards else {}
        tokens = self._tokens(text, start)
        end = len(text)
        if not final:
            growing = rules.engine.growing(self.pending, guards, self.safe) if guards else 0
            end -= max(growing, self._growing(text, start))
            end = min(end, self._waiting(text, tokens))
        spans = [(f.start, f.end) for found in verdicts.values() if not isinstance(found, Failed) for f in found]
        spans += [(token.start, token.end) for token in tokens]
        for first, last in sorted(spans, reverse=True):
            if start <= first < end < last:
                end = first
        if end <= start and not any(isinstance(found, Failed) for found in verdicts.values()):
            return
        self.advance(text, end, verdicts, rules, ledger, tokens=[token for token in tokens if token.end <= end])
        if (
            final and self.ends and self.place != "tool_arguments"
        ):  # if it goes on after all, what spans its parts is found
            self.before = text[max(0, end - max(SPANNED, self._before(rules))) : end]

    def advance(
        self,
        text: str,
        end: int,
        verdicts: Mapping[int, Verdict],
        rules: Rules,
        ledger: Ledger,
        *,
        tokens: Sequence[Spelled] = (),
    ) -> None:
        """Up to `end` of the text, which is all of `before` and `pending`, it is certain now, with these verdicts."""
        start = len(self.before)
        if verdicts or rules.cleans or tokens:
            holes = decided(Text(text, self.place, self.where, start, end, self.ahead), verdicts, rules, ledger)
            holes += self._values(text, tokens)
            shift = self.safe - start
            self.holes += [Hole(h.start + shift, h.end + shift, h.instead) for h in sorted(holes, key=place)]
        self.pending, self.safe = text[end:], self.safe + end - start
        kept = max(0, end - self._before(rules))
        if self.place == "tool_arguments" or (self.restorer is not None and self._json):
            self.ahead = rest(self.ahead + text[:kept])
        if self.restorer is not None:
            self.left = self.restorer.left(self.left, text[:kept])
        self.before = text[kept:end]

    @property
    def _json(self) -> bool:
        """The text is a document of JSON: arguments nearly always, an answer where the client wants one."""
        if not self.begin:
            self.begin = (self.before + self.pending).lstrip()[:1]
        if self.place == "tool_arguments":
            return self.begin in ("{", "[")
        return self.begin == "{" and self.place == "assistant"

    def _tokens(self, text: str, start: int) -> Sequence[Spelled]:
        if self.restorer is None:
            return ()
        return self.restorer.found(text, start, exact=self.place == "thinking")

    def _growing(self, text: str, start: int) -> int:
        return 0 if self.restorer is None else self.restorer.growing(text, start)

    def _waiting(self, text: str, tokens: Sequence[Spelled]) -> int:
        """Where the first token begins that is not decided on before the text goes on."""
        if self.restorer is None:
            return len(text)
        return next((token.start for token in tokens if self.restorer.waits(text, token)), len(text))

    def _values(self, text: str, tokens: Sequence[Spelled]) -> list[Hole]:
        if self.restorer is None or not tokens:
            return []
        strict = self.place == "tool_arguments"
        return self.restorer.holes(text, tokens, self.ahead if self._json else None, strict=strict, left=self.left)

    def _before(self, rules: Rules) -> int:
        return rules.engine.before if self.restorer is None else max(rules.engine.before, self.restorer.before)

    def filled(self, text: str, start: int) -> str:
        """A part of the text that begins at `start`, with what stands in its place. The same object where nothing does.

        Holes that overlap are one: what stands there is the word of the one that begins first.
        """
        end = start + len(text)
        while self.holes and self.holes[0].end <= start:
            self.holes.pop(0)
        if not self.holes or self.holes[0].start >= end:
            return text
        out, at, covered = [], start, self._covered(start)
        at = min(end, max(start, covered))
        for hole in self.holes:
            if hole.start >= end:
                break
            if hole.start >= at and hole.start >= start:
                out += [text[at - start : hole.start - start], hole.instead]
            at = max(at, min(hole.end, end))
        return "".join([*out, text[at - start :]])

    def _covered(self, start: int) -> int:
        """Where a hole that began before `start` ends, with those that overlap it."""
        at = start
        for hole in self.holes:
            if hole.start < start or hole.start < at:
                at = max(at, hole.end)
        return at
