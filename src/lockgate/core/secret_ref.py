"""Where a secret comes from, in a configuration: one word for each source there is. The secret itself is never there."""

from typing import Any, ClassVar

from msgspec import defstruct

from lockgate.core.registry import tables
from lockgate.core.secret_source import SecretSource

SOURCES = tables("lockgate.secrets", SecretSource)
"""By their word."""

_ADVICE = "where the secret comes from: " + " or ".join(source.example for source in SOURCES.values())

_Words: Any = defstruct(
    "_Words",
    [(name, source.setting | None, None) for name, source in SOURCES.items()],
    frozen=True,
    forbid_unknown_fields=True,
)


class SecretRef(_Words, frozen=True):  # type: ignore[misc, call-arg]  # its fields are known only when the sources are
    """Where a secret comes from: exactly one word, and what it asks for."""

    advice: ClassVar[str] = f"{_ADVICE}; a secret is never written into this file"
    hidden: ClassVar[bool] = True

    @property
    def source(self) -> tuple[SecretSource, Any]:
        """The source that is named, and what is asked of it."""
        return next((source, value) for name, source in SOURCES.items() if (value := getattr(self, name)) is not None)

    def __post_init__(self) -> None:
        if sum(getattr(self, name) is not None for name in SOURCES) != 1:
            raise ValueError("exactly one of: " + ", ".join(SOURCES))
