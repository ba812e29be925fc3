"""`models.NAME.targets`: providers they name, zones and conditions of `when`, and shares that leave nobody."""

from collections.abc import Iterator

from lockgate.app.checks.names import known
from lockgate.app.conditions import condition
from lockgate.app.mistake import Path, Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.settings.when import WhenSettings
from lockgate.app.zone import zone


def mistakes(parts: Parts) -> Iterator[Wrong]:
    for name, model in parts.models.items():
        for number, target in enumerate(model.targets):
            path = ("models", name, "targets", number)
            yield from known((*path, "provider"), target.provider, parts.names["providers"])
            if target.when is not None:
                yield from _when((*path, "when"), target.when)
        if not any(target.weight for target in model.targets):
            yield Wrong(("models", name, "targets", 0, "weight"), "0 at every target", "1 or more at one of them")


def _when(path: Path, settings: WhenSettings) -> Iterator[Wrong]:
    for number, hours in enumerate(settings.times or ()):
        try:
            zone(hours.zone)
        except ValueError:
            at = (*path, "times", number, "zone")
            yield Wrong(at, f"{quoted(hours.zone)}, which this machine does not know", "a zone like Europe/Berlin")
    if settings.condition is not None:
        try:
            condition(settings.condition)
        except ValueError as error:
            yield Wrong((*path, "condition"), quoted(settings.condition), str(error))
