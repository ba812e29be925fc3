"""No authentication, for a first try on one's own machine: whoever can connect to loopback is one named principal."""

import logging
from collections.abc import Iterator

from lockgate.core.auth import REALM, AuthConfig, Authenticator, AuthPorts, Caller, Facts, Fault, Presented, Takes
from lockgate.core.here import from_here, loopback
from lockgate.core.name import Name
from lockgate.core.problem import Kind, Problem

_log = logging.getLogger("lockgate.auth")


class plugin(AuthConfig, frozen=True, tag="insecure_no_auth"):
    """Settings of a gateway that asks nobody for a credential."""

    status = "stable"
    insecure = True

    team: Name
    """The team that everybody is in."""

    def faults(self, facts: Facts) -> Iterator[Fault]:
        return facts.team(("team",), self.team)

    def build(self, ports: AuthPorts) -> Authenticator:
        _log.warning(
            "AUTHENTICATION IS OFF (insecure_no_auth): everybody on this machine is a member of team %s", self.team
        )
        return LocalOnly(
            ports.member(self.team, "insecure_no_auth", method="insecure_no_auth", name="insecure_no_auth")
        )


class LocalOnly:
    """An `Authenticator`. It looks at the peer itself, so that no listener and no proxy makes it wider than it is.

    A page in a browser on this machine reaches loopback, too, also under a name of its own (DNS rebinding): what comes
    from another origin or asks for another host is refused.
    """

    takes = Takes(challenge=f"Bearer {REALM}", wanted="a connection from this machine")

    def __init__(self, everybody: Caller) -> None:
        self._everybody = everybody

    async def authenticate(self, presented: Presented) -> Caller:
        if not (loopback(presented.client) and from_here(presented.headers)):
            raise Problem(Kind.UNAUTHENTICATED, "without authentication, only this machine is answered")
        return self._everybody
