"""A gateway of its own for the demo: a configuration, a data folder and a process that live as long as the story."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from lockgate.core import key_format

KEY_VARIABLE = "LOCKGATE_DEMO_KEY"
START_SECONDS = 10.0

CONFIGURATION = """\
version: 1
server: {listen: "127.0.0.1:0", admin: "127.0.0.1:0"}
data: ./data
providers:
  demo: {kind: demo}
  broken: {kind: openai_compatible, base_url: "http://127.0.0.1:9/v1"}   # nobody listens there
models:
  demo: {targets: [{provider: demo}]}
  demo-leak: {targets: [{provider: demo}]}
  demo-echo: {targets: [{provider: demo}]}
  demo-cut: {targets: [{provider: demo}]}
  steadfast: {targets: [{provider: broken}, {provider: demo, model: demo}]}
  boardroom: {targets: [{provider: demo}]}
  rationed: {targets: [{provider: demo, model: demo}], limits: [{kind: requests, max: 3, per: 1m}]}
  costly: {targets: [{provider: demo, model: demo-costly}], budgets: [{max_usd: 0.01, per: day}]}
prices:
  demo-costly: {input: 10, output: 30}                                    # US dollars a million tokens
teams:
  newcomers:
    models: [demo, demo-leak, demo-echo, demo-cut, steadfast, rationed, costly]   # not boardroom
    deny: {tools: ["shell*"]}
keys:
  - {name: visitor, team: newcomers, secret: {env: LOCKGATE_DEMO_KEY}}
rules:
  - name: no-attacks
    guard: {kind: blocklist, words: ["ignore all previous instructions"], label: attack}
    on: [request]
    action: block
  - {name: no-secrets, guard: {kind: secrets}, on: [request, response], action: mask}
  - {name: privacy, guard: {kind: pii, entities: [email, phone, card, iban]}, on: [request, response], action: mask}
"""


class Running(NamedTuple):
    """Where it answers, the key that opens it, and its data folder."""

    host: str
    port: int
    key: str
    data: Path


class NotStarted(Exception):
    """The gateway did not come up; the text is what it said."""


@contextmanager
def gateway() -> Iterator[Running]:
    """Starts it on free ports and ends it with everything that it wrote. Raises `NotStarted`."""
    key = key_format.make(secrets.token_bytes(32))
    with TemporaryDirectory(prefix="lockgate-demo-") as folder:
        file = Path(folder) / "lockgate.yaml"
        file.write_text(CONFIGURATION)
        process = subprocess.Popen(  # noqa: S603  our own command, without a shell
            [sys.executable, "-m", "lockgate.app.cli", "serve", "--config", str(file)],
            env={**os.environ, KEY_VARIABLE: key},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            host, port = _address(process)
            yield Running(host, port, key, Path(folder) / "data")
        finally:
            process.terminate()
            try:
                process.communicate(timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _address(process: "subprocess.Popen[str]") -> tuple[str, int]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if "listening on" not in line:
        process.terminate()
        raise NotStarted(process.communicate(timeout=START_SECONDS)[1] or "it said nothing")
    host, _, port = line.strip().rpartition("/")[2].rpartition(":")
    return host, int(port)
