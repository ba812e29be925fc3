"""From the settings of a target to the value that requests are held against. `ValueError` for a zone or a condition that is none."""

from lockgate.app.conditions import condition
from lockgate.app.settings.prices import Usd, atto_of
from lockgate.app.settings.when import WhenSettings
from lockgate.app.zone import zone
from lockgate.core.level import window
from lockgate.core.when import When


def when(settings: WhenSettings) -> When:
    price = settings.max_price
    return When(
        settings.vision,
        settings.tools,
        settings.max_input_tokens or 0,
        {name.encode(): frozenset(values) for name, values in settings.headers.items()} or None,
        {name: frozenset(values) for name, values in settings.claims.items()} or None,
        {name: frozenset(values) for name, values in settings.metadata.items()} or None,
        tuple(window(hours, zone) for hours in settings.times or ()),
        None if price is None else _atto(price.input),
        None if price is None else _atto(price.output),
        None if settings.condition is None else condition(settings.condition),
    )


def _atto(usd: Usd | None) -> int | None:
    return None if usd is None else atto_of(usd)
