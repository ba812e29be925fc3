"""Texts that are there as numbers, under whatever name a server may take them."""

from typing import Any

import msgspec
import pytest

from lockgate.core.body import head
from lockgate.dialects.openai_embeddings.asked import unread

NUMBERS: list[tuple[Any, str]] = [
    ({"input": [1, 2]}, "input"),
    ({"input": ["a", [1]]}, "input.1"),
    ({"input": [["a", 1]]}, "input.0"),
    ({"input": [{"text": [1]}]}, "input.0"),
    ({"input": {"x": {"y": ["a", [1]]}}}, "input.1"),
    ({"input": "a", "content": [1.5]}, "content"),
    ({"input": "a", "messages": [{"content": "a"}, {"content": [1]}]}, "messages.1"),
    ({"input": "a", "bob@corp.example": [[1]]}, "a field.0"),
]


@pytest.mark.parametrize(("body", "where"), NUMBERS)
def test_S60_numbers_are_found_in_every_field(body: Any, where: str) -> None:
    assert unread(head(msgspec.json.encode({"model": "m", "dimensions": 5, **body}))) == where


@pytest.mark.parametrize("given", ["a", ["a", "b"], [], [["a"]], None, {"a": 5}])
def test_all_else_can_be_read(given: Any) -> None:
    assert unread(head(msgspec.json.encode({"model": "m", "input": given, "dimensions": 5, "x": {"y": 1}}))) == ""
