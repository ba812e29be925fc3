"""Texts that people read, logs and metrics, with `***` where a secret was. Not quick: for lines, not for traffic."""

import logging
import re
from collections.abc import Iterable
from typing import final

from lockgate.egress.forms import LEAST, few_forms, forms, windows
from lockgate.egress.scanner import Guarded

MARK = "***"
_KEYS = re.compile(r"(lgadmin-|lg-)[0-9A-Za-z]{24,}")


@final
class Redactor:
    """`hold` replaces what is known; it may be called while others clean."""

    def __init__(self) -> None:
        self._literals: tuple[str, ...] = ()

    def hold(self, secrets: Iterable[Guarded]) -> None:
        literals: set[bytes] = set()
        for guarded in secrets:
            if guarded.whole:
                literals.add(guarded.value)
            elif len(guarded.value) >= LEAST:
                # All of it first, so that nothing of it is left beside the mark; then the parts that would be found.
                for part in (guarded.value, *windows(guarded.value)):
                    literals |= few_forms(part) if guarded.many else forms(part)
        texts = (literal.decode("latin-1") for literal in literals)
        self._literals = tuple(sorted(texts, key=len, reverse=True))

    def clean(self, text: str) -> str:
        for literal in self._literals:
            if literal in text:
                text = text.replace(literal, MARK)
        return _KEYS.sub(rf"\1{MARK}", text) if "lg" in text else text


class Redacting(logging.Formatter):
    """Around another formatter: message, arguments and traceback are cleaned together, as they would be written."""

    def __init__(self, inner: logging.Formatter, redactor: Redactor) -> None:
        super().__init__()
        self._inner = inner
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(self._inner.format(record))
