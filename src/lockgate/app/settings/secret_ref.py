"""Where a secret comes from: the same word in every section."""

from lockgate.core.secret_ref import SecretRef

__all__ = ["SecretRef"]
