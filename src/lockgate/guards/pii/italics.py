"""Values in italics: `_4111 1111 1111 1111_`. A line below is a letter of a word elsewhere, so they are kinds of their own."""

import re
from collections.abc import Iterable, Iterator

from msgspec import structs

from lockgate.patterns.kinds import Kind

SURE = 0.75
_SEEK = r"(?<!\w)__{0,2}[+(]?\d\d"
_LABELS = frozenset(("phone", "credit_card", "ip_address", "us_ssn", "br_cpf", "cn_id"))
_LOOKS = re.compile(r"(?:\(\?<![^()]*\)){1,3}(.*?)\(\?!(?:[^()]|\([^()]*\))*\)")


def italic(kinds: Iterable[Kind]) -> Iterator[Kind]:
    """The surest of them, which begin with a digit: each costs a line."""
    for kind in kinds:
        looked = _LOOKS.fullmatch(kind.expression)
        if looked and kind.label in _LABELS and kind.confidence >= SURE and "(?P<value>" not in kind.expression:
            expression = rf"(?<![A-Za-z0-9_])_{{1,3}}(?P<value>{looked[1]})_{{1,3}}(?![A-Za-z0-9_])"
            yield structs.replace(kind, expression=expression, seek=_SEEK, signed=False)
