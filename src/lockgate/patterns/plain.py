"""The engine's plain twin: one guard on one text, by Python's own expressions. For tests, and to be compared with."""

import re
from collections.abc import Sequence

from lockgate.core.guard import Finding, Guard, Hit, Pattern


def find(guard: Guard, text: str) -> Sequence[Finding]:
    hits = [hit for number, pattern in enumerate(guard.patterns) for hit in _hits(number, pattern, text)]
    return guard.confirm(text, hits)


def _hits(number: int, pattern: Pattern, text: str) -> list[Hit]:
    """Every place where it begins, also inside of another match."""
    flags = (re.IGNORECASE if pattern.caseless else 0) | (re.ASCII if pattern.expression.isascii() else 0)
    at = re.compile(pattern.expression, flags).match
    found = (at(text, start) for start in range(len(text)))
    return [Hit(number, match.start() if pattern.spans else -1, match.end()) for match in found if match]
