"""Tokens of the same form as the value: from ranges that are set aside for examples, so that they belong to nobody.

RFC 2606 (example.com), RFC 5737 and 3849 (addresses), 555-0100 to 555-0199 (North American numbers for fiction), a payment card
number with a true check digit of a range that card schemes use for tests, an IBAN with true check digits of a bank that is none.
"""

import re
from collections.abc import Callable
from typing import NamedTuple


class Form(NamedTuple):
    """`pattern` finds the tokens of this form, as models write them; `starts` are the characters that one may begin with.

    One of `quick`, in small letters, is in every one of them, and hardly anywhere else. `more`: what may stand behind a whole one before it is certain that it is one.
    """

    name: str
    pattern: str
    starts: str
    make: Callable[[int, str], str]
    quick: tuple[str, ...]
    more: str = ""


def _email(number: int, value: str) -> str:
    return f"user{number}@example.com"


def _phone(number: int, value: str) -> str:
    area, line = divmod(number, 100)
    return f"+1-{201 + area}-555-01{line:02d}"


def _card(number: int, value: str) -> str:
    digits = f"400000{number:09d}"
    doubled = (int(d) * 2 - 9 * (int(d) > 4) if at % 2 == 0 else int(d) for at, d in enumerate(digits))
    whole = digits + str(-sum(doubled) % 10)
    joint = next((char for char in value if char in " -"), "")
    return joint.join(whole[at : at + 4] for at in range(0, 16, 4))


def _iban(number: int, value: str) -> str:
    account = f"00000000{number:010d}"
    check = 98 - int(account + "131400") % 97
    whole = f"DE{check:02d}{account}"
    return " ".join(whole[at : at + 4] for at in range(0, 22, 4)) if " " in value else whole


def _ip(number: int, value: str) -> str:
    net, last = divmod(number - 1, 254)
    nets = ("192.0.2", "198.51.100", "203.0.113")
    if ":" in value or net >= len(nets):
        return f"2001:db8::{number:x}"
    return f"{nets[net]}.{last + 1}"


_EDGE, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
FORMS = (
    Form("email", r"(?<![A-Za-z0-9.+_-])user[0-9]{1,6}@example\.com(?![A-Za-z0-9_-]|\.[A-Za-z0-9])", "uU", _email, ("@example.com",), r"\.?"),
    Form("phone", r"(?<![A-Za-z0-9+])(?:\+?1[-. ]?)?\(?[2-9][0-9]{2}\)?[-. ]{0,2}555[-. ]?01[0-9]{2}" + _END, "+(123456789", _phone, ("555",)),
    Form("card", _EDGE + r"4000[- ]?00[0-9]{2}[- ]?[0-9]{4}[- ]?[0-9]{4}" + _END, "4", _card, ("4000",)),
    Form("iban", _EDGE + r"DE[0-9]{2}[ ]?0000[ ]?0000[ ]?[0-9]{4}[ ]?[0-9]{4}[ ]?[0-9]{2}" + _END, "dD", _iban, ("0000",)),
    Form("ip", r"(?<![A-Za-z0-9.:])(?:(?:192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]{1,3}(?![0-9]|\.[0-9])|2001:db8::[0-9a-f]{1,6}(?![0-9A-Za-z:]))", "12", _ip, ("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8::"), r"\.?"),
)  # fmt: skip
FORMATS = {"EMAIL": FORMS[0], "PHONE": FORMS[1], "CREDIT_CARD": FORMS[2], "CARD": FORMS[2], "IBAN": FORMS[3], "IP_ADDRESS": FORMS[4]}  # fmt: skip
_SIGNS = re.compile(r"[^a-z0-9]")


def form_id(text: str) -> str:
    """The same for every way to write it: with other case, blanks and dashes, without the country's code."""
    if "@" in text or ":" in text or text.count(".") == 3:
        return "form:" + text.lower()
    squeezed = _SIGNS.sub("", text.lower())
    if len(squeezed) == 10 and "55501" in squeezed:
        squeezed = "1" + squeezed
    return "form:" + squeezed
