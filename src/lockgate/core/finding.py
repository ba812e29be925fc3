"""What guards look for, and what they found: values, without a word of the text."""

from collections.abc import Sequence

from msgspec import Struct


class Pattern(Struct, frozen=True):
    """What the engine looks for, in the part of regular expressions that needs no backtracking.

    It does not ask for the start of a text; but a hint may, where other characters may stand there, too. Its looks around, at both
    ends, are for the guard that confirms. `spans`: the start of a hit is asked for, too; such patterns have none of these looks.
    `held`: an expression whose matches begin as those of this one do, where it is simpler; a stream holds what begins one. `hint`:
    it only says something of other hits, and is never held. `needs`: the guard's pattern without a hit of which, somewhere in the
    text, hits of this one mean nothing. `folded`: it is looked for in the text without disguise, too: no case, no leetspeak.
    `literal`: it is about characters as they are, and not looked for where disguises were taken off. `confirmed`: its guard looks at
    the text around each hit, so that there may be hits of nothing. `signed`: in every match
    is one of the engine's signs of numbers, and it is looked for only in texts with such.
    """

    expression: str
    caseless: bool = False
    spans: bool = False
    held: str = ""
    hint: bool = False
    needs: int = -1
    folded: bool = False
    literal: bool = False
    confirmed: bool = False
    signed: bool = False


class Hit(Struct, frozen=True, gc=False):
    """A pattern of the guard ended here, in characters. `start` is -1 where it was not asked for.

    Of a pattern that may end in more or fewer characters, it is the least that was hit.
    """

    pattern: int
    start: int
    end: int


class Finding(Struct, frozen=True, gc=False):
    """Something found: its place in characters, not the text itself, so that it is safe to write down.

    `instead`: what a mask puts there, where the guard knows better than the rule: nothing, say, for what nobody sees.
    """

    start: int
    end: int
    label: str
    confidence: float = 1.0
    instead: str | None = None


class Failed(Struct, frozen=True):
    """A guard that could not do its work: not a clean text."""

    error: str


Verdict = Sequence[Finding] | Failed


class Hole(Struct, frozen=True, gc=False):
    """A part of a text, and what stands there instead."""

    start: int
    end: int
    instead: str


class Shape(Struct, frozen=True, gc=False):
    """How large a document is. `nesting`: the most objects and lists that stand within each other."""

    messages: int
    tools: int
    nesting: int
