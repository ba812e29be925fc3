"""Counts what the records say, in plain numbers, cheap enough for every request."""

from lockgate.sinks.metrics.counts import Counts, merge
from lockgate.sinks.metrics.sink import Metrics

plugin = None
"""Always on: no setting names it."""

__all__ = ["Counts", "Metrics", "merge"]
