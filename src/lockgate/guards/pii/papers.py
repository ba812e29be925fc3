"""Papers and vehicles: numbers that only the words before them give away."""

from lockgate.patterns.kinds import Kind

_VIN = {**{c: i for i, c in enumerate("0123456789")}, **dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))}  # fmt: skip
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(text: str) -> bool:
    """The ninth character is a check in North America."""
    rest = sum(_VIN[char] * weight for char, weight in zip(text, _WEIGHTS, strict=True)) % 11
    return (
        text[8] == "0123456789X"[rest] and any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
    )


def mixed(text: str) -> bool:
    return any(char.isdigit() for char in text) and any(char.isalpha() for char in text)


def digital(text: str) -> bool:
    return sum(char.isdigit() for char in text) >= 5


def _after(words: str, value: str) -> str:
    """A value that is one only after such words, with nothing between them that counts as another number."""
    return rf"(?i:{words})[^\n\d]{{0,20}}?(?<![A-Za-z0-9-])(?P<value>{value})(?![\w-])"


PASSPORT = "passport|reisepass|passeport|pasaporte|passaporto|passaporte|paspoort|護照|护照"
LICENSE = "driv(?:er'?s?|ing) ?licen[sc]e|dl (?:number|no|#)|licen[sc]e (?:number|no)|führerschein|permis de conduire"
PLATE = "licen[sc]e plate|number plate|kennzeichen|plaque d|matrícula|registration (?:number|plate)"
RECORD = "mrn[ :#]|medical record|patient (?:id|number)|versichertennummer|health (?:card|insurance)"
ACCOUNT = "account (?:number|no|#)|acct|kontonummer|routing|aba[ :#]|sort code|número de cuenta|numéro de compte"

KINDS = (
    Kind("passport", _after(PASSPORT, r"[A-Za-z]{0,2}\d{6,9}[A-Za-z]?"), 0.8, digital),
    Kind("passport", r"(?<![\w-])[A-PR-WY][1-9]\d ?\d{4}[1-9](?![\w-])", 0.5, digital, signed=True),
    Kind("passport", r"(?<![\w-])[A-Z]\d{8}(?![\w-])", 0.5, digital, signed=True),
    Kind("driver_license", _after(LICENSE, r"[A-Za-z]{0,2}\d{5,14}[A-Za-z]?"), 0.75, digital),
    Kind("driver_license", r"(?<![\w-])[A-Z]\d{3}-\d{4}-\d{4}(?![\w-])", 0.6, signed=True),
    Kind("driver_license", r"(?<![\w-])[A-Z9]{5}\d{6}[A-Z9]{2}\d[A-Z]{2}(?![\w-])", 0.6, signed=True),
    Kind("license_plate", _after(PLATE, r"(?:[A-Z]{1,3}[ -]?){1,2}\d{1,4}[ -]?[A-Z]{0,3}|\d{1,4}[ -]?[A-Z]{1,3}[ -]?\d{0,4}[ -]?[A-Z]{0,2}"), 0.7, mixed),
    Kind("medical_record", _after(RECORD, r"[A-Z]{0,3}-?\d{5,12}"), 0.75, digital),
    Kind("bank_account", _after(ACCOUNT, r"\d{2,6}[ -]?\d{4,10}(?:-\d{1,3})?"), 0.6),
    Kind("vin", r"(?<![\w-])[A-HJ-NPR-Z0-9]{17}(?![\w-])", 0.7, vin, signed=True),
    Kind("vin", r"(?<![\w-])[A-HJ-NPR-Z0-9]{17}(?![\w-])", 0.2, mixed, words=r"vin\b|chassis|fahrgestell", told=0.8, signed=True),
)  # fmt: skip
