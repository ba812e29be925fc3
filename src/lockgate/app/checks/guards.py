"""`rules`: settings that each guard takes."""

from collections.abc import Iterator

from lockgate.app.in_words import UNKNOWN, choice
from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.core.guard import GuardConfig


def mistakes(parts: Parts) -> Iterator[Wrong]:
    for number, rule in parts.rules.items():
        path = ("rules", number, "guard")
        if type(rule.guard) is GuardConfig:
            yield Wrong((*path, "kind"), f"{quoted('GuardConfig')}, {UNKNOWN}", choice(()))
            continue
        try:
            rule.guard.build()
        except ValueError as error:
            yield Wrong(path, "settings that the guard refuses", str(error) or "other settings")
