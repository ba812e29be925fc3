"""Where tests keep compiled automata: compiling all patterns takes seconds, and they are the same in every run."""

from pathlib import Path

CACHE = Path(__file__).parents[1] / ".pytest_cache" / "automata"
