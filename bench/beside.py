"""What limits and guards cost a running gateway: two of them take turns, one with and one without."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bench import gateway, new_texts, process, wrk
from bench.limited import IN_THE_FILE, RULES
from bench.measures import Bench, Place
from bench.table import Row


def limits(bench: Bench) -> list[Row]:
    """Whole answers with three limits and a budget, beside the same gateway without."""
    title = "1.1 KB with three limits and a budget, 32 connections"
    return _beside(bench, "limits", title, least=8_500, limits=IN_THE_FILE)


def guarded(bench: Bench) -> list[Row]:
    """Whole answers with personal data, secrets and injection looked for both ways, beside the same gateway without rules."""
    title = "1.1 KB with three guards both ways, 32 connections"
    rows = _beside(bench, "guarded", title, least=None, rules=RULES)
    new = list(new_texts.chats(gateway.SAME, 1100, new_texts.COUNT))
    return rows + _beside(bench, "guarded-new", "  the same, texts that are all new", least=None, rules=RULES, sent=new)


def _beside(
    bench: Bench,
    kind: str,
    title: str,
    *,
    least: float | None,
    limits: str = "",
    rules: str = "",
    sent: Sequence[bytes] = (),
) -> list[Row]:
    """The two take turns."""
    if not bench.tool or not bench.upstream or not bench.tested:
        return [Row(title, "", note="needs wrk, nginx and the gateway")]
    found: dict[str, list[wrk.Result]] = {"without": [], "with": []}
    try:
        with gateway.running(bench.command, bench.home, bench.ports, kind, limits=limits, rules=rules) as other:
            gateway.working(other, gateway.SAME)
            for turn in range(bench.extent.rounds):
                for name, tested in (("without", bench.tested), ("with", other)):
                    bench.say(f"{kind}, round {turn + 1}: {name}")
                    place = Place(tested.pid, tested.port)
                    found[name].append(replace(bench, tested=tested).load(place, gateway.SAME, 1100, 32, sent))
    except process.Failed as error:
        return [Row(title, "", note=f"failed: {error}")]
    plain, mine = wrk.median(found["without"]), wrk.median(found["with"])
    note = f"without: {plain.rate:,.0f}/s, {plain.cpu:.0f} µs of processor each; with: {mine.cpu:.0f}; {mine.failed} failed"
    return [Row(title, "requests/s", None, mine.rate, least=least, note=note)]


MEASURES: dict[str, Callable[[Bench], list[Row]]] = {"limits": limits, "guarded": guarded}
