"""The rules of a configuration, ready to be tried without a gateway: no provider's secret is needed, and nothing is written.

What is compiled is kept in the data folder where there is one already, and in a passing folder otherwise.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec.inspect

from lockgate.app import cross_check, read_file
from lockgate.app.mistake import Mistake, Wrong
from lockgate.app.parts import Parts, parts
from lockgate.app.places import chain
from lockgate.app.references import references
from lockgate.app.remote_rules import RemoteRuleSets, remote_rule_sets
from lockgate.app.rule_sets import RuleSets, rule_sets
from lockgate.app.secret_sources import NoSecret, Opener
from lockgate.app.settings import Config, TeamSettings
from lockgate.app.shape import differences
from lockgate.app.yaml_lines import NotYaml
from lockgate.core.auth import Caller
from lockgate.core.http import Transport
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.remote_guard import GuardPorts

_shape = msgspec.inspect.type_info(Config)
_NEEDED = ("version", "data", "rules")


class NotValid(Exception):
    """The file cannot be tried; `mistakes` says why."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """`models` are those that a rule may be for: all that the file names."""

    rules: RuleSets
    remote: RemoteRuleSets
    models: frozenset[str]
    teams: Mapping[str, TeamSettings] = field(default_factory=dict)

    def caller(self, team: str, key: str) -> Caller | None:
        """Whom rules are for; nobody said, and every rule holds."""
        if not team and not key:
            return None
        return Caller(key or "-", team or "-", name=key, teams=chain(team, self.teams))


@contextmanager
def policy_file(path: Path, environ: Mapping[str, str], transport: Transport, now: float) -> Iterator[PolicyFile]:
    """Raises `NotValid`."""
    try:
        document = read_file.document(read_file.raw(path))
    except NotYaml as error:
        raise NotValid((error.wrong.at(str(path), {}),)) from None
    shape = [*document.wrong, *differences(document.value, _shape)]
    healthy = parts(document.value, shape)
    data = path.absolute().parent / healthy.data
    opener = Opener(environ, data.parent, data, healthy.secrets.key if healthy.secrets is not None else None)
    wrong = [each for each in shape if not each.path or each.path[0] in _NEEDED]
    known = tables("lockgate.providers", Provider)
    wrong += [each for each in cross_check.mistakes(healthy, known, data.parent) if each.path[:1] == ("rules",)]
    wrong += _secrets(healthy, opener)
    if wrong:
        raise NotValid(tuple(each.at(str(path), document.lines) for each in wrong))
    rules = list(healthy.rules.values())
    with TemporaryDirectory() as passing:
        folder = data if data.is_dir() else Path(passing)
        ports = GuardPorts(transport, opener.open, lambda: now)
        elsewhere = remote_rule_sets(rules, folder, ports)
        yield PolicyFile(rule_sets(rules, folder), elsewhere, healthy.names["models"], healthy.teams)


def _secrets(healthy: Parts, opener: Opener) -> Iterator[Wrong]:
    """Only of the rules: a detector's credential."""
    for path, ref in references(healthy):
        if path[0] == "rules":
            try:
                opener.open(ref)
            except NoSecret as error:
                yield Wrong(path, error.found, error.expected)
