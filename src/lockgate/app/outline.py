"""As much of a configuration as the commands for keys need: where the data folder is, which teams there are, and which
roles and models a key may be made for.

They work without the secrets of the providers, which are often known to the service alone, and while another part of the
file is being mended: a key must be revocable at any time.
"""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec.inspect

from lockgate.app import read_file
from lockgate.app.mistake import Mistake
from lockgate.app.parts import parts
from lockgate.app.places import roles
from lockgate.app.settings import Config, SecretRef
from lockgate.app.shape import differences
from lockgate.app.yaml_lines import NotYaml
from lockgate.core.permission import BUILT_IN, Roles

_shape = msgspec.inspect.type_info(Config)


@dataclass(frozen=True, slots=True)
class Outline:
    """`data` is absolute. With `problems`, the rest says nothing."""

    data: Path = Path()
    teams: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    roles: Roles = field(default_factory=lambda: BUILT_IN)
    problems: tuple[Mistake, ...] = ()
    secrets_key: SecretRef | None = None


def outline(path: Path) -> Outline:
    """Reads the file; never raises."""
    try:
        document = read_file.document(read_file.raw(path))
    except NotYaml as error:
        return Outline(problems=(error.wrong.at(str(path), {}),))
    wrong = [*document.wrong, *differences(document.value, _shape)]
    here = [each for each in wrong if each.path[0] in ("version", "data", "teams", "secrets")]
    if here:
        return Outline(problems=tuple(each.at(str(path), document.lines) for each in here))
    healthy = parts(document.value, wrong)
    data = path.absolute().parent / healthy.data
    key = healthy.secrets.key if healthy.secrets is not None else None
    names = frozenset(healthy.teams), healthy.names["models"]
    return Outline(data, *names, roles(healthy.roles), secrets_key=key)
