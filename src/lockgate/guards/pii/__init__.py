"""Finds personal data: by what it looks like, by its check digits, and by the words before it."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from lockgate.core.guard import Guard, GuardConfig
from lockgate.guards.pii import contact, money, numbers, papers, people
from lockgate.guards.pii.checks import CHECKS
from lockgate.guards.pii.italics import italic
from lockgate.patterns.kinds import Check, Kind, Kinds
from lockgate.patterns.own import own_pattern

THRESHOLD = 0.5
GROUPS: dict[str, tuple[str, ...]] = {
    "card": ("credit_card", "card_code"),
    "ip": ("ip_address",),
    "mac": ("mac_address",),
    "wallet": (
        "bitcoin_address",
        "litecoin_address",
        "dogecoin_address",
        "tron_address",
        "ethereum_address",
        "monero_address",
    ),
    "account": ("bank_account", "swift_code"),
    "vehicle": ("vin", "license_plate"),
    "national_id": tuple(dict.fromkeys(row[0] for row in numbers.ROWS)),
}
"""Words for several kinds at once."""


class Own(Struct, frozen=True, forbid_unknown_fields=True):
    """An entity of the operator's."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,32}$")]
    pattern: str
    check: str | None = None
    words: tuple[str, ...] = ()
    """Words of which one has to stand before it."""


class plugin(GuardConfig, frozen=True, tag="pii"):
    """Settings of the personal data guard."""

    status = "stable"
    posture = "both"

    entities: tuple[str, ...] = ()
    """Which kinds are looked for; left out, all of them."""

    thresholds: dict[str, float] = {}
    """The confidence from which something is a finding, by kind; 0.5 for those that are not named."""

    allow: tuple[str, ...] = ()
    """Values that are none, taken literally. One that begins with `@` is a domain, whose addresses are none."""

    own: tuple[Own, ...] = ()
    """Entities of your own."""

    def build(self) -> Guard:
        table = [*contact.KINDS, *money.KINDS, *papers.KINDS, *people.KINDS, *numbers.kinds()]
        table += list(italic(table))
        labels = {kind.label for kind in table} | {own.name for own in self.own}
        wanted = _named(self.entities, labels, "entities") or labels
        least = {
            label: value for name, value in self.thresholds.items() for label in _named((name,), labels, "thresholds")
        }
        if any(not 0 <= value <= 1 for value in least.values()):
            raise ValueError("`thresholds` are between 0 and 1")
        kinds = [kind for kind in table if kind.label in wanted and _reachable(kind, least)]
        kinds += [_own(own) for own in self.own if own.name in wanted]
        if not kinds:
            raise ValueError("`entities` and `thresholds` leave nothing to look for")
        return Kinds(kinds, least, _known(self.allow))


def _named(names: tuple[str, ...], labels: set[str], setting: str) -> set[str]:
    found: set[str] = set()
    for name in names:
        meant = GROUPS.get(name, (name,))
        if not labels.issuperset(meant):
            raise ValueError(f"`{setting}` has {name!r}; there are: {', '.join(sorted({*labels, *GROUPS}))}")
        found.update(meant)
    return found


def _reachable(kind: Kind, least: dict[str, float]) -> bool:
    return max(kind.confidence, kind.told) >= least.get(kind.label, THRESHOLD)


def _own(own: Own) -> Kind:
    pattern = own_pattern(own.pattern)
    if own.check is not None and own.check not in CHECKS:
        raise ValueError(f"`check` has {own.check!r}; there are: {', '.join(sorted(CHECKS))}")
    check = None if own.check is None else CHECKS[own.check]
    words = "|".join(re.escape(word) for word in own.words)
    return Kind(own.name, pattern.expression, 0.1 if words else 0.9, check, words=words, told=0.9, spans=True)


def _known(allow: tuple[str, ...]) -> Check | None:
    values = frozenset(value for value in allow if not value.startswith("@"))
    domains = tuple(value.lower() for value in allow if value.startswith("@"))
    if not allow:
        return None
    return lambda text: text in values or (bool(domains) and text.lower().endswith(domains))
