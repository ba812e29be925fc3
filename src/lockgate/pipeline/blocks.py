"""A block that comes whole in a stream, and that only its dialect understands: its words under the rules, and its values back.

`decide` says what becomes of a text, and this of a tree of them. The same object comes back where nothing changed.
"""

from collections.abc import Callable

import msgspec
from msgspec import Raw

from lockgate.core.body import Parsed, Path
from lockgate.core.dialect import Place, Slot
from lockgate.core.guard import Rules
from lockgate.core.restoring import Restorer
from lockgate.core.slots import rest
from lockgate.core.toil import Toil
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.ledger import Ledger

_decode = msgspec.json.Decoder().decode


def judged(block: Raw, place: Place, rules: Rules, ledger: Ledger) -> Raw:
    """Raises the `Problem` of a rule that blocks."""
    _, guards = rules.at(place)
    toil = Toil()

    def said(text: str) -> str:
        verdicts = rules.engine.look(text, guards, toil=toil)
        if not verdicts and not rules.cleans:
            return text
        holes = decided(Text(text, place, f"response.{place}"), verdicts, rules, ledger)
        return filled(text, holes) if holes else text

    return _each(block, said)


def with_values(block: Raw, restorer: Restorer) -> Raw:
    def said(text: str) -> str:
        found = restorer.found(text)
        return filled(text, restorer.holes(text, found)) if found else text

    return _each(block, said)


def words(block: Raw) -> list[str]:
    return [slot.text for slot in _slots(_decode(block))]


def _each(block: Raw, said: Callable[[str], str]) -> Raw:
    tree = _decode(block)
    edits: dict[Path, str] = {}
    for slot in _slots(tree):
        if (text := said(slot.text)) is not slot.text:
            edits[slot.path] = text
    return Raw(Parsed(tree).edit(edits).wire()) if edits else block


def _slots(tree: object) -> list[Slot]:
    return list(rest(tree, frozenset()))
