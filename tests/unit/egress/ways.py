"""Ways in which programs write a secret down, by the standard library: a second opinion to the forms that are looked for."""

import base64
import html
import json
import urllib.parse
from collections.abc import Callable


def _around(encode: Callable[[bytes], bytes], before: int) -> Callable[[str], str]:
    return lambda text: encode(b"ab&"[:before] + text.encode() + b" and more").decode()


WAYS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": lambda text: json.dumps(text)[1:-1],
    "json of json": lambda text: json.dumps(json.dumps(text)),
    "json with slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json for html": lambda text: "".join(f"\\u{ord(c):04x}" if c in "<>&" else c for c in json.dumps(text)[1:-1]),
    "json of .NET": lambda text: "".join(f"\\u{ord(c):04X}" if c in "<>&+'" else c for c in json.dumps(text)[1:-1]),
    "all json escapes": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "all json escapes, capitals": lambda text: "".join(f"\\u{ord(c):04X}" for c in text),
    "url": lambda text: urllib.parse.quote(text, safe=""),
    "url, small": lambda text: "".join(f"%{ord(c):02x}" if urllib.parse.quote(c, safe="") != c else c for c in text),
    "form": urllib.parse.quote_plus,
    "all percent": lambda text: "".join(f"%{ord(c):02X}" for c in text),
    "html": html.escape,
    "hex": lambda text: text.encode().hex(),
    "hex, capitals": lambda text: text.encode().hex().upper(),
    **{f"base64 behind {n}": _around(base64.b64encode, n) for n in range(4)},
    **{f"url base64 behind {n}": _around(base64.urlsafe_b64encode, n) for n in range(4)},
    "basic": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
}
