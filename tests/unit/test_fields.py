"""Headers that are found by name at once are the same headers, and so are paths that are."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.app.build import catalogue
from lockgate.core.dialect import Dialect
from lockgate.core.http import Fields, header
from lockgate.core.registry import tables

NAMES = st.sampled_from((b"a", b"b", b"c"))


@given(st.lists(st.tuples(NAMES, st.binary(max_size=2))).map(tuple), NAMES)
def test_a_header_has_its_first_value_either_way(headers: tuple[tuple[bytes, bytes], ...], name: bytes) -> None:
    assert header(Fields(headers), name) == header(headers, name)
    assert tuple(Fields(headers)) == headers


KNOWN = catalogue()
ENDPOINTS = [each for dialect in tables("lockgate.dialects", Dialect).values() for each in dialect.endpoints]
PATHS = sorted({each.path for each in ENDPOINTS if isinstance(each.path, str)} | {"/v1/none"})
HEADERS = ((), ((b"anthropic-version", b"2023-06-01"),))


@pytest.mark.parametrize("path", PATHS)
def test_a_plain_path_is_matched_as_any_other(path: str) -> None:
    for method, headers in itertools.product(("GET", "POST", "DELETE"), HEADERS):
        found = KNOWN.match(method, path, "", headers)
        looked_for = KNOWN.match(method, path, "a=b", headers)

        assert (found.dialect, found.endpoint) == (looked_for.dialect, looked_for.endpoint)
        assert found.target.names == looked_for.target.names
        assert (found.problem is None) == (looked_for.problem is None)
