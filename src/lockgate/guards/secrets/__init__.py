"""Finds keys, tokens, passwords and private keys, and leaves alone what only stands for one."""

from lockgate.core.guard import Guard, GuardConfig
from lockgate.guards.secrets.table import kinds
from lockgate.patterns.kinds import Kinds

MOST = 20_000
"""Candidates of one document: each takes ten times as long as a number or an address does."""


class plugin(GuardConfig, frozen=True, tag="secrets"):
    """Settings of the secrets guard."""

    status = "stable"
    posture = "both"

    without: tuple[str, ...] = ()
    """Kinds that are not looked for."""

    threshold: float = 0.5
    """The confidence from which something is a finding: 0.95 a provider's own mark, 0.7 only its name."""

    allow: tuple[str, ...] = ()
    """Values that are none, taken literally."""

    def build(self) -> Guard:
        table = kinds()
        known = {kind.label for kind in table}
        if unknown := sorted(set(self.without) - known):
            raise ValueError(f"`without` has {', '.join(unknown)}, which is no kind of secret; see the guard's page")
        if not 0 <= self.threshold <= 1:
            raise ValueError("`threshold` is between 0 and 1")
        wanted = [
            kind
            for kind in table
            if kind.label not in self.without and max(kind.confidence, kind.told) >= self.threshold
        ]
        if not wanted:
            raise ValueError("`threshold` and `without` leave nothing to look for")
        allowed = frozenset(self.allow)
        least = dict.fromkeys(known, self.threshold)
        return Kinds(wanted, least, allowed.__contains__ if allowed else None, most=MOST)
