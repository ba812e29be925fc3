"""`flows`: teams and models that there are, names that stand once, and rules that find what a flow is about."""

from collections.abc import Iterator

from lockgate.app.checks.names import known
from lockgate.app.mistake import Wrong
from lockgate.app.parts import Parts


def mistakes(parts: Parts) -> Iterator[Wrong]:
    rules = {rule.name for rule in parts.rules.values()}
    for number, flow in parts.flows.items():
        path = ("flows", number)
        for section in ("teams", "models"):
            for place, name in enumerate(getattr(flow.scope, section)):
                yield from known((*path, "scope", section, place), name, parts.names[section])
        if flow.name in rules:
            yield Wrong(
                (*path, "name"),
                f"'{flow.name}', which is a rule's name, too",
                "a name of its own, for records tell them apart by it",
            )
        if flow.data and not any("request" in rule.places for rule in parts.rules.values()):
            yield Wrong(
                (*path, "data"),
                "labels that no rule looks for",
                "a rule on requests that finds them, with `action: flag` if nothing else",
            )
