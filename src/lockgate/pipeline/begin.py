"""A request begins: its id, its clock readings, its ledger."""

import re
from time import perf_counter
from typing import Protocol

from lockgate.core.http import Inbound, header
from lockgate.pipeline.ledger import Ledger

SANE = re.compile(rb"[A-Za-z0-9_-]{1,128}")
"""Ids are echoed in headers, bodies and records, so only these characters come back (dangers S38)."""
KEY = re.compile(rb"lg(admin)?-")
"""What a key of ours begins with: one that was sent in an id's place is not repeated."""


class Clock(Protocol):
    """The time of day and fresh ids: what makes a request unlike any other."""

    def wall(self) -> float:
        """Seconds since 1970."""
        ...

    def fresh_id(self) -> str: ...


def begin(inbound: Inbound, clock: Clock) -> Ledger:
    given = header(inbound.headers, b"x-request-id")
    sane = given and SANE.fullmatch(given) and not KEY.search(given)
    request_id = given.decode() if given and sane else clock.fresh_id()
    return Ledger(request_id, clock.wall(), perf_counter(), client=inbound.client)
