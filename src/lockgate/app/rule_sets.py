"""The rules of the file with their engine, for each model: what `build` gives to its route."""

from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_bytes

import msgspec

from lockgate.app.settings import RuleSettings
from lockgate.core.guard import NO_RULES, Engine, Rule, Rules, Scope
from lockgate.core.known import Known
from lockgate.core.masks import Digest, replace
from lockgate.core.remote_guard import RemoteGuardConfig
from lockgate.stores.key_file.pepper import pepper

RuleSets = Callable[[str | None], tuple[Rules, Rules]]
"""By a model's name: the rules for its requests, and for its answers. None: for any model."""

FOLDER = "automata"
"""In the data folder: compiled patterns. It may be deleted at any time."""


def rule_sets(settings: Sequence[RuleSettings], data: Path) -> RuleSets:
    """All guards of the file that decide here in one engine. Without rules nothing of it is even imported."""
    settings = local(settings)
    if not settings:
        return lambda model: (NO_RULES, NO_RULES)
    engine = compiled(settings, data)
    keyed, known = digest(settings, data), Known(token_bytes(32))
    rules = [(each.scope.models, rule(number, each, keyed)) for number, each in enumerate(settings)]

    def of(model: str | None) -> tuple[Rules, Rules]:
        own = [each for models, each in rules if model is None or not models or model in models]
        return Rules(own, engine, "request", known), Rules(own, engine, "response")

    return of


def local(settings: Sequence[RuleSettings]) -> Sequence[RuleSettings]:
    """Those whose guard decides here, without asking anybody."""
    return [each for each in settings if not isinstance(each.guard, RemoteGuardConfig)]


_ANSWERS = frozenset(("response", "tool_arguments"))
_last: dict[bytes, Engine] = {}
"""The engine in force, by its rules: workers have it from their parent, and a reload that changes no rule keeps it."""


def compiled(settings: Sequence[RuleSettings], data: Path) -> Engine:
    """All of these guards in one engine. The first time it takes seconds; from then on, what is kept in the data folder."""
    guards = [each.guard for each in settings]
    streams = any(_ANSWERS.intersection(each.places) for each in settings)
    key = msgspec.json.encode((guards, streams))
    if key not in _last:
        from lockgate.patterns.following import Following  # noqa: PLC0415  only where there are rules

        engine = Following([guard.build() for guard in guards], data / FOLDER, streams=streams)
        _last.clear()
        _last[key] = engine
    return _last[key]


def rule(number: int, settings: RuleSettings, keyed: Digest) -> Rule:
    return Rule(
        settings.name,
        number,
        settings.action,
        frozenset(settings.places),
        settings.mode,
        Scope(frozenset(settings.scope.teams), frozenset(settings.scope.keys)),
        replace(settings.mask, keyed),
        settings.forward,
        settings.style,
    )


def digest(settings: Sequence[RuleSettings], data: Path) -> Digest:
    """Keyed with the pepper of the installation, which is only made where a rule needs one."""
    if all(each.mask in ("placeholder", "partial") for each in settings):
        return lambda text: ""
    return pepper(data).digest
