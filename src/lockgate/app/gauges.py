"""What the parts of a worker say of themselves, beside what requests count."""

from lockgate.app.alerts import Alerts
from lockgate.app.limit_keeper import LimitKeeper
from lockgate.app.prices import Prices
from lockgate.app.pulse import Pulse
from lockgate.audit.log import AuditLog
from lockgate.health import Table
from lockgate.pipeline.gate import Gate
from lockgate.sinks.metrics import Counts


def gauged(counts: Counts, audit: AuditLog, alerts: Alerts, limits: LimitKeeper, prices: Prices) -> Counts:
    """The same counts, with the gauges as they stand now."""
    counts.audit_backlog = audit.backlog
    counts.audit_unavailable = int(not audit.available)
    counts.audit_dropped = audit.dropped
    counts.alerts = {("told",): alerts.told, ("dropped",): alerts.dropped}
    counts.reservations_open, counts.limits_alone = limits.tally.open, int(limits.down)
    counts.budgets = {(label,): share for label, share in limits.tally.used.items()}
    counts.price_problems = int(bool(prices.problem))
    return counts


def upstreams(counts: Counts, health: Table) -> Counts:
    """The same counts, with the upstreams as they stand now."""
    shown = health.shown()
    counts.upstream_states = {(each.label,): each.grade for each in shown}
    counts.upstream_busy = {(each.label,): each.state.busy for each in shown}
    counts.ejections = dict(health.ejections)
    return counts


def load(counts: Counts, gate: Gate, pulse: Pulse) -> Counts:
    """The same counts, with what this process has to do now."""
    counts.shed = dict(gate.refusals)
    counts.at_work, counts.at_work_limit, counts.waiting = gate.inside, gate.limit if gate.limited else 0, gate.waiting
    counts.lag_seconds, counts.stalls = pulse.lag, pulse.stalls
    counts.memory_used = pulse.memory
    return counts
