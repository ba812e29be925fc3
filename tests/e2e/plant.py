"""One gateway with our scripted upstream behind it, for all tests that need nothing of their own: its configuration."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.process import Running, running
from tests.e2e.upstream import Upstream

ONCE = "retry: {attempts: 1}"
FAMILIES = ("openai", "anthropic", "gemini", "mistral", "ollama")
MODELS = {
    "openai": "gpt-5-mini",
    "anthropic": "claude-sonnet-4-6",
    "gemini": "gemini-2.5-flash",
    "mistral": "mistral-small-latest",
    "ollama": "llama3.2",
}
"""The names there; clients say `best@FAMILY`."""

CONFIG = """\
version: 1
server: {{drain_seconds: {drain}, workers: {workers}}}
data: ./data
providers:
{providers}
models:
{models}
teams:
  all: {{models: ["*"]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
audit: {{patience: 5s}}  # the machine that runs the tests may be busy; what holds with the default is in test_audit_disk
"""
RULES = """\
rules:
  - {name: no-bluebird, guard: {kind: blocklist, words: [bluebird]}, on: [request], action: block}
"""
PATIENT = "health: {failures: 1000, cool_most: 0s}"
"""Whatever one test makes an upstream do, the next one asks it: breakers have tests of their own."""
HASTY = "{connect: 500ms, first_byte: 300ms, between_chunks: 300ms, total: 3s}"


@dataclass
class Plant:
    """The upstream, the gateway, and the gateway's credential at each family."""

    upstream: Upstream
    gateway: Running
    credentials: dict[str, str]


def config(port: int, *, drain: float = 5, workers: int = 1, rules: str = RULES) -> str:
    """Every family; `best@F` asks one, `fall@F@G` asks F and then G, `hasty@F` waits for nobody, `gone` is not there."""
    providers, models = [], []
    for family in FAMILIES:
        base = f"http://127.0.0.1:{port}/{family}" + ("/v1" if family in ("openai", "mistral") else "")
        place = f'kind: {family}, base_url: "{base}", api_key: {{env: UP_{family.upper()}}}, {PATIENT}'
        providers += [f"  {family}: {{{place}}}", f"  hasty-{family}: {{{place}, timeouts: {HASTY}}}"]
        target = f"{{provider: {family}, model: {MODELS[family]}}}"
        hasty = f"{{provider: hasty-{family}, model: {MODELS[family]}}}"
        models += [f'  "best@{family}": {{targets: [{target}], {ONCE}}}', f'  "hasty@{family}": {{targets: [{hasty}]}}']
        for other in FAMILIES:
            second = f"{{provider: {other}, model: {MODELS[other]}}}"
            models.append(f'  "fall@{family}@{other}": {{targets: [{target}, {second}]}}')
    providers.append('  gone: {kind: openai, base_url: "http://127.0.0.1:9/v1", api_key: {env: UP_OPENAI}}')
    models.append(f"  gone: {{targets: [{{provider: gone}}], {ONCE}}}")
    text = CONFIG.format(drain=drain, workers=workers, providers="\n".join(providers), models="\n".join(models))
    return text + rules


@contextmanager
def planted(folder: Path, *, drain: float = 5, workers: int = 1, rules: str = RULES) -> Iterator[Plant]:
    """Started, and ended with the block."""
    credentials = {family: f"sk-canary-{family}-{secrets.token_hex(12)}" for family in FAMILIES}
    env = {f"UP_{family.upper()}": secret for family, secret in credentials.items()}
    with (
        Upstream() as upstream,
        running(folder, config(upstream.port, drain=drain, workers=workers, rules=rules), env=env) as gateway,
    ):
        yield Plant(upstream, gateway, credentials)
