"""The numbers in Prometheus' text format, by its own client library."""

from collections.abc import Iterator, Mapping

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from lockgate.core.view import STATES
from lockgate.sinks.metrics.counts import SECONDS, Counts, Histogram, Labels

_EJECTED = ("upstream", "reason")
TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class _Numbers(Collector):
    def __init__(self, counts: Counts, workers: int) -> None:
        self._counts = counts
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        yield from _requests(self._counts)
        yield from _upstreams(self._counts)
        yield from _gateway(self._counts)
        yield from _load(self._counts)
        yield GaugeMetricFamily("lockgate_workers", "Worker processes that report", self._workers)


def _requests(c: Counts) -> Iterator[Metric]:
    yield _counter("lockgate_requests", "Requests that ended", ("route", "team", "end", "code", "status"), c.requests)
    yield _counter("lockgate_tokens", "Tokens as upstreams counted them", ("route", "team", "kind"), c.tokens)
    yield _counter("lockgate_findings", "What rules found", ("rule", "action"), c.findings)
    yield _counter("lockgate_limit_hits", "Requests that met a limit", ("limit", "action"), c.limits)
    yield _counter("lockgate_cache", "Requests to models whose answers are kept", ("route", "outcome"), c.cache)
    yield _counter("lockgate_cache_saved_usd", "What answers from memory would have cost", ("route",), c.saved)
    likened = "Looks for a question that means the same"
    yield _counter("lockgate_cache_similar", likened, ("route", "outcome"), c.similar)
    yield _gauge("lockgate_budget_used_ratio", "What is used of a budget", ("budget",), c.budgets)
    yield _histogram("lockgate_gateway_seconds", "The gateway's own time per request", c.own_seconds)
    yield _histogram("lockgate_first_byte_seconds", "From request to first byte of the answer", c.first_byte_seconds)


def _upstreams(c: Counts) -> Iterator[Metric]:
    yield _counter("lockgate_upstream_attempts", "Tries at upstreams", ("upstream", "outcome"), c.attempts)
    yield _counter("lockgate_upstream_ejections", "Times that an upstream was left out", _EJECTED, c.ejections)
    yield _states(c.upstream_states)
    yield _gauge("lockgate_upstream_busy", "Attempts that run at an upstream", ("upstream",), c.upstream_busy)


def _gateway(c: Counts) -> Iterator[Metric]:
    yield _counter("lockgate_alerts", "Alerts for the webhook", ("outcome",), c.alerts)
    yield _counter("lockgate_reloads", "Readings of the configuration by workers", ("outcome",), c.reloads)
    ends = "When a certificate ends, since 1970"
    yield _gauge("lockgate_certificate_expires_seconds", ends, ("certificate",), c.certificates)
    dropped = CounterMetricFamily("lockgate_audit_dropped", "Audit lines that a sink never got")
    dropped.add_metric((), c.audit_dropped)
    yield dropped
    for name, text, value in (
        ("lockgate_reservations_open", "Requests that hold something of a limit", c.reservations_open),
        ("lockgate_limits_alone", "Workers whose store of limits is away", c.limits_alone),
        ("lockgate_requests_open", "Requests at an upstream now", c.requests_open),
        ("lockgate_streams_open", "Streams open now", c.streams_open),
        ("lockgate_audit_backlog", "Audit records not written yet", c.audit_backlog),
        ("lockgate_audit_unavailable", "Workers whose records nobody takes", c.audit_unavailable),
        ("lockgate_price_list_problems", "Workers whose price list could not be read", c.price_problems),
    ):
        yield GaugeMetricFamily(name, text, value)


def _load(c: Counts) -> Iterator[Metric]:
    yield _counter("lockgate_shed", "Requests refused because there was too much to do", ("class", "reason"), c.shed)
    stalls = CounterMetricFamily("lockgate_stalls", "Times that a worker stood still for over a second")
    stalls.add_metric((), c.stalls)
    yield stalls
    for name, text, value in (
        ("lockgate_at_work", "Requests that the gateway itself is busy with", c.at_work),
        ("lockgate_at_work_limit", "How many may be, as learned", c.at_work_limit),
        ("lockgate_waiting", "Requests that wait for a place", c.waiting),
        ("lockgate_lag_seconds", "The longest wait for a worker's loop of late", c.lag_seconds),
        ("lockgate_memory_used_ratio", "The part of the memory that is used", c.memory_used),
    ):
        yield GaugeMetricFamily(name, text, value)


def expose(counts: Counts, workers: int) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Numbers(counts, workers))
    return generate_latest(registry)


def _counter(name: str, text: str, labels: Labels, values: Mapping[Labels, float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _gauge(name: str, text: str, labels: Labels, values: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _states(values: Mapping[Labels, int]) -> Metric:
    """One series for each state, as Prometheus has it for states."""
    family = GaugeMetricFamily("lockgate_upstream_state", "How an upstream stands", labels=("upstream", "state"))
    for (upstream,), at in values.items():
        for number, word in enumerate(STATES):
            family.add_metric((upstream, word), int(number == at))
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
