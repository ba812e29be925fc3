"""Models that are to stay by answers that nobody holds: no request would ever name one, and nobody would say so."""

from collections.abc import Iterator

from lockgate.app.settings import Config
from lockgate.balancers.sticky import plugin as sticky

_BY = "previous_response_id"


def unheld_answers(config: Config) -> Iterator[str]:
    """What a person should hear."""
    for name, model in config.models.items():
        balance = model.balance
        providers = [config.providers[target.provider] for target in model.targets]
        if isinstance(balance, sticky) and _BY in balance.by and all(each.responses is None for each in providers):
            yield f"models.{name}.balance.by: no target holds answers, so none is named by {_BY}: `responses: {{}}` at a provider"
