"""What was looked at before is not looked at again, and nothing else changes: held against the same without a memory."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.auth import Caller
from lockgate.core.body import Name, Path, head, parse
from lockgate.core.dialect import Dialect
from lockgate.core.guard import Forward, Rule, Rules, Scope
from lockgate.core.known import Known
from lockgate.core.problem import Problem
from lockgate.core.slots import rest
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.patterns.looking import Looking
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened
from lockgate.pipeline.unknown import MANY, SHORT, Unknown
from tests.dialects import CHATS
from tests.unit.pipeline.test_reads import Noting

DIALECTS = CHATS
OPENAI = DIALECTS["openai_chat"]
ENGINE = Looking([blocklist(words=("bluebird",)).build(), Noting()], streams=False)
EVERYBODY = Scope()
LONG = "x" * SHORT
NAMES = st.sampled_from([
    "role", "content", "parts", "text", "type", "input", "functionCall", "args", "tool_calls", "function", "arguments", "thought",
    "source", "data", "inlineData", "mimeType", "images", "thinking", "reasoning", "response", "title",
])  # fmt: skip
TOPS = st.sampled_from([
    "messages", "contents", "system", "systemInstruction", "tools", "metadata", "model", "candidates", "content", "choices", "message",
    "output_config", "thinking", "prompt", "",
])  # fmt: skip
LEAVES = st.sampled_from([
    "user", "assistant", "model", "tool", "system", "text", "tool_use", "tool_result", "document", "text/plain", "aGVsbG8=", "", LONG,
    "hello", "bad luck", "a bluebird", "\u00e9\u2028\U0001f600", 7, 10**9, True, None,
])  # fmt: skip
NODES = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=4), max_leaves=8
)
DOCUMENTS = st.dictionaries(TOPS, NODES | st.lists(NODES, max_size=4), max_size=5)


def rules(
    known: Known | None, on: str = "request", guard: int = 0, forward: Forward = "original", scope: Scope = EVERYBODY
) -> Rules:
    """One that masks, and one that reads and masks."""
    on_both = frozenset((on, "system"))
    own = Rule("words", guard, "mask", on_both, scope=scope, forward=forward)  # type: ignore[arg-type]
    return Rules([own, Rule("reads", 1, "mask", on_both)], ENGINE, "request", known)  # type: ignore[arg-type]


def slots(dialect: Dialect, tree: Any, where: Any = lambda path: path) -> set[tuple[Path, bool, str, str]]:
    listed = list(dialect.texts(tree))
    every = [*listed, *rest(tree, {slot.path for slot in listed})]
    return {(where(slot.path), isinstance(slot.path[-1], Name), slot.place, slot.text) for slot in every}


@pytest.mark.parametrize("name", sorted(DIALECTS))
@given(before=DOCUMENTS, document=DOCUMENTS, key=TOPS, again=st.booleans())
def test_whose_a_text_is_depends_on_nothing_but_its_part(
    name: str, before: dict[str, Any], document: dict[str, Any], key: str, again: bool
) -> None:
    """What is left out was in a document before, as the same text in the same place, whatever stood beside it there."""
    own, dialect = rules(Known(b"k")), DIALECTS[name]
    if again and isinstance(document.get(key), list):
        before[key] = [*reversed(document[key])]
    Unknown(head(msgspec.json.encode(before)), own, name).remember()
    part = Unknown(head(msgspec.json.encode(document)), own, name)

    left = slots(dialect, parse(part.body).tree, part.path)
    whole = slots(dialect, document)
    had = {(path[0], named, place, text) for path, named, place, text in slots(dialect, before)}

    # The name of a list is met again with each part of it.
    assert left <= whole
    assert {(path[0], *said) for path, *said in whole - left} <= had
    assert part or part.unchanged().wire() == msgspec.json.encode(document)


def outcome(document: dict[str, Any], own: Rules, dialect: str) -> tuple[Any, Sequence[Any]]:
    ledger = Ledger("", 0, 0)
    try:
        wire = screened(head(msgspec.json.encode(document)), DIALECTS[dialect], own, ledger).wire()
    except Problem as problem:
        return str(problem), ledger.findings
    return msgspec.json.decode(wire), ledger.findings


@pytest.mark.parametrize("name", sorted(DIALECTS))
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=3), order=st.lists(st.integers(0, 2), max_size=6))
def test_the_same_goes_out_and_is_written_down(name: str, documents: list[dict[str, Any]], order: list[int]) -> None:
    own, plain = rules(Known(b"k")), rules(None)

    for number in (*range(len(documents)), *order):
        document = documents[number % len(documents)]
        assert outcome(document, own, name) == outcome(document, plain, name)


def body(*texts: str) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text} for text in texts]}


def read(own: Rules, document: dict[str, Any], dialect: Dialect = OPENAI) -> list[str]:
    """Texts that were read anew."""
    guard = ENGINE._reading[1]
    assert isinstance(guard, Noting)
    guard.noted.clear()
    screened(head(msgspec.json.encode(document)), dialect, own, Ledger("", 0, 0))
    return [text for _, text in guard.noted if text not in ("model", "messages", "role", "content", "m", "user")]


def test_a_conversation_that_goes_on_is_looked_at_where_it_goes_on() -> None:
    own = rules(Known(b"k"))

    assert read(own, body("hello")) == ["hello"]
    assert read(own, body("hello")) == []
    assert read(own, body("hello", "and then")) == ["and then"]
    assert read(own, body("before", "hello", "and then")) == ["before"]
    assert read(own, body("bad luck", "hello")) == ["bad luck"] == read(own, body("bad luck", "hello"))
    assert read(own, {**body("hello"), "user": LONG}) == [LONG]


@pytest.mark.parametrize(
    "other",
    [
        lambda known: rules(known, on="tool_results"),
        lambda known: rules(known, guard=1),
        lambda known: rules(known, forward="cleaned"),
        lambda _: rules(Known(b"k")),
    ],
    ids=["elsewhere", "another guard", "cleaned", "another memory"],
)
def test_what_is_known_is_known_under_the_same_rules_only(other: Any) -> None:
    known = Known(b"k")
    again = other(known)
    assert read(rules(known), body("hello")) == ["hello"]

    assert "hello" in read(again, body("hello")) or again.at("user")[1] == frozenset()


def test_what_is_known_is_known_in_its_dialect_only() -> None:
    own = rules(Known(b"k"))
    assert read(own, body("hello")) == ["hello"]

    assert read(own, body("hello"), DIALECTS["ollama_chat"]) == ["hello"]


def test_rules_for_some_callers_remember_apart_from_those_for_others() -> None:
    own = rules(Known(b"k"), scope=Scope(keys=frozenset(("one",))))
    one, two = (own.of(Caller(name, name)) for name in ("one", "two"))

    assert read(two, body("a bluebird")) == ["a bluebird"]
    assert read(two, body("a bluebird")) == []
    assert outcome(body("a bluebird"), one, "openai_chat")[0] == body("a [BLOCKLIST]")
    assert own.of(Caller("three", "three")) is two


def test_what_a_guard_failed_at_is_not_known() -> None:
    own = rules(Known(b"k"))
    for _ in range(2):
        with pytest.raises(Problem, match="could not decide"):
            screened(head(msgspec.json.encode(body("fail"))), OPENAI, own, Ledger("", 0, 0))


@pytest.mark.parametrize(
    "many",
    [
        {"stop": [*range(2 * MANY)]},
        {"stop": [*range(MANY)], "seeds": [*range(MANY)]},
        {f"{LONG}{number}": LONG for number in range(2 * MANY)},
    ],
    ids=["elements", "elements of two lists", "fields"],
)
def test_S49_a_request_of_many_small_parts_is_not_known_by_each_of_them(many: dict[str, Any]) -> None:
    """To name each would take hundreds of times as long as to look at them all, and push out what others are known by."""
    known = Known(b"k")
    for _ in range(2):
        assert outcome(many, rules(known), "openai_chat") == outcome(many, rules(None), "openai_chat")

    assert len(known._young) <= MANY + 2


def test_escapes_go_on_as_they_were_read() -> None:
    own = rules(Known(b"k"))
    wire = b'{"model":"m","messages":[{"role":"user","content":"caf\\u00e9"}]}'

    for _ in range(2):
        assert screened(head(wire), OPENAI, own, Ledger("", 0, 0)).wire() == wire.replace(b"\\u00e9", "é".encode())


def test_what_was_used_lately_stays_and_there_is_an_end_to_it() -> None:
    known = Known(b"k", most=3)
    first, *others = known.names(b"[", [b"first", *(b"%d" % number for number in range(20))])
    known.add([first])
    for name in others:
        known.add([name])
        assert first in known

    assert others[19] in known
    assert others[2] not in known
    assert first not in (*Known(b"other").names(b"[", [b"first"]), *known.names(b":", [b"first"]))
