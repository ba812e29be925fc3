"""S49: many texts in one stream cost in proportion: each is looked at when it goes on, and not whenever another one does."""

from collections.abc import Mapping

from lockgate.core.events import Ended, ToolDelta, ToolStarted
from lockgate.core.guard import Rule, Rules, Verdict
from lockgate.core.toil import Toil
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.patterns.looking import Looking
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger

CALLS = 300


class Counted(Looking):
    looks = 0

    def look(
        self, text: str, guards: frozenset[int], at: int = 0, place: str = "", toil: Toil | None = None
    ) -> Mapping[int, Verdict]:
        self.looks += 1
        return super().look(text, guards, at, place)


def test_S49_calls_that_wait_are_not_looked_at_for_each_other() -> None:
    engine = Counted([blocklist(words=("bluebird",)).build()])
    hold = Holdback(Rules([Rule("r", 0, "mask", frozenset(("response",)))], engine, "response"), Ledger("", 0, 0))

    for call in range(CALLS):
        hold.feed(None, [ToolStarted(call, "id", "note"), ToolDelta(call, "a blue")])
    out = hold.feed(None, [Ended()])

    said = [event.arguments for release in out for event in release.events if isinstance(event, ToolDelta)]
    assert said == ["a blue"] * CALLS
    assert engine.looks <= 6 * CALLS
