"""Answers are kept under the version of Lockgate whose guards let them pass: another one's may find what these did not (S33)."""

from pathlib import Path

from lockgate import __version__
from lockgate.app.build import Memories, Ports, build
from lockgate.app.key_entries import key_snapshot
from lockgate.app.load import loads
from lockgate.auth.api_key import ApiKeys
from lockgate.core.audit import Books
from lockgate.core.key_digest import Pepper
from lockgate.stores.answers import SealedAnswers
from tests.fakes import Notebook, Once, Script, StoppedClock
from tests.key_tables import table
from tests.unit.test_answers import Drawer

CONFIG = """\
version: 1
providers: {up: {kind: openai, base_url: "https://up.example/v1", api_key: {env: UP}}}
models: {mine: {targets: [{provider: up}]}}
"""


def test_S33_answers_belong_to_a_version_and_a_policy(tmp_path: Path) -> None:
    pepper, clock = Pepper(b"p" * 32), StoppedClock()
    loaded = loads(CONFIG.encode(), tmp_path / "lockgate.yaml", {"UP": "sk-upstream-canary"})
    keys = ApiKeys(pepper, key_snapshot(loaded, pepper, table()))
    ports = Ports(Script(), Books(Notebook()), clock, keys, pepper, Once())

    caching = build(loaded, ports, Memories(answers=SealedAnswers(Drawer(), pepper))).caching

    assert caching is not None
    version, _, policy = caching.policy.partition(" ")
    assert version == __version__
    assert len(policy) == 64
