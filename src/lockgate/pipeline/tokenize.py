"""Values leave as tokens: those that a rule found, and all that this conversation has hidden before, wherever they stand.

A client that gets its values back sends them again, as history, in places where no guard would know them. And what looks like a
token of this conversation but was written by the client is hidden like a value, so that it comes back as it was.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from msgspec import structs

from lockgate.core.body import Body, Parsed, parse
from lockgate.core.dialect import Slot
from lockgate.core.exchange import Call
from lockgate.core.guard import Finding, Hole, Rules, Sought
from lockgate.core.slots import has_files, rest
from lockgate.core.toil import Toil
from lockgate.pipeline.conversation import conversation
from lockgate.pipeline.decide import Text, decided, place
from lockgate.pipeline.json_holes import fitted
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.measure import measure
from lockgate.pipeline.screen import screen, where
from lockgate.pipeline.turns import Steps, in_turns
from lockgate.tokens.again import Known, plain
from lockgate.tokens.document import Document, Value
from lockgate.tokens.formats import FORMATS
from lockgate.tokens.ids import LITERAL, kind_of, kinds, token_id
from lockgate.tokens.keeper import Memory, Tokens
from lockgate.tokens.restorer import Restorer
from lockgate.tokens.spelling import Spelling, spelling

SHORTEST = 3
"""Characters of what can be a token, or a value that is known."""
_REPEATED = "VALUE"
_THOUGHT = frozenset(("thinking",))
_OF_TOOLS = frozenset(("tool_arguments", "tool_result"))


@dataclass(slots=True)
class Written:
    """A text of the request, and what has to be replaced in it. `json`: it is a document of its own."""

    slot: Slot
    json: bool
    holes: list[Hole] = field(default_factory=list)

    def value(self, hole: Hole) -> str:
        return plain(self.slot.text[hole.start : hole.end], json=self.json)

    def free(self, start: int, end: int) -> bool:
        """The holes are in order, and apart."""
        at = bisect_left(self.holes, end, key=attrgetter("start"))
        return at == 0 or self.holes[at - 1].end <= start

    def covered(self, start: int, end: int) -> bool:
        at = bisect_right(self.holes, start, key=attrgetter("start"))
        return at > 0 and end <= self.holes[at - 1].end


async def tokenized(call: Call, rules: Rules, ledger: Ledger, tokens: Tokens | None) -> tuple[Call, Body]:
    """What may go on, and the call, whose answer gets its values back. Raises `Problem` like `screen`."""
    if tokens is None or not rules.tokenizes or ledger.caller is None:
        return call, await screen(call, rules, ledger)
    own = rules.of(ledger.caller)
    if not own.tokenizes:
        return call, await screen(call, own, ledger)
    document = parse(call.body)
    listed = list(call.dialect.texts(document.tree))
    parts, named = conversation(ledger.caller, call.headers, listed, tokens.session, call.held)
    memory = await tokens.open(parts)
    call = structs.replace(call, conversation=memory.name)
    wire = call.body.wire()
    suspicious = own.cleans or own.reads or own.engine.suspicious(wire, own.at("opaque")[1])
    suspicious = suspicious or has_files(wire, lambda: document, call.dialect.texts)
    if not suspicious and not memory.document.entries:
        return call, call.body
    texts = [Written(slot, _is_json(slot)) for slot in (*listed, *rest(document.tree, {slot.path for slot in listed}))]
    if own.measures:
        measure(document.tree, listed, call.dialect, own, ledger)
    if suspicious:
        await in_turns(_searched(texts, own, ledger))
    wanted, literals = _sought(texts, memory, tokens, own, ledger)
    if not wanted:
        return _named(call, memory.document, named, tokens), _filled(document, texts, {})
    granted = await tokens.grant(memory, wanted, literals)
    by_value = {entry.value: entry.token for entry in granted.entries}
    used = {token_id(by_value[value.text]) for value in wanted}
    return structs.replace(call, restorer=_restorer(granted, None if named else used, tokens)), _filled(
        document, texts, by_value
    )


def _is_json(slot: Slot) -> bool:
    return slot.place == "tool_arguments" and slot.text.lstrip().startswith(("{", "["))


def _searched(texts: Sequence[Written], rules: Rules, ledger: Ledger) -> Steps[None]:
    toil = Toil()
    for text in texts:
        yield False
        text.holes = _found(text.slot, rules, ledger, toil)


def _found(slot: Slot, rules: Rules, ledger: Ledger, toil: Toil) -> list[Hole]:
    chosen, guards = rules.at(slot.place)
    if not chosen:
        return []
    verdicts = rules.engine.look(slot.text, guards, 0, slot.place if rules.reads else "", toil)
    if not verdicts and not rules.cleans:
        return []
    return _apart(decided(Text(slot.text, slot.place, where(slot.path, rules)), verdicts, rules, ledger))


def _apart(holes: Sequence[Hole]) -> list[Hole]:
    """Holes that overlap are one, of the kind of the first: a token stands for all of it."""
    out: list[Hole] = []
    for hole in sorted(holes, key=place):
        if out and hole.start < out[-1].end:
            out[-1] = structs.replace(out[-1], end=max(out[-1].end, hole.end))
        else:
            out.append(hole)
    return out


def _sought(
    texts: Sequence[Written], memory: Memory, tokens: Tokens, rules: Rules, ledger: Ledger
) -> tuple[list[Value], set[str]]:
    """Every value that needs a token, and the tokens that the client wrote itself.

    Thinking was restored to the letter or not at all, for it is signed; tools that may not have values got tokens: what
    stands there is ours.
    """
    found = list(_values(texts))
    ids = {token_id(entry.token): entry.token for entry in memory.document.entries}
    tokens_of = {entry.value: entry.token for entry in memory.document.entries}
    looks = _spelling(memory.document, found)
    values = Known({entry.value for entry in memory.document.entries} | {value.text for value in found})
    ours = _THOUGHT if tokens.tools.covers(("*",)) else _THOUGHT | _OF_TOOLS
    literals: set[str] = set()
    for text in texts:
        if len(text.slot.text) < SHORTEST:
            continue
        again: list[Hole] = []
        kept: set[tuple[int, int]] = set()
        known: set[str] = set()
        for spelled in looks.spelled(text.slot.text):
            if spelled.id not in ids:
                literals.add(spelled.id)
            elif text.slot.place in ours:
                kept.add((spelled.start, spelled.end))
                known.add(ids[spelled.id])
            elif text.free(spelled.start, spelled.end):
                again.append(Sought(spelled.start, spelled.end, f"[{LITERAL}]", LITERAL))
        text.holes = _apart([*(h for h in text.holes if (h.start, h.end) not in kept), *again])
        again += (more := _again(text, values))
        if again:
            text.holes = _apart([*text.holes, *more])
            _noted(again, text, rules, ledger)
        known.update(tokens_of[value] for hole in more if (value := text.value(hole)) in tokens_of)
        ledger.labels.update(kind for token in known for kind in kinds(token))
    return sorted(_values(texts), key=lambda value: value.kind == _REPEATED), literals


def _spelling(document: Document, found: Sequence[Value]) -> Spelling:
    """Of every kind of token that there is or will be."""
    kinds = {LITERAL, *(name.partition(":")[0] for name in document.counts), *(value.kind for value in found)}
    formats = {name.partition(":")[0] for name in document.counts if name.endswith(":format")}
    formats |= {value.kind for value in found if value.style == "format"}
    return spelling(frozenset(kinds), frozenset(formats & FORMATS.keys()))


def _again(text: Written, values: Known) -> Sequence[Hole]:
    """Values that no guard found here, and that are known all the same."""
    least = 6 if text.slot.place == "opaque" else SHORTEST
    found = [
        Sought(start, end, "[VALUE]", _REPEATED)
        for start, end in values.occurrences(text.slot.text, least, json=text.json)
        if not text.covered(start, end)
    ]
    return fitted(text.slot.text, None, found) if found and text.slot.place == "tool_arguments" else found


def _noted(holes: Sequence[Hole], text: Written, rules: Rules, ledger: Ledger) -> None:
    if holes:
        rule = next(rule for rule in rules.rules if rule.action == "tokenize")
        ledger.found(rule, where(text.slot.path, rules), [Finding(0, 0, "repeated")] * len(holes))


def _values(texts: Sequence[Written]) -> Iterator[Value]:
    for text in texts:
        for hole in text.holes:
            if isinstance(hole, Sought):
                yield Value(text.value(hole), kind_of(hole.label), hole.style)


def _filled(document: Parsed, texts: Sequence[Written], tokens: dict[str, str]) -> Body:
    edits = {}
    for text in texts:
        if text.holes:
            out, end = [], 0
            for hole in text.holes:
                out += [text.slot.text[end : hole.start], _instead(hole, text, tokens)]
                end = hole.end
            edits[text.slot.path] = "".join([*out, text.slot.text[end:]])
    return document.edit(edits)


def _instead(hole: Hole, text: Written, tokens: dict[str, str]) -> str:
    """Without a token it is the mask that the hole came with."""
    if not isinstance(hole, Sought) or (token := tokens.get(text.value(hole))) is None:
        return hole.instead
    return f'"{token}"' if hole.instead.startswith('"') and not token.isdigit() else token


def _named(call: Call, document: Document, named: bool, tokens: Tokens) -> Call:
    """Nothing is hidden in this request. A conversation that the client named may still have its values back."""
    return structs.replace(call, restorer=_restorer(document, None, tokens)) if named and document.entries else call


def _restorer(document: Document, used: set[str] | None, tokens: Tokens) -> Restorer:
    """Of all values of the conversation, or of those that are in the request."""
    entries = {token_id(entry.token): (entry.token, entry.value) for entry in document.entries}
    values = {name: pair for name, pair in entries.items() if used is None or name in used}
    labels = {token[1:].rpartition("_")[0] for token, _ in values.values() if token.startswith("<")}
    named = frozenset(labels or {LITERAL})
    forms = {name.partition(":")[0] for name in document.counts if name.endswith(":format")}
    return Restorer(values, spelling(named, frozenset(forms)), tokens.tools)
