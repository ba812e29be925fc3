"""Conditions in CEL, the Common Expression Language, with the library of the extra `lockgate[cel]`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

from lockgate.pipeline.conditions import NOBODY

MISSING = "the extra `lockgate[cel]`, which is not installed"


@lru_cache(maxsize=1024)
def condition(source: str) -> Callable[[Mapping[str, object]], bool]:
    """True, or not. `ValueError` for what is no expression, names something that does not exist, or has no library."""
    try:
        cel = import_module("celpy")
    except ImportError as error:
        raise ValueError(MISSING) from error
    environment = cel.Environment()
    try:
        program = environment.program(environment.compile(source))
    except cel.CELParseError as error:
        raise ValueError("a CEL expression") from error

    def met(facts: Mapping[str, object]) -> bool:
        answer = program.evaluate(_activation(cel, facts))
        if not isinstance(answer, cel.celtypes.BoolType):
            raise TypeError("a condition is true or false")
        return bool(answer)

    _tried(cel, program)
    return met


def _tried(cel: Any, program: Any) -> None:
    """On nobody at all: a name that is not there is a mistake, a key that nobody has is none."""
    try:
        program.evaluate(_activation(cel, NOBODY))
    except cel.CELEvalError as error:
        if "undeclared" in str(error):
            raise ValueError("an expression over `request`, `caller` and `now`") from error


def _activation(cel: Any, facts: Mapping[str, object]) -> dict[str, Any]:
    now = datetime.fromtimestamp(float(str(facts["now"])), UTC)
    values = {name: cel.json_to_cel(facts[name]) for name in ("request", "caller")}
    return {**values, "now": cel.celtypes.TimestampType(now)}
