"""A body that must be refused, without a word of what it holds."""

import pytest

from lockgate.core.body import head
from lockgate.core.problem import Kind, Problem

SECRET = b"bluebird"


def refused(raw: bytes) -> str:
    with pytest.raises(Problem) as caught:
        head(raw)
    assert caught.value.kind is Kind.INVALID
    assert caught.value.__cause__ is None
    assert SECRET.decode() not in caught.value.detail
    return caught.value.detail
