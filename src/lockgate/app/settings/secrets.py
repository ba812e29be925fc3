"""`secrets`: what the built-in encrypted store is sealed with."""

from lockgate.app.settings.secret_ref import SecretRef
from lockgate.app.settings.section import Settings


class SecretsSettings(Settings, frozen=True):
    """`key` is the key-encryption key: 32 random bytes in base64. While it changes, two of them, the new one first.

    Left out, it is a file of the data folder, and the store is only as safe as that folder.
    """

    key: SecretRef | None = None
