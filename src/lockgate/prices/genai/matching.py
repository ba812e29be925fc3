"""Whether a model's name means an entry of the list: the list's own little language of clauses, as nested lists."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

_DATE = re.compile(r"-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")

_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "equals": lambda name, text: name == text,
    "starts_with": lambda name, text: name.startswith(text),
    "ends_with": lambda name, text: name.endswith(text),
    "contains": lambda name, text: text in name,
    "regex": lambda name, text: re.search(text, name) is not None,
}


def means(clause: Any, name: str) -> bool:
    """`name` is in small letters, and so are the texts of a clause; patterns are as they are."""
    kind, given = clause
    if kind == "or":
        return any(means(inner, name) for inner in given)
    if kind == "and":
        return all(means(inner, name) for inner in given)
    return _TESTS[kind](name, given)


def dashed(name: str) -> str:
    """`-20251211` as `-2025-12-11`: some write a model's date so, and the list the other way."""

    def replace(found: re.Match[str]) -> str:
        year, month, day = found.groups()
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            return found[0]
        return f"-{year}-{month}-{day}"

    return _DATE.sub(replace, name)
