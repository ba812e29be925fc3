"""All that the guard reads of a text: as it is or without disguise, decoded, and what else it may say."""

from collections.abc import Sequence
from functools import cache

from lockgate.core.guard import Finding, Hit
from lockgate.guards.injection.classifier import Classifier
from lockgate.guards.injection.phrases import KINDS
from lockgate.patterns.kinds import Kinds
from lockgate.patterns.looking import Looking

ONE = frozenset((0,))


class Collecting:
    """In the place of the guard: keeps what it is given to read."""

    def __init__(self) -> None:
        kinds = Kinds(KINDS)
        self.patterns, self.reach, self.before = kinds.patterns, kinds.reach, kinds.before
        self.read_: list[str] = []
        self._classifier = Classifier()

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        return ()

    def read(self, text: str, place: str) -> Sequence[Finding]:
        self.read_ += [text, *(other for _, found in self._classifier.words(text).otherwise() for other in found)]
        return ()


@cache
def _engine() -> tuple[Looking, Collecting]:
    collecting = Collecting()
    return Looking([collecting], streams=False), collecting


def readings(text: str) -> list[str]:
    engine, collecting = _engine()
    collecting.read_ = []
    engine.look(text, ONE, place="user")
    return collecting.read_
