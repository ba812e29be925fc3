"""Secrets made up from the forms of `secret_formats.txt`, and what is next to one: for tests, the same ones each time."""

import hashlib
import random
import re
import string
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

_LETTERS = string.ascii_letters
_ALPHABETS = {
    "a": _LETTERS + string.digits, "h": "0123456789abcdef", "H": "0123456789ABCDEF", "l": string.ascii_lowercase + string.digits,
    "U": string.ascii_uppercase + "234567", "d": string.digits, "w": _LETTERS + string.digits + "-_", "b": _LETTERS + string.digits + "+/",
    "s": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", "V": _LETTERS, "v": string.ascii_lowercase, "q": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "5": "abcdefghijklmnopqrstuvwxyz234567", "A": _LETTERS + string.digits + "#_=&",
}  # fmt: skip
_PART = re.compile(r"\{(?:([ahHlUdwbsvVq5A])(\d+)|(u)|(basic)|(wif))\}")
_SUM = re.compile(r"\{crc(62|36|32)\}")
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PLAIN = _LETTERS + string.digits


def formats() -> dict[str, str]:
    lines = (Path(__file__).parent / "secret_formats.txt").read_text().splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return {label: form.replace("\\n", "\n") for label, form in pairs}


def made(form: str, chance: random.Random) -> str:
    return _summed(_PART.sub(lambda part: _random(part, chance), form))


def _summed(text: str) -> str:
    if mark := _SUM.search(text):
        before = text[: mark.start()]
        base = int(mark[1])
        if base == 62:
            return before + _written(crc32(before.partition("_")[2].encode()), 62, 6)
        return before + (
            _written(crc32(before.encode()), 36, 7).lower() if base == 36 else f"{crc32(before[5:-1].encode()):08x}"
        )
    return text


def _written(number: int, base: int, width: int) -> str:
    return (_written(number // base, base, width - 1) if width > 1 else "") + _DIGITS[number % base]


def _wif(chance: random.Random) -> str:
    data = b"\x80" + chance.randbytes(32) + b"\x01"
    number = int.from_bytes(data + hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4], "big")
    out = ""
    while number:
        number, rest = divmod(number, 58)
        out = _ALPHABETS["s"][rest] + out
    return out


def _random(part: re.Match[str], chance: random.Random) -> str:
    if part[3]:
        sizes = (8, 4, 4, 4, 12)
        return "-".join("".join(chance.choices(_ALPHABETS["h"], k=size)) for size in sizes)
    if part[4]:
        return b64encode(b"deploy:" + "".join(chance.choices(_PLAIN, k=14)).encode()).decode()
    if part[5]:
        return _wif(chance)
    alphabet, size = _ALPHABETS[part[1]], int(part[2])
    # The ends of a token are letters or digits: what stands at an edge would be cut off by whoever copies it.
    inner = "".join(chance.choices(alphabet, k=size - 1))
    ends = [char for char in alphabet if char.isalnum()]
    return chance.choice(ends) + inner[: size - 2] + chance.choice(ends) if size > 1 else chance.choice(ends)


def stands_for(form: str) -> str:
    """As documentation writes it: one character again and again."""
    return _SUM.sub("xxxxxx", _PART.sub(lambda part: "x" * (int(part[2]) if part[2] else 36), form))


def cut_off(form: str, chance: random.Random) -> str:
    """Too short to be one: its longest part is only begun."""
    longest = max(_PART.finditer(form), key=lambda part: int(part[2] or 36))
    kept = made(longest[0], chance)[: min(6, int(longest[2] or 36) // 3)]
    return made(form[: longest.start()], chance) + kept + made(form[longest.end() :], chance)


def around(value: str) -> Iterator[tuple[str, str]]:
    """The files and messages in which secrets are found; none of the names says that it is one."""
    yield "env", f"REGION=eu-west-1\nLGT_VALUE={value}\nDEBUG=false\n"
    yield "yaml", f"service:\n  region: eu\n  value: {value}\n  replicas: 2\n"
    yield "json", f'{{"region": "eu", "value": "{value}", "replicas": 2}}'
    yield "terraform", f'provider "x" {{\n  value = "{value}"\n}}\n'
    yield "shell", f"export VALUE='{value}' && make"
    yield "header", f"curl -H 'X-Value: {value}' https://api.internal/v1"
    yield "properties", f"app.value={value}\napp.size=4\n"
    yield "chat", f"I pasted this by mistake: {value} and now?"
    yield "comment", f"x = 1  # was {value} before\n"
    yield "markdown", f"- the value is `{value}`\n- nothing else\n"
    yield "code block", f"```\n{value}\n```\n"
    yield "diff", f"-value: old\n+value: {value}\n"
