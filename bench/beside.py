"""Two gateways in turn: one with something that the other one is without, and what is left of its throughput."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from bench import gateway, new_texts, process, wrk
from bench.limited import IN_THE_FILE, RULES
from bench.measures import Bench, Place
from bench.table import Row

LEAST = 12
"""Seconds of each: a single one may fall into a moment in which the machine does something else."""


def limits(bench: Bench) -> list[Row]:
    """Whole answers with three limits and a budget, beside the same gateway without."""
    title = "1.1 KB with three limits and a budget, 32 connections"
    return _beside(bench, "limits", title, least=8_500, share=0.75, limits=IN_THE_FILE)


def guarded(bench: Bench) -> list[Row]:
    """Whole answers with personal data, secrets and injection looked for both ways, beside the same gateway without rules."""
    title = "1.1 KB with three guards both ways, 32 connections"
    rows = _beside(bench, "guarded", title, share=0.6, rules=RULES)
    new = list(new_texts.chats(gateway.SAME, 1100, new_texts.COUNT))
    return rows + _beside(bench, "guarded-new", "  the same, texts that are all new", rules=RULES, sent=new)


def _beside(
    bench: Bench,
    kind: str,
    title: str,
    *,
    least: float | None = None,
    share: float | None = None,
    limits: str = "",
    rules: str = "",
    sent: Sequence[bytes] = (),
) -> list[Row]:
    """The two take turns, a second each: what else the machine does hits both. Shares are of neighbouring seconds, their median."""
    if not bench.tool or not bench.upstream or not bench.tested:
        return [Row(title, "", note="needs wrk, nginx and the gateway")]
    found: dict[str, list[wrk.Result]] = {"without": [], "with": []}
    slices = max(LEAST, round(bench.extent.rounds * bench.extent.seconds))
    short = replace(bench, extent=replace(bench.extent, seconds=1))
    try:
        with gateway.running(bench.command, bench.home, bench.ports, kind, limits=limits, rules=rules) as other:
            gateway.working(other, gateway.SAME)
            for turn in range(slices):
                own = sent[turn::slices]  # what was sent in another second is known by now
                pair = [("without", bench.tested), ("with", other)]
                for name, tested in reversed(pair) if turn % 2 else pair:
                    bench.say(f"{kind}, second {turn + 1} of {slices}: {name}")
                    place = Place(tested.pid, tested.port)
                    found[name].append(replace(short, tested=tested).load(place, gateway.SAME, 1100, 32, own))
    except process.Failed as error:
        return [Row(title, "", note=f"failed: {error}")]
    plain, mine = wrk.median(found["without"]), wrk.median(found["with"])
    both = list(zip(found["without"], found["with"], strict=True))
    rates = median(two.rate / one.rate if one.rate else 0.0 for one, two in both)
    times = median(one.cpu / two.cpu if two.cpu else 0.0 for one, two in both)
    note = f"without: {plain.rate:,.0f}/s, {plain.cpu:.0f} µs of processor each; with: {mine.cpu:.0f}; {mine.failed} failed"
    return [
        Row(title, "requests/s", None, mine.rate, least=least, note=note),
        Row(
            "  of the requests/s without them", "parts", None, rates, least=share, note=f"by processor time {times:.2f}"
        ),
    ]


MEASURES: dict[str, Callable[[Bench], list[Row]]] = {"limits": limits, "guarded": guarded}
