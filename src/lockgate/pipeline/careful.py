"""The client's values come back behind all rules: so where one would leave for a stranger, its token stays.

Rules whose guard knows ways out are asked about each place, once it is certain that there is a token and what follows on it. Under
`mask` the token stays, `block` blocks, `flag` and shadow mode write it down.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import structs

from lockgate.core.exchange import Call
from lockgate.core.guard import Finding, Hole, Rule, Rules
from lockgate.core.outlet import Outlet
from lockgate.core.restoring import Restorer, Spelled
from lockgate.pipeline.decide import blocked
from lockgate.pipeline.ledger import Ledger

LABEL = "value_in_address"
WHERE = "response.restored"
MOST = 1_000_000
"""Characters of words that go on in values, and are looked at for an answer. Where it has more, tokens stay."""
OPEN = "//"
"""What is left of a text in which an address may have begun, behind the quotes that it stands in."""
STRADDLES = 512
"""Of the characters in front of a token that are looked at, those in which an address may go on that began before them: no name of
a host is longer.
"""


class Careful:
    """A restorer before another one."""

    def __init__(
        self, restorer: Restorer, rules: Sequence[Rule], outlets: Mapping[int, Outlet], ledger: Ledger
    ) -> None:
        self._restorer, self._rules, self._outlets, self._ledger = restorer, rules, outlets, ledger
        self.may_go_to, self.growing, self.found = restorer.may_go_to, restorer.growing, restorer.found
        self.before = max(restorer.before, *(outlet.back for outlet in outlets.values()))
        self._room = MOST
        self._back = min(outlet.back for outlet in outlets.values())
        self._forth = max(outlet.forth for outlet in outlets.values())

    def waits(self, text: str, token: Spelled) -> bool:
        behind = text[token.end : token.end + self._forth]
        return any(outlet.undecided(behind) for outlet in self._outlets.values())

    def left(self, left: str, dropped: str) -> str:
        """Of the text, whether an address may be open at its end."""
        return self._begins(left + dropped) if dropped else left

    def holes(
        self, text: str, found: Sequence[Spelled], ahead: str | None = None, *, strict: bool = False, left: str = ""
    ) -> list[Hole]:
        plain = self._plain(text) if found else text
        opened = _Open(text, left, self._begins)
        kept = {token.start for token in found if self._stays(text, plain, token, opened)}
        holes = self._restorer.holes(text, found, ahead, strict=strict)
        return [hole for hole in holes if hole.start not in kept] if kept else holes

    def _begins(self, text: str) -> str:
        """What is left of a text: what surely begins an address where one may have begun."""
        found = [outlet.begins(text) for outlet in self._outlets.values()]
        if any(begins for begins, _ in found):
            return max((quotes for begins, quotes in found if begins), key=len) + OPEN
        return max((end for _, end in found), key=len)

    def _stays(self, text: str, plain: str, token: Spelled, opened: "_Open") -> bool:
        stays, further = False, opened.open_at(token.start - self._back + STRADDLES)
        ahead = plain[max(0, token.start - self.before) : token.start]
        behind = text[token.end : token.end + self._forth]
        self._room -= len(ahead) - max(ahead.rfind(" "), ahead.rfind("\n"))
        for rule in self._rules:
            outlet = self._outlets[rule.guard]
            if self._room < 0 or outlet.leads_out(ahead[-outlet.back :], behind[: outlet.forth], further=further):
                self._ledger.found(rule, WHERE, (Finding(token.start, token.end, LABEL),))
                if rule.mode == "enforce" and rule.action == "block":
                    raise blocked(rule, WHERE)
                stays = stays or (rule.mode == "enforce" and rule.action != "flag")
        return stays

    def _plain(self, text: str) -> str:
        """Other tokens, whatever they were written like, are parts of words, and end nothing."""
        parts, at = [], 0
        for token in self._restorer.found(text):
            parts += [text[at : token.start], "x" * (token.end - token.start)]
            at = token.end
        return "".join([*parts, text[at:]])


class _Open:
    """What is open in a text, asked at places in their order: each character is looked at once."""

    def __init__(self, text: str, left: str, begins: Callable[[str], str]) -> None:
        self._text, self._left, self._begins, self._seen = text, left, begins, 0

    def open_at(self, place: int) -> bool:
        """Whether an address that begins in front of the place may go on there."""
        if place > self._seen:
            self._left = self._begins(self._left + self._text[self._seen : place])
            self._seen = place
        return self._left.endswith(OPEN)


def careful(call: Call, rules: Rules, ledger: Ledger) -> Call:
    """The call, whose values come back under the rules for its answer."""
    if call.restorer is None or not rules or not rules.engine.outlets:
        return call
    outlets = rules.engine.outlets
    own = [rule for rule in rules.rules if rule.guard in outlets]
    return structs.replace(call, restorer=Careful(call.restorer, own, outlets, ledger)) if own else call
