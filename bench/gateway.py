"""The gateway under measurement: its configuration for a bench, its start on one core, and a first request that works."""

import contextlib
import http.client
import secrets
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import bodies, process

DEFAULT = "{lockgate} serve --config {config} --listen 127.0.0.1:{port} --admin 127.0.0.1:{admin}"
SAME, TRANSLATED = "bench-same", "bench-translated"
SAME_STREAM, TRANSLATED_STREAM = "stream", "claude-stream"
GAPS = (20, 100)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running one. `ready` is the seconds from its start to its first good answer."""

    pid: int
    port: int
    key: str
    ready: float


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the scripted upstreams listen; 0 for one that is not there."""

    whole: int
    streams: int


def configuration(ports: Ports, home: Path, limits: str = "", rules: str = "") -> str:
    """As an operator would write it: keys, teams, aliases, audit on; nothing switched off for speed."""
    models = {SAME: ("openai", ""), TRANSLATED: ("claude", "claude-haiku-4-5")}
    for gap in GAPS:
        models[f"{SAME_STREAM}-{gap}"] = ("openai_streams", "")
        models[f"{TRANSLATED_STREAM}-{gap}"] = ("claude_streams", f"stream-{gap}")
    lines = ["version: 1", f"data: {home}/data", "providers:"]
    for name, kind, port, path in (
        ("openai", "openai", ports.whole, "/v1"),
        ("claude", "anthropic", ports.whole, ""),
        ("openai_streams", "openai", ports.streams, "/v1"),
        ("claude_streams", "anthropic", ports.streams, ""),
    ):
        address = f'"http://127.0.0.1:{port or 9}{path}"'
        lines.append(f"  {name}: {{kind: {kind}, base_url: {address}, api_key: {{env: BENCH_UPSTREAM_KEY}}}}")
    lines.append("models:")
    for name, (provider, model) in models.items():
        renamed = f", model: {model}" if model else ""
        lines.append(f"  {name}: {{targets: [{{provider: {provider}{renamed}}}]}}")
    allowed = f"models: [{', '.join(models)}]"
    lines += ["teams:", f"  bench: {{{', '.join(filter(None, (allowed, limits)))}}}"]
    if limits:
        lines += ['prices: {"openai/*": {input: 1, output: 10}}']
    lines += ["keys:", "  - {name: bench, team: bench, secret: {env: BENCH_KEY}}", rules]
    return "\n".join(lines)


@contextlib.contextmanager
def running(
    command: str, home: Path, ports: Ports, name: str = "gateway", *, limits: str = "", rules: str = ""
) -> Iterator[Gateway]:
    """Started with `command`, in which {lockgate}, {config}, {port} and {admin} are filled in. Raises `Failed`.

    `limits` are those of the only team, `rules` those of the file.
    """
    home = home / name
    home.mkdir()
    config, log = home / "lockgate.yaml", home / "log"
    config.write_text(configuration(ports, home, limits, rules))
    port, admin, key = process.free_port(), process.free_port(), secrets.token_hex(24)
    filled = command.format(lockgate=shlex.join(_installed()), config=config, port=port, admin=admin)
    env = {"BENCH_KEY": key, "BENCH_UPSTREAM_KEY": "sk-" + secrets.token_hex(16), "NO_COLOR": "1"}
    with process.running(shlex.split(filled), process.GATEWAY_CORE, log=log, env=env) as started:
        ready = process.await_answer(started, port, log, path="/readyz")
        yield Gateway(started.pid, port, key, ready)


def _installed() -> list[str]:
    beside = shutil.which("lockgate", path=str(Path(sys.executable).parent))
    return [beside] if beside else [sys.executable, "-c", "from lockgate.app.cli import main; main()"]


def working(gateway: Gateway, model: str) -> None:
    """One whole answer for this model, or `Failed` with what came instead."""
    client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    headers = {"authorization": f"Bearer {gateway.key}", "content-type": "application/json"}
    try:
        client.request("POST", "/v1/chat/completions", bodies.chat(model, 1100), headers)
        answer = client.getresponse()
        said = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise process.Failed(f"no answer for {model}: {error!r}") from error
    finally:
        client.close()
    try:
        text = msgspec.json.decode(said)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, TypeError, IndexError):
        text = ""
    if answer.status != 200 or not text:
        raise process.Failed(f"{model} is answered with {answer.status}: {said[:300]!r}")


def version(command: str) -> str:
    if "{lockgate}" not in command:
        return command.split(maxsplit=1)[0]
    said = subprocess.run([*_installed(), "version"], capture_output=True, text=True, check=False, timeout=20)
    return said.stdout.strip().splitlines()[0] if said.returncode == 0 and said.stdout.strip() else "Lockgate"
