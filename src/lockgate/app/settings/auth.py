"""`auth`: how callers say who they are, in order."""

from functools import reduce
from operator import or_
from typing import Any

from lockgate.auth import api_key
from lockgate.core.auth import AuthConfig
from lockgate.core.registry import configs

AnyAuth: Any = reduce(or_, configs("lockgate.auth", AuthConfig).values())
"""The settings of any method there is, told apart by `kind`."""

DEFAULT: tuple[AuthConfig, ...] = (api_key.plugin(),)
"""Client keys, as long as nobody says otherwise."""
