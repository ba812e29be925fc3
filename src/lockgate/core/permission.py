"""What one may do at all: a closed list of permissions, the roles that hold them, and who may hand out which."""

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType


class Permission(enum.Enum):
    """What a route or an action asks of its caller. ANYBODY is held by everyone, and no role can be made of it."""

    ANYBODY = "anybody"
    MODELS_CALL = "models.call"
    MODELS_COUNT = "models.count"
    MODELS_LIST = "models.list"
    METRICS_READ = "metrics.read"
    USAGE_READ = "usage.read"
    AUDIT_READ = "audit.read"
    KEYS_READ = "keys.read"
    KEYS_WRITE = "keys.write"
    CONFIG_READ = "config.read"
    CONFIG_WRITE = "config.write"
    SECRETS_WRITE = "secrets.write"


Permissions = frozenset[Permission]
Roles = Mapping[str, Permissions]

NAMES: tuple[str, ...] = tuple(each.value for each in Permission if each is not Permission.ANYBODY)
"""What a role of the operator's own may be made of."""

_CALLS = frozenset((Permission.MODELS_CALL, Permission.MODELS_COUNT))
_DEVELOPS = _CALLS | {Permission.MODELS_LIST}
_READS = frozenset((Permission.METRICS_READ, Permission.USAGE_READ, Permission.KEYS_READ, Permission.CONFIG_READ))

BUILT_IN: Roles = MappingProxyType(
    {
        "admin": frozenset(Permission) - {Permission.ANYBODY},
        "operator": _DEVELOPS | _READS | {Permission.KEYS_WRITE},
        "auditor": _READS | {Permission.MODELS_LIST, Permission.AUDIT_READ},
        "developer": _DEVELOPS,
        "service": _CALLS,
    }
)
"""An operator hands out keys of developers, so it has what they have (S14)."""

DEFAULT = frozenset(("developer",))
"""The role of a caller whose credential says nothing of roles."""


def held(roles: Iterable[str], known: Roles) -> Permissions:
    """What these roles may do together. A role that is not known holds nothing: the default is no."""
    return frozenset().union(*(known[role] for role in roles if role in known))


def exceeding(wanted: Permissions, own: Permissions) -> tuple[str, ...]:
    """What somebody would hand out without having it (S14), by name; nothing when it may be done."""
    return tuple(sorted(each.value for each in wanted - own))
