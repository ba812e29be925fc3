"""The configuration as Structs: its schema, its reference page and its types in one."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

from lockgate.control.keys import NAME
from lockgate.core.duration import Duration, seconds
from lockgate.core.guard import Direction, GuardConfig
from lockgate.core.http import Timeouts
from lockgate.core.registry import configs

Name = Annotated[str, Meta(pattern=NAME, description="Letters, digits, `.`, `_` and `-`; at most 64 characters.")]
ModelName = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$", description="A model's name, as clients write it.")
]

_GUARDS = tuple(configs("lockgate.guards", GuardConfig).values())
AnyGuard: Any = reduce(or_, _GUARDS) if _GUARDS else GuardConfig
"""The settings of any guard there is, told apart by `kind`."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the file. Unknown keys are errors."""

    advice: ClassVar[str] = ""
    """What belongs here, said to somebody who wrote something that is not a mapping."""
    hidden: ClassVar[bool] = False
    """What was found here may be a secret, and is not repeated."""


class SecretRef(Settings, frozen=True):
    """Where a secret comes from: an environment variable, or a file (beside the configuration when it is relative)."""

    advice = "where the secret comes from, {env: NAME} or {file: PATH}; a secret is never written into this file"
    hidden = True

    env: (
        Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$", description="An environment variable.")] | None
    ) = None
    file: Annotated[str, Meta(min_length=1, max_length=4096, description="A file that holds nothing else.")] | None = (
        None
    )

    def __post_init__(self) -> None:
        if (self.env is None) == (self.file is None):
            raise ValueError("either `env` or `file`, and not both")


class ServerSettings(Settings, frozen=True):
    """Where Lockgate listens, and how much it takes."""

    listen: Annotated[str, Meta(description="The data plane's HOST:PORT; port 0 is any free one.")] = "127.0.0.1:8080"
    admin: Annotated[str, Meta(description="HOST:PORT of health, metrics and administration.")] = "127.0.0.1:8081"
    workers: Annotated[int, Meta(ge=1, le=256, description="Processes that serve.")] = 1
    max_body_bytes: Annotated[int, Meta(ge=1024, le=1 << 30, description="The largest request body.")] = (
        10 * 1024 * 1024
    )
    drain_seconds: Annotated[float, Meta(ge=0, le=3600, description="How long streams may finish after SIGTERM.")] = (
        30.0
    )


class TimeoutSettings(Settings, frozen=True):
    """How long an upstream may take, each phase for itself."""

    connect: Duration = "5s"
    first_byte: Duration = "120s"
    between_chunks: Duration = "60s"
    total: Duration = "600s"

    def build(self) -> Timeouts:
        """In seconds. `ValueError` for a phase that has no time at all."""
        lengths = {name: seconds(getattr(self, name)) for name in self.__struct_fields__}
        for name, length in lengths.items():
            if length <= 0:
                raise ValueError(f"a time longer than zero for {name}")
        return Timeouts(**lengths)

    def __post_init__(self) -> None:
        self.build()


class ProviderSettings(Settings, frozen=True):
    """Somebody who serves models, and how to reach them."""

    kind: Annotated[str, Meta(description="Which provider it is; `lockgate check` lists those there are.")]
    api_key: SecretRef | None = None
    base_url: (
        Annotated[str, Meta(description="Where the provider's own paths begin; left out, its public address.")] | None
    ) = None
    allow_private: Annotated[bool, Meta(description="The host's name may mean a private or loopback address.")] = False
    timeouts: TimeoutSettings = TimeoutSettings()


class TargetSettings(Settings, frozen=True):
    """A provider to ask, and the model's name there; left out, the name that the client used."""

    provider: Name
    model: ModelName | None = None


class ModelSettings(Settings, frozen=True):
    """What a model name means: the targets to try, in order."""

    targets: Annotated[tuple[TargetSettings, ...], Meta(min_length=1, max_length=32)]


class TeamSettings(Settings, frozen=True):
    """A group of keys and what it may use: nothing listed, nothing allowed; `*` is all."""

    models: tuple[ModelName, ...] = ()


class KeySettings(Settings, frozen=True):
    """A client key that the operator brings: at least 32 visible ASCII characters."""

    name: Name
    team: Name
    secret: SecretRef


class RuleSettings(Settings, frozen=True):
    """A guard finds, the rule decides. Rules apply in the order of the file."""

    name: Name
    guard: AnyGuard
    action: Literal["flag", "mask", "block"]
    on: Annotated[tuple[Direction, ...], Meta(min_length=1)] = ("request",)


class Config(Settings, frozen=True):
    """The whole file."""

    version: Literal[1]
    server: ServerSettings = ServerSettings()
    data: Annotated[str, Meta(min_length=1, description="The data folder, beside this file when it is relative.")] = (
        "./data"
    )
    providers: dict[Name, ProviderSettings] = {}
    models: dict[ModelName, ModelSettings] = {}
    teams: dict[Name, TeamSettings] = {}
    keys: tuple[KeySettings, ...] = ()
    rules: tuple[RuleSettings, ...] = ()


def schema() -> dict[str, Any]:
    """The file's JSON Schema, guards that are installed included."""
    return {"title": "Lockgate configuration", **msgspec.json.schema(Config)}
