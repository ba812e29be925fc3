"""The dialects of chats, which most of what a dialect can do is about."""

from lockgate.core.dialect import Dialect
from lockgate.core.registry import tables

CHATS = {name: each for name, each in tables("lockgate.dialects", Dialect).items() if each.vectors is None}
UNSAID = {"ollama_generate": frozenset(("arguments",)), "openai_completions": frozenset(("arguments", "thinking"))}
"""Those in which one prompt is completed, and what their answers have no place for."""
PROMPTS = frozenset(UNSAID)
