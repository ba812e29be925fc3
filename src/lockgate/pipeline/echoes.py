"""What an answer says of its own text: that again, token by token, and where in it something stands. It is not true any more when
the text was changed.

A text in the frames of a stream is known in parts only, so places are not moved: they are nowhere, an empty range at the beginning,
which every client takes for a number. The address and the title of a citation stay.
"""

from typing import Any

_SAID_AGAIN = frozenset(("logprobs", "logprobsResult", "logprobs_result"))
_PLACED = frozenset(("url_citation", "file_citation", "segment", "citationSources", "citation_sources", "citations"))
"""Fields whose objects say where: of OpenAI's annotations, of Google's grounding and citations."""
_PLACES = frozenset(("start_index", "end_index", "startIndex", "endIndex"))
ARGUMENTS = ("arguments", "input", "args")
"""What dialects call the arguments of a call: whatever is in them says nothing of the text. The call's name stands beside them."""
_MARKS = (b'rt_index"', b'rtIndex"', b'nd_index"', b'ndIndex"')


def has_places(frame: bytes) -> bool:
    """Whether a frame may have some: a quick look."""
    return any(mark in frame for mark in _MARKS)


def without_echoes(node: Any, *, placed: bool = False) -> Any:
    if isinstance(node, dict):
        return {key: _field(key, value, placed=placed) for key, value in node.items()}
    return [without_echoes(item, placed=placed) for item in node] if isinstance(node, list) else node


def _field(key: str, value: Any, *, placed: bool) -> Any:
    if key in _SAID_AGAIN:
        return None
    if key in ARGUMENTS:
        return value
    if placed and key in _PLACES and isinstance(value, int):
        return 0
    return without_echoes(value, placed=key in _PLACED)
