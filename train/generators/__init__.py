"""The project's own families of texts: attacks, and benign twins that tell the same story. Made of rules and a seed."""

from collections.abc import Callable, Iterator
from random import Random

from train.generators import (
    abroad,
    agents,
    code,
    everyday,
    extraction,
    forged,
    framings,
    hijack,
    jailbreak,
    languages,
    listings,
    mails,
    manuals,
    office,
    override,
    pages,
    personas,
    planted,
    pressure,
    pretexts,
    probing,
    prose,
    records,
    registers,
    riddles,
    scenarios,
    service,
    swapped,
    topics,
    triggers,
    voices,
)
from train.generators.grammar import Row
from train.texts import Text

FAMILIES: dict[str, Callable[[Random], Iterator[Row]]] = {
    "own:override": override.rows,
    "own:extraction": extraction.rows,
    "own:jailbreak": jailbreak.rows,
    "own:personas": personas.rows,
    "own:forged": forged.rows,
    "own:agents": agents.rows,
    "own:code": code.rows,
    "own:riddles": riddles.rows,
    "own:pressure": pressure.rows,
    "own:languages": languages.rows,
    "own:triggers": triggers.rows,
    "own:office": office.rows,
    "own:hijack": hijack.rows,
    "own:mails": mails.rows,
    "own:probing": probing.rows,
    "own:prose": prose.rows,
    "own:abroad": abroad.rows,
    "own:manuals": manuals.rows,
    "own:scenarios": scenarios.rows,
    "own:service": service.rows,
    "own:voices": voices.rows,
    "own:topics": topics.rows,
    "own:everyday": everyday.rows,
    "own:framings": framings.rows,
    "own:swapped": swapped.rows,
    "own:pages": pages.rows,
    "own:listings": listings.rows,
    "own:planted": planted.rows,
    "own:registers": registers.rows,
    "own:records": records.rows,
    "own:pretexts": pretexts.rows,
}


def own(seed: int = 1, share: float = 1.0) -> list[Text]:
    """All of it, each text once, in a fixed order. `share`: a part of each family, for quick trials."""
    out: dict[str, Text] = {}
    for family, rows in FAMILIES.items():
        made = list(rows(Random(f"{seed} {family}")))
        for row in made[: int(len(made) * share)]:
            out.setdefault(row.text, Text(row.text, row.label, row.kind, family, row.lang))
    return list(out.values())
