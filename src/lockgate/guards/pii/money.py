"""Cards, accounts and wallets."""

from itertools import groupby

from lockgate.guards.pii.sums import EIGHT, alphanumeric, luhn, mod_97, plain
from lockgate.patterns.kinds import Kind
from lockgate.patterns.sums import base58, bech32

_IBAN = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18,
    "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23,
    "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28,
    "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
_PREFIXES = ("4", "51", "52", "53", "54", "55", "34", "37", "36", "38", "39", "300", "301", "302", "303", "304", "305", "309",
             "6011", "62", "64", "65", "35", "50", "56", "57", "58", "59", "60", "61", "63", "66", "67", "68", "69", "9792", "2131", "1800", "2")  # fmt: skip
_CARD = (
    r"card|visa|master|amex|american express|maestro|discover|diners|jcb|charge|credit|debit|payment|cc\b|pan\b|unionpay|mir\b"
    r"|karte|kredit|tarjeta|crédito|débito|carte|cartão|carta|bancomat|pinpas|karta|karty|kártya|kaart|kort|kortti|κάρτα|карт|カード|卡|카드"
)
_NOT_CARD = r"\d $|[A-Z]{2}\d\d (?:[A-Z]{4} )?$|iban|konto"
_LENGTHS = "|".join(
    rf"(?:{'|'.join(country for country, _ in some)})\d\d(?:(?:[ -]|\r?\n)?[A-Z0-9]){{{length - 4}}}"
    for length, some in groupby(sorted(_IBAN.items(), key=lambda each: each[1]), key=lambda each: each[1])
)
"""As many characters as the country has, so that a word behind it is no part of it."""
_LEAD = rf"(?:{'|'.join(_IBAN)})\d\d(?:(?:[ -]|\r?\n)?[A-Z0-9])"


def iban(text: str) -> bool:
    written = alphanumeric(text)
    return _IBAN.get(written[:2]) == len(written) and mod_97(written)


def card(text: str) -> bool:
    number = plain(text)
    return (
        number.startswith(_PREFIXES)
        and luhn(number)
        and len(set(number)) > 1
        and (number[0] != "2" or "2221" <= number[:4] <= "2720" or number[:4] == "2131")
    )


def brand(text: str) -> bool:
    """After a word that says card, any number that cards have."""
    number = plain(text)
    return number.startswith(_PREFIXES) and luhn(number) and len(set(number)) > 1


KINDS = (
    Kind("iban", rf"(?<![A-Za-z0-9])(?:{_LENGTHS})(?![A-Za-z0-9])", 0.95, iban, caseless=True, seek=rf"{_LEAD}{{6}}", held=rf"{_LEAD}{{0,29}}", signed=True),
    Kind("credit_card", r"(?<![\w.-])\d{4}(?:[ .-]?\d{4}){3}(?![\w-]|\.\d)", 0.85, card, unless=r"[A-Z]{2}\d{2} $", signed=True),
    Kind("credit_card", r"(?<![\w.-])3[47]\d{2}[ .-]?\d{6}[ .-]?\d{5}(?![\w-]|\.\d)", 0.85, card, signed=True),
    Kind("credit_card", r"(?<![\w.-])\d{4}(?:[ .-]\d{4}){2,3}[ .-]\d{1,4}(?![\w-]|\.\d)", 0.6, card, unless=_NOT_CARD, signed=True),
    Kind("credit_card", r"(?<![\w.-])(?:\d{4}[ -]\d{4}[ -]?\r?\n\d{4}[ -]\d{4}|\d{4}[ -]?\r?\n\d{4}[ -]\d{4}[ -]\d{4}|\d{4}[ -]\d{4}[ -]\d{4}[ -]?\r?\n\d{4})(?![\w-]|\.\d)", 0.7, card, unless=_NOT_CARD, signed=True),
    Kind("credit_card", r"(?<![\w.-])3[0689]\d{2}[ .-]\d{6}[ .-]\d{4}(?![\w-]|\.\d)", 0.6, card, signed=True),
    Kind("credit_card", r"(?<![\w.-])\d(?:[ .-]?\d){11,18}(?![\w-]|\.\d)", 0.3, brand, words=_CARD, told=0.85, unless=_NOT_CARD, seek=EIGHT),
    Kind("card_code", r"(?i:cvv2?|cvc2?|security code|card code)[\"']?\s{0,2}(?:[:=]|is|#)?\s{0,2}[\"']?(?P<value>\d{3,4})(?!\d)", 0.75),
    Kind("bitcoin_address", r"(?<![\w])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![\w])", 0.95, base58, signed=True),
    Kind("bitcoin_address", r"(?<![\w])bc1[02-9ac-hj-np-z]{11,71}(?![\w])", 0.95, bech32),
    Kind("litecoin_address", r"(?<![\w])(?:[LM3][1-9A-HJ-NP-Za-km-z]{26,33})(?![\w])", 0.9, base58, signed=True),
    Kind("dogecoin_address", r"(?<![\w])D[5-9A-HJ-NP-U][1-9A-HJ-NP-Za-km-z]{32}(?![\w])", 0.9, base58, signed=True),
    Kind("tron_address", r"(?<![\w])T[1-9A-HJ-NP-Za-km-z]{33}(?![\w])", 0.9, base58, signed=True),
    Kind("ethereum_address", r"(?<![\w])0x[0-9a-fA-F]{40}(?![\w])", 0.85, signed=True),
    Kind("monero_address", r"(?<![\w])[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?![\w])", 0.9, signed=True),
    Kind("swift_code", r"(?<![\w])[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![\w])", 0.1, words=r"swift|bic\b", told=0.8),
)  # fmt: skip
