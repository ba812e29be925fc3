"""What is no mistake in a configuration, and still not what anybody means: `check` warns of it, and the log of a start."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lockgate.app.dead_ends import dead_ends
from lockgate.app.large_shares import large_shares
from lockgate.app.load import Loaded
from lockgate.app.prices import Prices, find
from lockgate.app.references import structs
from lockgate.app.settings.limits import BudgetSettings
from lockgate.app.unheld_answers import unheld_answers
from lockgate.app.unkept_claims import unkept_claims
from lockgate.app.unlisted import unlisted_authorities


def doubts(loaded: Loaded, prices: Prices) -> Iterator[str]:
    """Each with its place in the file."""
    config, now = loaded.valid, time.time()
    yield from unkept_claims(config)
    yield from unheld_answers(config)
    yield from dead_ends(config, now)
    yield from large_shares(config, prices, now)
    yield from unlisted_authorities(loaded)


def prices_of(loaded: Loaded) -> Prices:
    """For who writes nothing into the data folder. Where there are budgets alone: the list is made for it, in half a second."""
    if not any(isinstance(each, BudgetSettings) for _, each in structs(loaded.valid, ())):
        return Prices()
    with TemporaryDirectory() as passing:
        return find(replace(loaded, data=Path(passing)), patient=True)
