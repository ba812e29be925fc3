"""`rules`: settings that each guard takes, and the teams and models that a rule is for."""

from collections.abc import Iterator

from lockgate.app.checks.names import known
from lockgate.app.in_words import UNKNOWN, choice
from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.settings import RuleSettings
from lockgate.core.guard import GuardConfig


def mistakes(parts: Parts) -> Iterator[Wrong]:
    for number, rule in parts.rules.items():
        yield from _guard(number, rule)
        for section in ("teams", "models"):
            for place, name in enumerate(getattr(rule.scope, section)):
                yield from known(("rules", number, "scope", section, place), name, parts.names[section])


def _guard(number: int, rule: RuleSettings) -> Iterator[Wrong]:
    path = ("rules", number, "guard")
    if type(rule.guard) is GuardConfig:
        yield Wrong((*path, "kind"), f"{quoted('GuardConfig')}, {UNKNOWN}", choice(()))
        return
    try:
        rule.guard.build()
    except ValueError as error:
        yield Wrong(path, "settings that the guard refuses", str(error) or "other settings")
