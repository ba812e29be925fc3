"""The parameters of a question to the admin listener. What would be passed over is a slip."""

from collections.abc import Iterable
from urllib.parse import parse_qsl


def asked(query: str, names: Iterable[str]) -> dict[str, str]:
    """`ValueError` for one that is not known, or is there twice: only one of the two could hold."""
    known, found = sorted(names), dict[str, str]()
    for name, text in parse_qsl(query, keep_blank_values=True, errors="replace"):
        if name not in known:
            raise ValueError(f"there is no parameter {name[:64]!r}; there are {', '.join(known)}")
        if name in found:
            raise ValueError(f"the parameter {name!r} is there twice")
        found[name] = text
    return found
