"""Short orders of the other families, put between two lines of a long document: a page, a mail, a file of several thousand characters."""

import re
from collections.abc import Iterator
from random import Random

from train.generators import (
    agents,
    extraction,
    forged,
    hijack,
    jailbreak,
    languages,
    listings,
    mails,
    manuals,
    office,
    override,
    pages,
    pressure,
    probing,
    prose,
)
from train.generators.grammar import Row, mixed

_ORDERS = (override, hijack, agents, mails, extraction, forged, languages, pressure, probing, jailbreak)
_MOST = 260
"""Characters of an order that is short."""
_BREAK = re.compile(r"\n+|(?<=[.!?]) ")
_ROUND = (
    "{}",
    "{}",
    "{}",
    "{}",
    "<!-- {} -->",
    "# {}",
    "> {}",
    "- {}",
    "// {}",
    '<span style="display:none">{}</span>',
    "({})",
    "**{}**",
    "[{}]",
    '"note": "{}",',
)


def orders(random: Random) -> list[str]:
    """Of every family as many."""
    out: list[str] = []
    for family in _ORDERS:
        seed = Random(random.random())
        short = [row.text for row in family.rows(seed) if _fits(row)]
        out += short[:260]
    return out


def _fits(row: Row) -> bool:
    return (
        bool(row.label)
        and 25 <= len(row.text) <= _MOST
        and not row.kind.endswith("semantic")
        and "\n\n" not in row.text
    )


def planted(order: str, document: str, random: Random) -> str:
    """The document with the order, as a text of its own or in what hides it."""
    return beside(random.choice(_ROUND).replace("{}", order), document, random)


def beside(order: str, document: str, random: Random) -> str:
    """At one of the document's breaks."""
    breaks = [match.end() for match in _BREAK.finditer(document)] or [len(document)]
    at = random.choice(breaks)
    between = random.choice(("\n", " ", "\n\n"))
    return f"{document[:at]}{order}{between}{document[at:]}"


def documents(random: Random, *, mails: bool) -> Iterator[str]:
    """Without end; with mails, or without: benign ones of those there are enough elsewhere."""
    calm = [row.text for family in (prose, manuals) for row in family.rows(Random(random.random())) if not row.label]
    while True:
        roll = random.random()
        if roll < 0.5:
            yield pages.page(random, 500, 4000)
        elif roll < 0.65:
            yield listings.listing(random, 300, 3000)
        elif roll < 0.85 and mails:
            yield "\n\n".join(office.document(random) for _ in range(random.randint(2, 7)))
        else:
            yield "\n\n".join(random.choice(calm) for _ in range(random.randint(2, 6)))


def rows(random: Random) -> Iterator[Row]:
    said = orders(random)
    random.shuffle(said)
    papers, calm = documents(random, mails=True), documents(random, mails=False)
    yield from mixed(
        random,
        (Row(planted(order, next(papers), random), 1, "indirect_injection") for order in said[:1500]),
        (Row(next(calm), 0, "document") for _ in range(600)),
    )
