"""Where a long text is cut into slices."""

from collections.abc import Iterator

SLICE = 2048
"""Characters at a time: some milliseconds where every word is new."""


def slices(text: str) -> Iterator[str]:
    """Cut behind blanks, for no token has one in it or depends on what is behind one. Where there is none, there is no cut."""
    start, size = 0, len(text)
    while size - start > SLICE:
        end = text.rfind(" ", start, start + SLICE) + 1 or text.find(" ", start + SLICE) + 1 or size
        yield text[start:end]
        start = end
    yield text[start:]
