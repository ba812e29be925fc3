"""S60: `lockgate coverage` tries every slot of every dialect, and says where a rule does not look."""

import msgspec
import pytest

from lockgate.app.coverage import CANARY, Cell, _seen, _streamed, _whole, coverage
from lockgate.app.rule_sets import rule
from lockgate.app.settings import RuleSettings
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.guard import GuardConfig, On, Rules
from lockgate.core.registry import tables
from lockgate.guards.blocklist import plugin
from lockgate.guards.webhook import plugin as webhook
from lockgate.patterns.looking import Looking
from tests.automata import CACHE

DIALECTS = set(tables("lockgate.dialects", Dialect))


LOCAL, REMOTE = plugin(words=("x1",)), webhook(url="https://detector.example")


def cells(*on: On, guard: GuardConfig = LOCAL) -> list[Cell]:
    return list(coverage([RuleSettings("r", guard, "block", on=on)]))


@pytest.mark.parametrize(
    "on", [("request", "response"), ("tool_arguments",), ("system", "tool_results"), ("response",)]
)
@pytest.mark.parametrize("guard", [LOCAL, REMOTE], ids=["local", "remote"])
def test_S60_no_cell_is_open(on: tuple[On, ...], guard: GuardConfig) -> None:
    assert [cell for cell in cells(*on, guard=guard) if cell.seen == "OPEN"] == []


def test_S60_a_rule_that_asks_elsewhere_looks_at_the_same() -> None:
    assert cells("request", "response", guard=REMOTE) == cells("request", "response")


def test_S60_every_dialect_has_its_row_in_every_way() -> None:
    found = cells("request", "response")

    ways = {(d, w) for d in DIALECTS for w in ("request", "response", "stream")} - {("openai_embeddings", "stream")}
    assert {(c.dialect, c.way) for c in found} == ways
    assert {c.seen for c in found} == {"looks", "no such slot"}
    assert sum(c.seen == "looks" for c in found) > 80


def test_where_a_rule_was_not_asked_to_look_it_does_not() -> None:
    found = {(c.slot, c.way): c.seen for c in cells("tool_arguments") if c.dialect == "openai_chat"}

    assert found["tool arguments", "request"] == found["tool arguments", "stream"] == "looks"
    assert found["user", "request"] == found["assistant", "response"] == "does not look"
    assert found["unknown field", "request"] == "looks"


SAMPLES = {
    f"{name}-{sample.way}-{sample.slot}": (dialect, sample)
    for name, dialect in tables("lockgate.dialects", Dialect).items()
    for sample in dialect.samples(CANARY)
}


@pytest.mark.parametrize("name", SAMPLES)
def test_S60_a_canary_of_a_tool_that_a_provider_runs_goes_on_where_no_rule_is_for_it(name: str) -> None:
    """So the cell is no proof that the document was broken; and where it goes by a rule, the cell is open."""
    dialect, sample = SAMPLES[name]
    blind = RuleSettings("r", plugin(words=("qqzzqq",)), "block", on=("request", "response"))
    rules = Rules(
        [rule(0, blind, lambda data: "")],
        Looking([blind.guard.build()], CACHE),
        "request" if sample.way == "request" else "response",
    )

    goes_on = (
        _streamed(rules, dialect, sample.wire)
        if sample.way == "stream"
        else _whole(rules, dialect, sample.way, sample.wire)
    )

    assert goes_on == sample.wire
    assert _seen(rules, dialect, sample.place, sample.way, sample.wire) == "OPEN"


@pytest.mark.parametrize("name", SAMPLES)
def test_S60_the_text_of_a_tool_that_a_provider_runs_is_where_it_is_said_to_be(name: str) -> None:
    dialect, sample = SAMPLES[name]
    if sample.way == "stream":
        ask = Ask("m", stream=True)
        dialect.decoder(ask)
        frames = dialect.framing(ask).feed(sample.wire)
        assert any(CANARY.encode() in dialect.payload(frame, ask) for frame in frames)
        return
    places = {slot.place for slot in dialect.texts(msgspec.json.decode(sample.wire)) if CANARY in slot.text}
    assert places == {sample.place}


def test_S60_tools_that_providers_run_have_their_rows() -> None:
    found = {(c.dialect, c.way, c.slot): c.seen for c in cells("request", "response")}

    for dialect in ("anthropic_messages", "gemini_generate", "openai_chat"):
        for slot in (
            "web search: input",
            "web search: output",
            "code execution: input",
            "code execution: output",
            "citation",
        ):
            ways = (
                ("response", "stream")
                if dialect == "gemini_generate" and slot == "citation"
                else ("request", "response", "stream")
            )
            assert {found[dialect, way, slot] for way in ways} == {"looks"}, (dialect, slot)
        assert found[dialect, "request", "MCP: offer"] == found[dialect, "request", "web search: offer"] == "looks"


def test_the_canary_is_no_word_of_a_protocol() -> None:
    assert CANARY.isalpha()
