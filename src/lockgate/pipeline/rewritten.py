"""A frame of a stream with other texts in it: all else stays as it came, whether anybody here understands it or not."""

from collections.abc import Mapping, Sequence

from lockgate.core.body import Parsed, Path
from lockgate.core.dialect import Slot
from lockgate.core.events import Event
from lockgate.pipeline.beside import Source, trees
from lockgate.pipeline.echoes import without_echoes
from lockgate.pipeline.spoken import PLACES, TEXTUAL, text_of


def rewritten(
    frame: bytes, source: Source, old: Sequence[Event], new: Sequence[Event | None], *, echoes: bool
) -> bytes | None:
    """None where that cannot be: a text of the events does not stand in the frame as they say it. `echoes`: what a frame
    says of texts that changed is taken out.
    """
    dialect, ask = source
    payload, found = dialect.payload(frame, ask), trees(frame, source)
    at = frame.find(payload)
    if at < 0 or len(found) != 1 or not payload.startswith(b"{"):
        return None
    edits = _edits(list(dialect.joined(found[0])), old, new)
    if edits is None:
        return None
    document = Parsed(found[0]).edit(edits)
    wire = Parsed(without_echoes(document.tree)).wire() if echoes else document.wire()
    return frame[:at] + wire + frame[at + len(payload) :]


def _edits(slots: Sequence[Slot], old: Sequence[Event], new: Sequence[Event | None]) -> Mapping[Path, str] | None:
    became: dict[tuple[str, str], list[str]] = {}
    for event, other in zip(old, new, strict=True):
        if isinstance(event, TEXTUAL):
            said = text_of(other) if isinstance(other, TEXTUAL) else ""
            became.setdefault((PLACES[type(event)][0], text_of(event)), []).append(said)
    edits: dict[Path, str] = {}
    for (place, text), news in became.items():
        if all(each == text for each in news):
            continue
        there = [slot.path for slot in slots if slot.text == text]
        there = [slot.path for slot in slots if slot.text == text and slot.place == place] or there
        if not there or (len(there) != len(news) and len(set(news)) > 1):
            return None
        edits.update(zip(there, news if len(news) == len(there) else news[:1] * len(there), strict=True))
    return edits
