"""Arithmetic of check digits, as the standards and offices publish it."""

from collections.abc import Sequence
from operator import mul

EIGHT = r"(?<![\w.+/-])\d(?:[ ./-]?\d){7}"
"""So many digits: what all numbers have that are of digits alone."""


_OTHERS = bytes(byte for byte in range(256) if not 0x30 <= byte <= 0x39)
_VALUES = bytes(byte - 0x30 if 0x30 <= byte <= 0x39 else byte for byte in range(256))
_DOUBLED = bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9, *range(10, 256)))


def plain(text: str) -> str:
    """Its digits."""
    if text.isascii():
        return text.encode().translate(None, _OTHERS).decode()
    return "".join(filter(str.isdecimal, text))


def values(text: str) -> bytes:
    """Those of its digits, a byte each."""
    if text.isascii():
        return text.encode().translate(_VALUES, _OTHERS)
    return bytes(map(int, filter(str.isdecimal, text)))


def digits(text: str) -> list[int]:
    return list(values(text))


def luhn(text: str) -> bool:
    numbers = values(text)
    return (sum(numbers[::-2]) + sum(numbers[-2::-2].translate(_DOUBLED))) % 10 == 0


def weighted(numbers: Sequence[int], weights: Sequence[int]) -> int:
    return sum(map(mul, numbers, weights))


_LETTERS = str.maketrans({letter: str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=10)})


def mod_97(text: str) -> bool:
    """ISO 7064 as IBANs use it: letters are numbers from 10 on, the first four characters go to the end."""
    plain = alphanumeric(text)
    return int((plain[4:] + plain[:4]).translate(_LETTERS)) % 97 == 1


def alphanumeric(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def mod_11_10(text: str) -> bool:
    """ISO 7064 MOD 11,10."""
    product = 10
    numbers = digits(text)
    for digit in numbers[:-1]:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == numbers[-1]


_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_P = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def verhoeff(text: str) -> bool:
    check = 0
    for at, digit in enumerate(values(text)[::-1]):
        check = _D[check][_P[at % 8][digit]]
    return check == 0


def day(year: int, month: int, date: int) -> bool:
    """There can be such a day."""
    return 1 <= month <= 12 and 1 <= date <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31) and year >= 0
