"""The installed command as a process, with an upstream of every family behind it: the demo server, in a thread of ours."""

import asyncio
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lockgate.providers.demo.server import start
from tests.e2e.process import running
from tests.e2e.warm import Process

FAMILIES = ("openai", "anthropic", "gemini", "mistral", "ollama")

CONFIG = """\
version: 1
server: {{listen: "127.0.0.1:0", admin: "127.0.0.1:0", drain_seconds: 5}}
data: ./data
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/v1", api_key: {{env: UP}}}}
  anthropic: {{kind: anthropic, base_url: "http://127.0.0.1:{port}", api_key: {{env: UP}}}}
  gemini: {{kind: gemini, base_url: "http://127.0.0.1:{port}", api_key: {{env: UP}}}}
  mistral: {{kind: mistral, base_url: "http://127.0.0.1:{port}/v1", api_key: {{env: UP}}}}
  ollama: {{kind: ollama, base_url: "http://127.0.0.1:{port}"}}
models:
{models}
teams:
  all: {{models: ["*"]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
audit: {{patience: 5s}}
rules:
  - {{name: no-bluebird, guard: {{kind: blocklist, words: [bluebird]}}, on: [request], action: block}}
"""


class Served(NamedTuple):
    """Where the data plane and the admin listener answer, a key, the data folder, and the process."""

    url: str
    admin: str
    key: str
    data: Path
    process: Process


@contextmanager
def upstream() -> Iterator[int]:
    """The demo server on a port of its own: an independent witness of four wire formats."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = asyncio.run_coroutine_threadsafe(start("127.0.0.1", pace=0.2), loop).result(10)
    try:
        yield running.port
    finally:
        asyncio.run_coroutine_threadsafe(running.aclose(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def gateway(folder: Path, port: int, models: Mapping[str, str]) -> Iterator[Served]:
    """`lockgate serve` with these models, `NAME@FAMILY` each meaning NAME at that family."""
    lines = [
        f'  "{name}@{family}": {{targets: [{{provider: {family}, model: {model}}}]}}'
        for name, model in models.items()
        for family in FAMILIES
    ]
    text = CONFIG.format(port=port, models="\n".join(lines))
    with running(folder, text, env={"UP": "sk-upstream-" + secrets.token_hex(16)}) as one:
        yield Served(one.url, one.admin, one.key, one.data, one.process)
