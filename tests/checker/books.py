"""What was written down: I2 to I6, I12, and that no request is without an outcome."""

from collections.abc import Iterator
from datetime import datetime

from tests.checker.histories import Histories, Line

ROUNDED = 0.001
"""The log writes times in milliseconds."""


def intents(run: Histories) -> Iterator[str]:
    """I2: what reached the upstream was written down before."""
    written = run.lines("intent")
    for entry in run.upstream:
        lines = written.get(entry["request_id"])
        if not lines:
            yield f"{entry['request_id']} reached the upstream without an intent"
        elif min(_time(line) for line in lines) > entry["at"] + ROUNDED:
            yield f"{entry['request_id']} reached the upstream before its intent was written"


def outcomes(run: Histories) -> Iterator[str]:
    """Every intent and every request of a client has one outcome, and no more."""
    ended = run.lines("outcome")
    for request_id in {*run.lines("intent"), *(asked.id for asked in run.clients if not asked.left)}:
        if request_id not in ended:
            yield f"{request_id} has no outcome"
    for request_id, lines in ended.items():
        if len(lines) > 1:
            yield f"{request_id} has {len(lines)} outcomes"


def ledger(run: Histories) -> Iterator[str]:
    """I3: what finished is counted as the upstream counted it; what is not is flagged as an estimate; none is missing.

    What the store of budgets has is the sum of what the records say.
    """
    reached = run.reached()
    for request_id, lines in run.lines("outcome").items():
        entries = reached.get(request_id, [])
        for line in lines:
            if entries and not line["estimated"] and line["end"] in ("complete", "client_gone"):
                yield from _counted(request_id, line, entries)
    for team, budget in run.budgets.items():
        rows = [line for line in run.audit if line["kind"] == "outcome" and line["team"] == team]
        said = sum(charge[2] for line in rows for charge in line["charges"])
        if said != budget.used:
            yield f"the records of {team} say {said}, and the store {budget.used}"
        if budget.held:
            yield f"{team} still holds {budget.held}"


def _counted(request_id: str, line: Line, entries: list[Line]) -> Iterator[str]:
    used = line["usage"] or {}
    said = (used.get("input", 0), used.get("output", 0))
    truth = {(entry["input"], entry["output"]) for entry in entries if entry["status"] == 200}
    if said not in truth:
        yield f"{request_id} is counted as {said}, and the upstream says {sorted(truth)}"


def budgets(run: Histories) -> Iterator[str]:
    """I4: no budget is exceeded."""
    for team, budget in run.budgets.items():
        if budget.used > budget.most:
            yield f"{team} used {budget.used} of {budget.most}"


def rates(run: Histories) -> Iterator[str]:
    """I5: in no window are more let through than the limit says, and two of a hundred and one for each worker."""
    for team, rate in run.rates.items():
        times = sorted(_time(line) for line in run.audit if line["kind"] == "intent" and line["team"] == team)
        most = int(rate.most * 1.02) + rate.workers
        for first, last in zip(times, times[most:], strict=False):
            if last - first < rate.seconds:
                yield f"{team} had {most + 1} requests in {last - first:.2f} s"


def chain(run: Histories) -> Iterator[str]:
    """I6: the log is whole."""
    if run.verified:
        yield run.verified


def refusals(run: Histories) -> Iterator[str]:
    """I12: every refusal has a code that is documented, and is in the log with the status that the client got."""
    ended = run.lines("outcome")
    for asked in run.clients:
        if asked.left or asked.status < 400:
            continue
        for line in ended.get(asked.id, [])[:1]:
            if line["code"] not in run.codes:
                yield f"{asked.id} was refused with {line['code']!r}, which no document names"
            if line["status"] != asked.status:
                yield f"{asked.id} got {asked.status}, and the log says {line['status']}"
        if asked.id not in ended:
            yield f"{asked.id} was refused, and the log does not know it"


def _time(line: Line) -> float:
    return datetime.fromisoformat(line["ts"]).timestamp()
