"""Egress control: the secrets that a process holds, in every form, found in whatever is about to leave it."""

from lockgate.egress.redact import Redacting, Redactor
from lockgate.egress.scanner import Guarded, Scanner

__all__ = ["Guarded", "Redacting", "Redactor", "Scanner"]
