"""Tells the story: plays the scenes, prints the table, looks at what was written down."""

import http.client
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lockgate.app.demo.gateway import NotStarted, Running, gateway
from lockgate.app.demo.story import ADDRESS, EVERYDAY, TROUBLE, Scene

SECRETS = ("Mustermann", "IGNORE", "Kyoto", ADDRESS)
"""Words that were in prompts and answers: the audit log must know none of them."""

LOG_SECONDS = 3.0


def run() -> int:
    """0 when every promise was kept, 1 otherwise."""
    console = Console(highlight=False)
    console.print("\n[bold]Lockgate[/bold] starts on free ports, with a model that needs no key and no network …\n")
    started = time.perf_counter()
    try:
        with gateway() as running:
            kept = [_act(console, running, title, scenes) for title, scenes in PARTS]
            kept.append(_audit(console, running))
    except (NotStarted, OSError) as error:
        console.print(f"[red]It did not start:[/red] {error}")
        return 1
    total, good = sum(len(part) for part in kept), sum(sum(part) for part in kept)
    colour = "green" if good == total else "red"
    console.print(f"[{colour}]{good} of {total} promises kept[/{colour}] in {time.perf_counter() - started:.1f} s.")
    console.print("Your turn: [bold]lockgate up[/bold]\n")
    return 0 if good == total else 1


PARTS = (("Every day", EVERYDAY), ("And when something is wrong", TROUBLE))


def _act(console: Console, running: Running, title: str, scenes: Sequence[Scene]) -> list[bool]:
    table = Table(title=title, title_justify="left", title_style="bold", expand=False, pad_edge=False)
    table.add_column("")
    table.add_column("what happens", style="cyan")
    table.add_column("promised")
    table.add_column("came out", justify="right")
    table.add_column("why", style="dim")
    kept = []
    for scene in scenes:
        good, told = _play(running, scene)
        kept.append(good)
        table.add_row("[green]✓[/green]" if good else "[red]✗[/red]", scene.title, scene.promise, told, scene.why)
    console.print(table)
    console.print()
    return kept


def _play(running: Running, scene: Scene) -> tuple[bool, str]:
    began = time.perf_counter()
    try:
        answer = scene.ask(running)
        good = scene.kept(answer)
    except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException) as error:
        return False, type(error).__name__
    return good, f"{answer.status} in {(time.perf_counter() - began) * 1e3:.0f} ms"


def _audit(console: Console, running: Running) -> list[bool]:
    lines = _lines(running.data / "audit")
    text = "\n".join(lines)
    clean = not any(secret in text for secret in (*SECRETS, running.key))
    outcomes = sum('"kind":"outcome"' in line for line in lines)
    every = outcomes >= sum(len(scenes) for _, scenes in PARTS)
    holds = _holds(running.data / "audit")
    console.print(f"[bold]The audit log[/bold] has {len(lines)} lines, {outcomes} of them outcomes.")
    console.print(
        "`lockgate audit verify`: each line is chained to the one before, and nobody has changed any."
        if holds
        else "[red]`lockgate audit verify` finds that it was changed![/red]"
    )
    console.print(
        "No prompt, no answer and no key is in it.\n" if clean else "[red]A prompt or a key is in it![/red]\n"
    )
    return [clean, every, holds]


def _holds(folder: Path) -> bool:
    command = [sys.executable, "-m", "lockgate.app.cli", "audit", "verify", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603  our own command


def _lines(folder: Path) -> list[str]:
    """The log's lines, once as many are there as requests were sent: they are written off the hot path."""
    wanted = sum(len(scenes) for _, scenes in PARTS)
    end = time.monotonic() + LOG_SECONDS
    while True:
        lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]
        if sum('"kind":"outcome"' in line for line in lines) >= wanted or time.monotonic() > end:
            return lines
        time.sleep(0.05)
