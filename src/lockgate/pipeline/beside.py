"""What frames of a stream say beside their events: strings that the dialect does not know, or of which no event came.

What stands in one place of many frames is one text: a client may join it as it joins the deltas.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Ask, Dialect, Slot
from lockgate.core.events import BlockGiven, Event, RunDelta, RunStarted, Stray, ToolDelta, ToolPieces
from lockgate.core.guard import Rules
from lockgate.core.problem import Kind, Problem
from lockgate.core.toil import TOO_MANY
from lockgate.pipeline.decide import Text, decided
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.spoken import TEXTUAL, WORDS, shown, spelled, spellings, text_of, without, words

Source = tuple[Dialect, Ask]
"""Whose frames they are."""
WHERE = "response.frame"
SKELETONS = 64
"""Frames without their deltas that are remembered as clean."""
MOST = 512
"""Places of a stream that are followed."""
STEADY, STILL = 3, 8
"""After so many repeats a word that frames repeat is no text that goes on; after so many more nobody looks at it any more."""
CHOICES = ("choices", "candidates")

Run = tuple[str | int, ...]
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class Said(Struct, frozen=True):
    """A string of a frame that no event is for. `run` is its place: the same in all frames that go on with it."""

    run: Run
    text: str
    choice: int


class _Place:
    __slots__ = ("last", "part", "repeats")

    def __init__(self, part: int) -> None:
        self.part, self.last, self.repeats = part, "", 0


class Beside:
    """Of one stream. Without a `source` no frame may leave, and what goes on in them does not matter."""

    __slots__ = ("_clean", "_ledger", "_places", "_rules", "_source")

    def __init__(self, rules: Rules, ledger: Ledger, source: Source | None) -> None:
        self._rules, self._ledger, self._source = rules, ledger, source
        self._places: dict[Run, _Place] = {}
        self._clean: dict[bytes, Sequence[Said]] = {}

    def look(self, frame: bytes, events: Sequence[Event]) -> tuple[bool, Sequence[tuple[Stray, bool]]]:
        """Whether something was found beside the texts of a frame: then it does not leave as it came. And what may go on in
        others, each with whether it is a word that frames repeat.

        Frames of a stream differ in their deltas and in little else, so what was clean once is not looked at again.
        """
        other = without(frame, map(spellings, events))
        known = self._clean.get(other)
        if known is not None:
            return False, self._followed(known) if known else ()
        said = self._said(frame, events)
        guards = (
            self._rules.at("opaque")[1] - self._rules.engine.followers
        )  # a frame is no text: those see what goes on
        text = shown(other)
        verdicts = self._rules.engine.look(text, guards)
        if not verdicts:
            if len(self._clean) < SKELETONS:
                self._clean[other] = said
            return False, self._followed(said)
        whole = [*(each.text for each in said), *self._pieces(frame, events), *_judged(events)]
        own = [each for each in whole if self._rules.engine.look(each, guards)]
        if own:  # what is found within one of them is found once, and there
            text = shown(without(other, map(spelled, own)))
            verdicts = self._rules.engine.look(text, guards)
        found = decided(Text(text, "opaque", WHERE), verdicts, self._rules, self._ledger)
        return bool(found), self._followed(said)

    def strays(self, frame: bytes, events: Sequence[Event]) -> Sequence[tuple[Stray, bool]]:
        """What goes on beside the texts of a frame, for who lets it go before a call in it is whole."""
        return self._followed(self._said(frame, [event for event in events if not isinstance(event, ToolPieces)]))

    def _said(self, frame: bytes, events: Sequence[Event]) -> Sequence[Said]:
        if self._source is None:
            return ()
        heard = _Heard(events)
        return [
            Said(_run(tree, slot.path), slot.text, _choice(tree, slot.path))
            for tree in trees(frame, self._source)
            for slot in self._source[0].joined(tree)
            if not heard.says(slot)
        ]

    def _pieces(self, frame: bytes, events: Sequence[Event]) -> Sequence[str]:
        """Pieces of a call, which is looked at once it is over."""
        if self._source is None or not any(isinstance(event, ToolPieces) for event in events):
            return ()
        slots = (slot for tree in trees(frame, self._source) for slot in self._source[0].joined(tree))
        return [slot.text for slot in slots if slot.place == "tool_arguments"]

    def _followed(self, strings: Sequence[Said]) -> Sequence[tuple[Stray, bool]]:
        """Places beyond those that are followed are more than is looked at."""
        found = []
        for said in strings:
            place = self._places.get(said.run)
            if place is None:
                if len(self._places) >= MOST:
                    verdicts = dict.fromkeys(self._rules.at("opaque")[1], TOO_MANY)
                    decided(Text(said.text, "opaque", WHERE), verdicts, self._rules, self._ledger)
                    continue
                place = self._places[said.run] = _Place(len(self._places))
            place.repeats = place.repeats + 1 if said.text == place.last else 0
            place.last = said.text
            if place.repeats <= STILL:
                found.append((Stray(place.part, said.text, said.choice), place.repeats >= STEADY))
        return found


def _judged(events: Sequence[Event]) -> Iterator[str]:
    """Words of events that come whole: what is found in them is found there."""
    for event in events:
        if not isinstance(event, TEXTUAL):
            yield from (word for _, word in words(getattr(event, "media", event)))


def trees(frame: bytes, source: Source) -> Sequence[Tree]:
    """Raises the `Problem` of what is JSON to some readers and not to others."""
    dialect, ask = source
    try:
        tree = _decode(dialect.payload(frame, ask))
    except UnicodeDecodeError as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream sent what is no UTF-8", source="upstream") from error
    except (ValueError, RecursionError):
        return ()
    return [each for each in (tree if isinstance(tree, list) else [tree]) if isinstance(each, dict)]


class _Heard:
    """What the events of a frame say."""

    __slots__ = ("_blocks", "_pieces", "_texts", "_words")

    def __init__(self, events: Sequence[Event]) -> None:
        self._texts = {text_of(event) for event in events if isinstance(event, TEXTUAL)}
        self._pieces = any(isinstance(event, ToolPieces) for event in events)
        self._words: set[Any] = set()
        self._blocks: list[bytes] = []
        for event in events:
            if isinstance(event, BlockGiven | RunStarted):
                self._blocks.append(bytes(event.block if isinstance(event, BlockGiven) else event.head))
            elif isinstance(event, ToolDelta | RunDelta):
                self._blocks.append(text_of(event).encode("utf-8", "surrogatepass"))
            if not isinstance(event, TEXTUAL):
                self._words |= {getattr(getattr(event, "media", event), word, None) for word in WORDS}

    def says(self, slot: Slot) -> bool:
        """What stands where texts do was said as one; elsewhere, words that come once."""
        if slot.place == "opaque":
            return slot.text in self._words or self._blocked(slot.text)
        if slot.place == "tool_arguments" and self._pieces:
            return True  # said together once the call is over
        return slot.text in self._texts or (slot.place != "assistant" and self._blocked(slot.text))

    def _blocked(self, text: str) -> bool:
        return bool(self._blocks) and any(_encode(text) in block for block in self._blocks)


def _run(tree: Tree, path: Path) -> Run:
    """A place as it is the same in all frames: what is numbered goes by its number."""
    steps: list[str | int] = [str(tree.get("type", "")), str(tree.get("index", ""))]
    node: Any = tree
    for step in path:
        node = node[step]
        number = node.get("index") if isinstance(step, int) and isinstance(node, dict) else None
        steps.append(number if isinstance(number, int) else step)
    return tuple(steps)


def _choice(tree: Tree, path: Path) -> int:
    if path[0] in CHOICES and len(path) > 1 and isinstance(path[1], int):
        number = tree[str(path[0])][path[1]].get("index")
        return number if isinstance(number, int) else 0
    return 0
