"""Finds addresses that would carry something out: of images, frames, styles and links to hosts that are not the operator's."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, get_args

from msgspec import Meta

from lockgate.core.guard import Finding, Guard, GuardConfig, Hit
from lockgate.guards.exfiltration import forms
from lockgate.guards.exfiltration.address import has_host, host_of, known
from lockgate.guards.exfiltration.carrying import carries
from lockgate.guards.exfiltration.forms import Form
from lockgate.guards.exfiltration.open_address import (
    BACK,
    FORTH,
    goes_on,
    hosts_behind,
    may_begin,
    never_ends,
    open_addresses,
    rest_of_name,
    without_tokens,
)
from lockgate.guards.exfiltration.read_address import as_read, in_lines
from lockgate.patterns.kinds import merged


class plugin(GuardConfig, frozen=True, tag="exfiltration"):
    """Settings of the guard against addresses that carry data out."""

    status = "stable"
    posture = "both"

    allow: tuple[str, ...] = ()
    """Hosts to which anything may go: `example.com`, or `*.example.com` for all below it."""

    find: tuple[Form, ...] = get_args(Form)
    """Where addresses are looked for."""

    only_with_data: tuple[Form, ...] = ("reference", "link")
    """Forms whose addresses are found only where they carry data. The others are fetched by themselves: any of theirs is found."""

    data: Annotated[int, Meta(ge=8, le=512)] = 32
    """Characters of one part of an address from which it is data."""

    def build(self) -> Guard:
        if not self.find:
            raise ValueError("`find` leaves nothing to look for")
        for host in self.allow:
            if not re.fullmatch(r"(?:\*\.)?[^\s/@:*?#]{1,253}", host):
                raise ValueError(f"`allow` has {host!r}, which is no host: `example.com` or `*.example.com`")
        return Exfiltration(self)


class Exfiltration:
    """An address is found where its form is one of those that are looked for and its host is nobody's who is known."""

    patterns = forms.PATTERNS
    reach = forms.LONGEST
    before = forms.BEFORE
    back, forth = BACK + forms.BEFORE, FORTH

    def __init__(self, settings: plugin) -> None:
        self._find = frozenset(settings.find)
        self._harmless = frozenset(settings.only_with_data)
        self._data = settings.data
        self._known = known(settings.allow)

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        found = list(self._found(text, hits))
        return merged(found) if len(found) > 1 else found

    def begins(self, text: str) -> tuple[bool, str]:
        return may_begin(text)

    def leads_out(self, ahead: str, behind: str, *, further: bool = True) -> bool:
        """Data is what will be put there: so any address of a form that is looked for counts, as it stands and as it is read."""
        seen = without_tokens(ahead), rest_of_name(without_tokens(behind, "0"))
        read = dict.fromkeys((seen[0], as_read(seen[0]), as_read(in_lines(seen[0]))))
        return any(self._opens(each, further=further) for each in read) or self._follows(seen[1], as_read(seen[1]))

    def undecided(self, behind: str) -> bool:
        return goes_on(behind)

    def _opens(self, ahead: str, *, further: bool) -> bool:
        found = open_addresses(ahead, further=further)
        return any(start < 0 or self._a_strangers(ahead, start, at) for start, at in found)

    def _follows(self, *behind: str) -> bool:
        hosts = (host for each in dict.fromkeys(behind) for host in hosts_behind(each))
        return "link" in self._find and (
            never_ends(behind[0]) or any(not self._known(host_of(f"//{host}/")) for host in hosts)
        )

    def _a_strangers(self, ahead: str, start: int, address: str) -> bool:
        """Before the host is at its end, nobody knows whose it will be."""
        theirs = not has_host(address) or not self._known(host_of(address))
        return theirs and forms.form(ahead, start) in self._find

    def _found(self, text: str, hits: Sequence[Hit]) -> Iterator[Finding]:
        for place in forms.places(text, hits):
            address = text[place.start : place.end]
            if place.form not in self._find or self._known(host_of(address)):
                continue
            if place.form not in self._harmless or carries(address, self._data):
                yield Finding(place.start, place.end, f"exfiltration_{place.form}", 0.9)
