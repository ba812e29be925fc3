"""`prices`: names of models that targets ask for."""

from collections.abc import Iterator

from lockgate.app.in_words import choice
from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts


def mistakes(parts: Parts) -> Iterator[Wrong]:
    """A price that no target has would leave the model that was meant without one."""
    asked = {
        (target.provider, target.model or name) for name, model in parts.models.items() for target in model.targets
    }
    known = {name for provider, model in asked for name in (f"{provider}/{model}", model, f"{provider}/*")}
    if len(parts.models) < len(parts.names["models"]):
        return  # a model that cannot be read may be the one that is meant
    for name in sorted(parts.names["prices"]):
        if name not in known:
            advice = f"MODEL, PROVIDER/MODEL or PROVIDER/* of a target; {choice(sorted(known), name)}"
            yield Wrong(("prices", name), f"{quoted(name)}, which no target asks for", advice)
