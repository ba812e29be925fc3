"""The dialects of chats, which most of what a dialect can do is about."""

from lockgate.core.dialect import Dialect
from lockgate.core.registry import tables

CHATS = {name: each for name, each in tables("lockgate.dialects", Dialect).items() if each.vectors is None}
