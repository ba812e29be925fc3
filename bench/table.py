"""The one table: what was measured, beside nginx as a plain proxy, with the aim it is held to."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_HEADINGS = ("measured", "nginx proxy", "Lockgate", "ratio", "aim", "")


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, of nginx and of the gateway; None where there is none. `note` says what was wrong or peculiar.

    `most` and `least` are the aim in the figure's own unit, `least_ratio` in parts of nginx's figure.
    """

    name: str
    unit: str
    nginx: float | None = None
    gateway: float | None = None
    most: float | None = None
    least: float | None = None
    least_ratio: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.gateway / self.nginx if self.nginx and self.gateway is not None else None

    @property
    def met(self) -> bool | None:
        """Whether every aim was reached; None without an aim or a figure."""
        if self.gateway is None or (self.most is None and self.least is None and self.least_ratio is None):
            return None
        return (
            (self.most is None or self.gateway <= self.most)
            and (self.least is None or self.gateway >= self.least)
            and (self.least_ratio is None or self.ratio is None or self.ratio >= self.least_ratio)
        )


def cells(row: Row) -> tuple[str, ...]:
    aims = [f"≤ {_figure(row.most)}"] if row.most is not None else []
    aims += [f"≥ {_figure(row.least)}"] if row.least is not None else []
    aims += [f"≥ {row.least_ratio:.2f} of nginx"] if row.least_ratio is not None else []
    verdict = {True: "met", False: "missed", None: ""}[row.met]
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    ending = ", ".join(part for part in (verdict, row.note) if part)
    name = f"{row.name}, {row.unit}" if row.unit else row.name
    return name, _figure(row.nginx), _figure(row.gateway), ratio, ", ".join(aims), ending


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    if value == 0:
        return "0"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def text(rows: Sequence[Row]) -> str:
    """For a terminal. The last column is as wide as it needs to be."""
    lines = [_HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(_HEADINGS))]
    made = ["  ".join(_aligned(line[i], widths[i], i) for i in range(len(widths))).rstrip() for line in lines]
    return "\n".join([made[0], "-" * len(made[0]), *made[1:]])


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column in (1, 2, 3) else cell.ljust(width)


def markdown(rows: Sequence[Row]) -> str:
    """For the README."""
    rule = ("---", "---:", "---:", "---:", "---", "---")
    lines = [_HEADINGS, rule, *(tuple(cell.replace("|", "\\|") for cell in cells(row)) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine(*versions: str) -> str:
    """Where this was measured, in a line."""
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    many = len(os.sched_getaffinity(0))
    parts = [f"{many} cores of {model}", f"Linux {platform.release()}", f"Python {platform.python_version()}"]
    return ", ".join([*parts, *versions])
