"""Which generation a model is of: the third one wants what the earlier ones do not know."""

import re

_EARLIER = re.compile(r"(?:models/)?(?:gemini-(?:1|2)[.-]|gemini-pro|gemma|learnlm)")


def is_modern(model: str) -> bool:
    """Gemini 3 and later. A name that says nothing (an alias, a tuned model) counts as modern."""
    return _EARLIER.match(model) is None
