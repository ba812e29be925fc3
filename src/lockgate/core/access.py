"""A policy: which models, providers, endpoints, tools and regions, from where and when. The same Struct at every level.

A list that is left out says nothing; a list that is there allows what is on it. What `deny` names is denied whatever
allows it. Levels below can only narrow: every one of them has to allow.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lockgate.core.dialect import Operation

Listed = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$", description="A name; `*` stands for anything.")
]
Network = Annotated[str, Meta(min_length=1, max_length=64, description="An address, or a network like 10.0.0.0/8.")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


class Hours(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A time of the week. Hours that end before they begin go on into the next day."""

    days: Annotated[tuple[Day, ...], Meta(min_length=1)] = DAYS
    hours: Annotated[str, Meta(pattern=HOURS, description='Like "08:00-18:00"; the end is not part of it.')] = (
        "00:00-24:00"
    )
    zone: Annotated[str, Meta(min_length=1, max_length=64, description="A time zone like Europe/Berlin.")] = "UTC"


class Denied(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What is denied whatever allows it."""

    models: tuple[Listed, ...] = ()
    providers: tuple[Listed, ...] = ()
    endpoints: tuple[Operation, ...] = ()
    tools: tuple[Listed, ...] = ()
    regions: tuple[Listed, ...] = ()
    ips: tuple[Network, ...] = ()


class Access(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A policy. None: this level has no opinion. An empty list allows nothing."""

    models: tuple[Listed, ...] | None = None
    providers: tuple[Listed, ...] | None = None
    endpoints: tuple[Operation, ...] | None = None
    tools: tuple[Listed, ...] | None = None
    regions: tuple[Listed, ...] | None = None
    ips: tuple[Network, ...] | None = None
    times: tuple[Hours, ...] | None = None
    deny: Denied = Denied()


NO_OPINION = Access()
LISTS = ("models", "providers", "endpoints", "tools", "regions")
"""The lists of names: the same in what is allowed and in what is denied."""


def only(settings: Access) -> Access:
    """The policy alone, of settings that have more fields; the one value `NO_OPINION` when there is none."""
    access = Access(**{name: getattr(settings, name) for name in Access.__struct_fields__})
    return NO_OPINION if access == NO_OPINION else access
