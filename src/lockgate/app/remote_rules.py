"""The rules of the file whose guards are asked over the network, for each model: what `build` gives to its route."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lockgate.app.rule_sets import digest, rule
from lockgate.app.settings import RuleSettings
from lockgate.core.guard import NO_RULES, Rules
from lockgate.core.remote_guard import NO_REMOTE_RULES, GuardPorts, RemoteGuardConfig, RemoteRules, detector

RemoteRuleSets = Callable[[str | None], tuple[RemoteRules, RemoteRules]]
"""By a model's name: the rules for its requests, and for its answers. None: for any model."""


def remote_rule_sets(settings: Sequence[RuleSettings], data: Path, ports: GuardPorts) -> RemoteRuleSets:
    """One detector for each rule, whatever the model: what is learned of a guard that is away, is learned once."""
    remote = [each for each in settings if isinstance(each.guard, RemoteGuardConfig)]
    if not remote:
        return lambda model: (NO_REMOTE_RULES, NO_REMOTE_RULES)
    detectors = [detector(each.guard, each.on_error or "block", ports) for each in remote]
    keyed = digest(remote, data)
    rules = [(each.scope.models, rule(number, each, keyed)) for number, each in enumerate(remote)]

    def of(model: str | None) -> tuple[RemoteRules, RemoteRules]:
        own = [each for models, each in rules if model is None or not models or model in models]
        request, response = (Rules(own, NO_RULES.engine, way) for way in ("request", "response"))
        return RemoteRules(request, detectors), RemoteRules(response, detectors)

    return of
