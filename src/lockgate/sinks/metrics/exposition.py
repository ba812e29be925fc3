"""The numbers in Prometheus' text format, by its own client library."""

from collections.abc import Iterator, Mapping

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from lockgate.sinks.metrics.counts import SECONDS, Counts, Histogram, Labels

TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class _Numbers(Collector):
    def __init__(self, counts: Counts, workers: int) -> None:
        self._counts = counts
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        c = self._counts
        yield _counter(
            "lockgate_requests", "Requests that ended", ("route", "team", "end", "code", "status"), c.requests
        )
        yield _counter("lockgate_upstream_attempts", "Tries at upstreams", ("upstream", "outcome"), c.attempts)
        yield _counter("lockgate_tokens", "Tokens as upstreams counted them", ("route", "team", "kind"), c.tokens)
        yield _counter("lockgate_findings", "What rules found", ("rule", "action"), c.findings)
        yield _counter("lockgate_alerts", "Alerts for the webhook", ("outcome",), c.alerts)
        yield _counter("lockgate_limit_hits", "Requests that met a limit", ("limit", "action"), c.limits)
        yield _counter("lockgate_cache", "Requests to models whose answers are kept", ("route", "outcome"), c.cache)
        yield _counter("lockgate_cache_saved_usd", "What answers from memory would have cost", ("route",), c.saved)
        yield _budgets(c.budgets)
        yield GaugeMetricFamily(
            "lockgate_reservations_open", "Requests that hold something of a limit", c.reservations_open
        )
        yield GaugeMetricFamily("lockgate_limits_alone", "Workers whose store of limits is away", c.limits_alone)
        yield _histogram("lockgate_gateway_seconds", "The gateway's own time per request", c.own_seconds)
        yield _histogram(
            "lockgate_first_byte_seconds", "From request to first byte of the answer", c.first_byte_seconds
        )
        yield GaugeMetricFamily("lockgate_requests_open", "Requests at an upstream now", c.requests_open)
        yield GaugeMetricFamily("lockgate_streams_open", "Streams open now", c.streams_open)
        yield GaugeMetricFamily("lockgate_audit_backlog", "Audit records not written yet", c.audit_backlog)
        yield GaugeMetricFamily("lockgate_audit_unavailable", "Workers whose records nobody takes", c.audit_unavailable)
        dropped = CounterMetricFamily("lockgate_audit_dropped", "Audit lines that a sink never got")
        dropped.add_metric((), c.audit_dropped)
        yield dropped
        yield GaugeMetricFamily(
            "lockgate_price_list_problems", "Workers whose price list could not be read", c.price_problems
        )
        yield GaugeMetricFamily("lockgate_workers", "Worker processes that report", self._workers)


def expose(counts: Counts, workers: int) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Numbers(counts, workers))
    return generate_latest(registry)


def _counter(name: str, text: str, labels: Labels, values: Mapping[Labels, float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _budgets(values: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily("lockgate_budget_used_ratio", "What is used of a budget", labels=("budget",))
    for key, share in values.items():
        family.add_metric(key, share)
    return family


def _histogram(name: str, text: str, values: Mapping[Labels, Histogram]) -> Metric:
    family = HistogramMetricFamily(name, text, labels=("route",))
    for key, histogram in values.items():
        total, buckets = 0, []
        for bound, number in zip((*map(str, SECONDS), "+Inf"), histogram.buckets, strict=True):
            total += number
            buckets.append((bound, float(total)))
        family.add_metric(key, buckets, histogram.total)
    return family
