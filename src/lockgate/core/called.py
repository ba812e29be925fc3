"""A tool that a client calls otherwise than upstreams do, which know functions only."""

from msgspec import Struct


class Called(Struct, frozen=True, gc=False):
    """Its name, in a group of names that may be empty. `free`: it is called with any text, and not with JSON."""

    name: str
    group: str = ""
    free: bool = False
