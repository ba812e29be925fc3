"""Numbers as they travel from workers to the process that shows them: counters and histograms by their labels."""

from collections.abc import Iterable

from msgspec import Struct

Labels = tuple[str, ...]

SECONDS = (
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
)
"""Upper bounds of the histograms' buckets."""


class Histogram(Struct):
    """How many fell in each bucket (the last one is for all beyond), and their sum in seconds."""

    buckets: list[int]
    total: float = 0.0


class Counts(Struct):
    """One process's numbers since it started. Keys are a metric's label values, in the order of its label names."""

    requests: dict[Labels, int] = {}
    attempts: dict[Labels, int] = {}
    tokens: dict[Labels, int] = {}
    findings: dict[Labels, int] = {}
    alerts: dict[Labels, int] = {}
    limits: dict[Labels, int] = {}
    reloads: dict[Labels, int] = {}
    cache: dict[Labels, int] = {}
    saved: dict[Labels, float] = {}
    similar: dict[Labels, int] = {}
    budgets: dict[Labels, float] = {}
    certificates: dict[Labels, float] = {}
    ejections: dict[Labels, int] = {}
    shed: dict[Labels, int] = {}
    upstream_busy: dict[Labels, int] = {}
    upstream_states: dict[Labels, int] = {}
    """Places in `core.view.STATES`."""
    own_seconds: dict[Labels, Histogram] = {}
    first_byte_seconds: dict[Labels, Histogram] = {}
    streams_open: int = 0
    requests_open: int = 0
    audit_backlog: int = 0
    reservations_open: int = 0
    limits_alone: int = 0
    audit_unavailable: int = 0
    audit_dropped: int = 0
    price_problems: int = 0
    at_work: int = 0
    at_work_limit: int = 0
    waiting: int = 0
    stalls: int = 0
    lag_seconds: float = 0.0
    memory_used: float = 0.0


_SUMS = tuple([name for name in Counts.__struct_fields__ if isinstance(getattr(Counts(), name), int)])
"""What every process counts for itself, without labels."""


def merge(all_counts: Iterable[Counts]) -> Counts:
    """The sum over processes."""
    whole = Counts()
    for counts in all_counts:
        for name in (
            "requests",
            "attempts",
            "tokens",
            "findings",
            "alerts",
            "limits",
            "reloads",
            "ejections",
            "shed",
            "upstream_busy",
            "cache",
            "saved",
            "similar",
        ):
            into: dict[Labels, float] = getattr(whole, name)
            for labels, value in getattr(counts, name).items():
                into[labels] = into.get(labels, 0) + value
        for name in ("own_seconds", "first_byte_seconds"):
            _add(getattr(whole, name), getattr(counts, name))
        for budget, share in counts.budgets.items():
            whole.budgets[budget] = max(share, whole.budgets.get(budget, 0.0))  # one count, seen by several
        for upstream, state in counts.upstream_states.items():
            whole.upstream_states[upstream] = max(state, whole.upstream_states.get(upstream, 0))
        for name in _SUMS:
            setattr(whole, name, getattr(whole, name) + getattr(counts, name))
        whole.lag_seconds = max(whole.lag_seconds, counts.lag_seconds)
        whole.memory_used = max(whole.memory_used, counts.memory_used)
    return whole


def _add(into: dict[Labels, Histogram], more: dict[Labels, Histogram]) -> None:
    for labels, histogram in more.items():
        before = into.get(labels) or Histogram([0] * len(histogram.buckets))
        pairs = zip(before.buckets, histogram.buckets, strict=True)
        into[labels] = Histogram([a + b for a, b in pairs], before.total + histogram.total)
