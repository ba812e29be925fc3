"""`secrets`: what the built-in encrypted store is sealed with, and how often secrets from elsewhere are read again."""

from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.section import Settings
from lockgate.core.duration import Duration, seconds

SHORTEST, LONGEST = 10.0, 7 * 86_400.0


class SecretsSettings(Settings, frozen=True):
    """`key` is the key-encryption key: 32 random bytes in base64. While it changes, two of them, the new one first.

    Left out, it is a file of the data folder, and the store is only as safe as that folder.
    """

    key: SecretRef | None = None
    refresh: Duration | None = None
    """How often every secret is read again. Files and the built-in store are watched besides, and need none of it."""

    def __post_init__(self) -> None:
        if self.refresh is not None and not SHORTEST <= seconds(self.refresh) <= LONGEST:
            raise ValueError("between 10s and 7d")
