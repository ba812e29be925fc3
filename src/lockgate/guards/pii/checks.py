"""Checks that an entity of the operator's may ask for by name."""

from collections.abc import Callable

from lockgate.guards.pii.money import iban
from lockgate.guards.pii.sums import digits, luhn, mod_11_10, mod_97, verhoeff

CHECKS: dict[str, Callable[[str], bool]] = {
    "luhn": lambda text: bool(digits(text)) and luhn(text),
    "mod_97": lambda text: len(text) > 4 and text.isascii() and mod_97(text),
    "mod_11_10": lambda text: len(digits(text)) > 1 and mod_11_10(text),
    "verhoeff": lambda text: bool(digits(text)) and verhoeff(text),
    "iban": iban,
}
