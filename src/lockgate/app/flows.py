"""The file's flow rules, and how results of tools are marked, as routes have them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lockgate.app.settings import FlowSettings, SpotlightSettings
from lockgate.core.flow_rule import FlowRule
from lockgate.core.guard import Scope
from lockgate.core.names import Names
from lockgate.core.spotlight import Spotlight
from lockgate.stores.key_file.pepper import pepper

Flows = Callable[[str], tuple[FlowRule, ...]]
"""By a model's name."""


def flow_rules(settings: Sequence[FlowSettings]) -> Flows:
    made = [(flow.scope.models, _rule(flow)) for flow in settings]
    return lambda model: tuple(rule for models, rule in made if not models or model in models)


def _rule(flow: FlowSettings) -> FlowRule:
    scope = Scope(frozenset(flow.scope.teams), frozenset(flow.scope.keys))
    tools, trusted, provided = map(Names, (flow.tools, flow.trusted_tools, flow.provider_tools))
    return FlowRule(flow.name, tools, trusted, frozenset(flow.data), flow.action, scope, provided)


def spotlight(settings: SpotlightSettings | None, data: Path) -> Spotlight | None:
    """Keyed with the pepper of the installation."""
    return None if settings is None else Spotlight(settings.style, _keyed(data))


def _keyed(data: Path) -> Callable[[str], str]:
    own = pepper(data)
    return lambda text: own.digest(text.encode("utf-8", "surrogatepass"))
