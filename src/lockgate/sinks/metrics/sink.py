"""The sink that counts. Label values come from the configuration, never from a client, and their number is bounded."""

from bisect import bisect_left

from msgspec import UNSET

from lockgate.core.answer import Usage
from lockgate.core.sink import Record
from lockgate.sinks.metrics.counts import SECONDS, Counts, Histogram, Labels

SERIES = 2_000
"""At most so many label sets per metric; what comes after is counted under `other`."""


CLASSES = tuple([f"{digit}xx" for digit in range(6)])


class Metrics:
    """Never full, never fails."""

    full = False

    def __init__(self) -> None:
        self.counts = Counts()

    def put(self, record: Record) -> None:
        counts = self.counts
        if record.kind == "intent":
            counts.requests_open += 1
            counts.streams_open += record.stream
            return
        if record.admitted:
            counts.requests_open -= 1
            counts.streams_open -= record.stream
        route, team = record.model or "none", record.team or "none"
        status = CLASSES[record.status // 100] if 0 <= record.status < 600 else f"{record.status // 100}xx"
        _count(counts.requests, (route, team, record.end or "complete", record.code or "ok", status))
        for attempt in record.attempts:
            _count(counts.attempts, (attempt.upstream, attempt.error or str(attempt.status)))
        for finding in record.findings:
            _count(counts.findings, (finding.rule, finding.action))
        for hit in record.limits:
            _count(counts.limits, (hit.limit, hit.action))
        if record.cache is not UNSET:
            _recalled(counts, route, record)
        _observe(counts.own_seconds, (route,), record.gateway_ms / 1e3)
        if record.first_byte_ms is not None and record.admitted:
            _observe(counts.first_byte_seconds, (route,), record.first_byte_ms / 1e3)
        if usage := record.usage:
            _used(counts.tokens, route, team, usage)


def _recalled(counts: Counts, route: str, record: Record) -> None:
    if record.cache is not UNSET:
        _count(counts.cache, (route, record.cache))
    if record.saved_usd is not UNSET:
        counts.saved[(route,)] = counts.saved.get((route,), 0.0) + float(record.saved_usd)
    if record.similar is not UNSET:
        _count(counts.similar, (route, record.similar))


def _used(tokens: dict[Labels, int], route: str, team: str, usage: Usage) -> None:
    if usage.input:
        _count(tokens, (route, team, "input"), usage.input)
    if usage.output:
        _count(tokens, (route, team, "output"), usage.output)
    if usage.cached:
        _count(tokens, (route, team, "cached"), usage.cached)
    if usage.written:
        _count(tokens, (route, team, "written"), usage.written)
    if usage.reasoning:
        _count(tokens, (route, team, "reasoning"), usage.reasoning)


def _count(counter: dict[Labels, int], labels: Labels, by: int = 1) -> None:
    try:
        counter[labels] += by
    except KeyError:
        if len(counter) >= SERIES:
            labels = ("other",) * len(labels)
        counter[labels] = counter.get(labels, 0) + by


def _observe(histograms: dict[Labels, Histogram], labels: Labels, seconds: float) -> None:
    histogram = histograms.get(labels)
    if histogram is None:
        if len(histograms) >= SERIES:
            labels = ("other",) * len(labels)
        histogram = histograms.setdefault(labels, Histogram([0] * (len(SECONDS) + 1)))
    histogram.buckets[bisect_left(SECONDS, seconds)] += 1
    histogram.total += seconds
