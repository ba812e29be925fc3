"""`rules`: settings that each guard takes, and the teams and models that a rule is for."""

from collections.abc import Iterator

from lockgate.app.checks.names import known
from lockgate.app.in_words import UNKNOWN, choice
from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.settings import RuleSettings
from lockgate.core.guard import GuardConfig
from lockgate.core.remote_guard import RemoteGuardConfig


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
    yield from _without_verdict(number, rule)
    try:
        if isinstance(rule.guard, RemoteGuardConfig):
            rule.guard.check()
        else:
            rule.guard.build()
    except ValueError as error:
        yield Wrong(path, f"settings that the guard refuses: {error}", "others: see the guard's page")
        return
    if wanted := rule.guard.misplaced(rule.places):
        yield Wrong(("rules", number, "on"), " ".join(rule.places), wanted)


def _without_verdict(number: int, rule: RuleSettings) -> Iterator[Wrong]:
    """A guard elsewhere is away one day. Whoever writes the rule says what holds then; nobody else can know."""
    path = ("rules", number, "on_error")
    if not isinstance(rule.guard, RemoteGuardConfig):
        if rule.on_error is not None:
            yield Wrong(path, "a setting", "nothing: this guard decides here; if it fails, `block` and `mask` refuse")
        return
    if rule.on_error is None:
        why = "the guard is asked over the network, and will not always answer"
        yield Wrong(path, "nothing", f"block or allow: {why}; what then becomes of the text is for you to say")
    if rule.forward != "original":
        yield Wrong(("rules", number, "forward"), rule.forward, "original: only guards that decide here change that")
