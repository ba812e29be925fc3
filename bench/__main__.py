"""`python -m bench`: measures and prints one table."""

import argparse
import contextlib
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench import (
    beside,
    extent,
    gateway,
    guards,
    measures,
    nginx,
    overload,
    process,
    similar,
    streams,
    table,
    tokens,
    workers,
    wrk,
)

USUAL = {**measures.MEASURES, **beside.MEASURES}
MEASURES = {**USUAL, "workers": workers.scaling}


def main(arguments: list[str] | None = None) -> int:
    asked = _arguments(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if asked.guards:
        return guards.main()
    if asked.overload:
        return overload.main(asked.gateway, quick=asked.quick)
    if asked.tokens:
        return tokens.main()
    if asked.similar is not None:
        return similar.main(asked.similar, asked.embedding_model)
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lockgate-bench-")))
        try:
            rows = _measured(asked, home, stack)
        except KeyboardInterrupt:
            _say("stopped")
            return 130
    program = nginx.found()
    versions = [gateway.version(asked.gateway), f"nginx {nginx.version(program)}" if program else "no nginx"]
    print(f"\n{table.machine(*versions)}{', a quick run' if asked.quick else ''}\n")
    print(table.markdown(rows) if asked.markdown else table.text(rows))
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of each: about a minute")
    parser.add_argument("--only", action="append", choices=sorted(MEASURES), help="this one; may be repeated")
    parser.add_argument("--markdown", action="store_true", help="the table as the README has it")
    parser.add_argument("--guards", action="store_true", help="what the guards find, and what they cost")
    parser.add_argument("--overload", action="store_true", help="what is left when far more is asked than it can do")
    parser.add_argument("--tokens", action="store_true", help="whether values come back, to whom, and what that costs")
    parser.add_argument(
        "--similar", metavar="URL", nargs="?", const="", help="how well questions that mean the same are told"
    )
    parser.add_argument(
        "--embedding-model", metavar="NAME", default="default", help="what the server at URL is asked for"
    )
    parser.add_argument("--gateway", metavar="COMMAND", default=gateway.DEFAULT, help="how the gateway is started")
    return parser.parse_args(arguments)


def _measured(asked: argparse.Namespace, home: Path, stack: contextlib.ExitStack) -> list[table.Row]:
    names = asked.only or list(USUAL)
    bench = _prepared(asked, home, stack, names)
    rows: list[table.Row] = []
    for name in (name for name in MEASURES if name in names):
        try:
            rows += MEASURES[name](bench)
        except process.Failed as error:
            rows.append(table.Row(name, "", note=f"failed: {error}"))
    return rows


def _prepared(asked: argparse.Namespace, home: Path, stack: contextlib.ExitStack, names: list[str]) -> measures.Bench:
    """Starts what the asked measures need: upstreams on one core, nginx as proxy and the gateway on the other."""
    length = extent.QUICK if asked.quick else extent.FULL
    bench = measures.Bench(home, length, _say, asked.gateway, gateway.Ports(0, 0))
    if not {*names} - {"phases", "planning", "audit", "keys"}:
        return bench
    if process.GATEWAY_CORE == process.LOAD_CORE:
        _say("only one core: the load and the gateway share it, so the figures say little")
    bench = replace(bench, ports=gateway.Ports(0, stack.enter_context(streams.upstream(home))))
    bench = _with_nginx(bench, stack)
    if names == ["start"]:
        return bench
    try:
        bench = replace(bench, tested=stack.enter_context(gateway.running(asked.gateway, home, bench.ports)))
    except process.Failed as error:
        _say(f"the gateway did not start, so only nginx is measured: {error}")
    return bench


def _with_nginx(bench: measures.Bench, stack: contextlib.ExitStack) -> measures.Bench:
    program, load = nginx.found(), wrk.found()
    absent = [name for name, path in (("nginx", program), ("wrk", load)) if not path]
    if absent:
        _say(
            f"not installed: {' and '.join(absent)} (Debian: apt install nginx-light wrk); measuring what goes without"
        )
    if not program:
        return replace(bench, tool=load)
    upstream = stack.enter_context(nginx.upstream(program, bench.home))
    proxy = stack.enter_context(nginx.proxy(program, bench.home, upstream.port, bench.ports.streams))
    ports = gateway.Ports(upstream.port, bench.ports.streams)
    return replace(bench, tool=load, upstream=upstream, proxy=proxy, ports=ports)


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
