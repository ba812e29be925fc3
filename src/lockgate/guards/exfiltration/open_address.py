"""The addresses that are still open at a place of a text: what is put there becomes part of them.

How an address ends depends on what it stands in: quotes and angle brackets hold blanks, too, and round brackets do not. Programs
that show texts make addresses of what has no scheme, too: of `www.`, and of a host's name with a path, a query or a port.
"""

import re
from collections.abc import Iterator

from lockgate.guards.exfiltration import forms
from lockgate.guards.exfiltration.read_address import as_read

BACK = 1024
"""Characters that are looked back over. Where they are all one word, it may be an address."""
FORTH = 192
"""Characters behind the place that may be the rest of a host's name."""
_SCHEMES = rf"(?:{forms.SCHEME}|sftp|tftp|ldaps?|rtsp|webcal|feed|ssh|git|telnet|nfs|rmi)"
_LABEL = r"[^\W_][\w-]{0,62}(?<!_)"
_LAST = r"(?:xn--[A-Za-z0-9-]{2,59}|[^\W\d_]{2,63})"
FILES = (
    "txt|json|jsonl|xml|ya?ml|toml|csv|tsv|html?|xhtml|css|scss|js|mjs|jsx|tsx?|php|aspx?|jsp|cgi|sql|log|bak|tmp|conf|cfg|ini|lock"
    "|gz|tgz|bz2|xz|exe|dll|docx?|xlsx?|pptx?|pdf|png|jpe?g|gif|svg|webp|ico|ipynb|java|cpp|swift"
)
"""What files end in, and no domain does."""
_FILE = rf"(?!(?:{FILES})(?![\w-]))"
_NUMBERS = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_HOST = rf"(?:(?:{_LABEL}\.){{1,126}}{_FILE}{_LAST}\.?|{_NUMBERS}|\[[0-9A-Fa-f:.]{{2,45}}\])"
_BARE = rf"(?:[^\s\"'<>()\[\]/\\?#@]{{1,128}}@)?{_HOST}(?::[0-9]{{1,5}})?[/\\?#]"
_FIRST = r"(?<![\w.@/\\?#&%+~$-])"
"""Before an address that has no scheme. What stands behind a path's slash is a part of that path."""
_MAIL = r"mailto:(?=[^\s\"'<>?@]{0,256}@)[^\s\"'<>?]{2,512}+\?"
_NO_LINES = r"(?!(?:\\\\[nrt][^/\\?#]*)+\Z)"
"""Ends of lines in a string within a string, and no path: nobody's host follows."""
_SIGNS = re.compile(rf"[?#&%+$\\]+(?=(?P<bare>{_BARE}))", re.IGNORECASE)
"""Before the first address of a word, for some of those that make addresses of what has no scheme."""
_ORIGINS = re.compile(
    rf"{_SCHEMES}:[/\\]{{1,4}}|(?<![\w+.-])(?:https?|wss?|ftp):(?=[^\s/\\])|(?<![\w./\\-]){_NO_LINES}{forms.SLASHES}"
    rf"|{_MAIL}|(?<![\w.-])www\.|{_FIRST}(?=(?P<bare>{_BARE}))",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"<[A-Za-z][A-Za-z0-9_]{0,60}>")
"""Another value's place, which ends no address."""
LONGEST_NAME = 320
_ANY = re.compile(r"[/\\%&]")
_BEGINS = re.compile(r"[/\\%&]|[A-Za-z]:|www|(?:\.[\w.-]{0,300}|\])(?::[0-9]{0,5})?[?#]", re.IGNORECASE)
"""No address is without one of them: a slash, what a slash may be written with, a scheme, a host's name and what ends it."""
_CLOSES = {'"': '"', "'": "'", "<": ">"}
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_ENDS = re.compile(r"[\s\"<>]")
_LAST_WORD = re.compile(r"[^\s\"<>]*+")
_QUOTED = re.compile(r"[=(]\s{0,4}[\"']\Z")
_GOES_ON = re.compile(r"[\w@.%&#;\\-]*(?::[0-9]{0,5})?")
_TOKEN_BEGINS = re.compile(r"<(?:[A-Za-z][A-Za-z0-9_]{0,60})?")
_BELOW = re.compile(rf"(?P<host>[\w-]{{0,63}}(?:\.{_LABEL}){{1,126}}\.{_FILE}{_LAST})(?![\w-])", re.IGNORECASE)
_BEHIND_A_NAME = re.compile(rf"[\w.-]{{0,{FORTH}}}@(?P<host>(?!\[){_HOST})(?::[0-9]{{1,5}})?[/\\?#]", re.IGNORECASE)


def without_tokens(text: str, by: str = "x") -> str:
    return _TOKEN.sub(lambda token: by * len(token[0]), text)


def may_begin(text: str) -> tuple[bool, str]:
    """Whether an address may be open at the end of a text, as long as it is: one that has none of these signs has none. And what has
    to stand in front of what follows: the quotes that it stands in, and of a text without one its end.

    A line's end ends an address, but not in quotes: there a browser takes it out.
    """
    begins = {quote: text.rfind(quote) for quote in "\"'"}
    quotes = {quote: at for quote, at in begins.items() if at >= 0 and _QUOTED.search(text[max(0, at - 7) : at + 1])}
    opened = "".join(f"={quote}" for quote in quotes)
    text = text[min((text.rfind("\n") + 1, *quotes.values())) :]
    if _ANY.search(text):
        return True, opened
    read = text if text.isascii() else as_read(text)
    end = read[-LONGEST_NAME:]
    for quote in quotes:  # `opened` says it
        end = end.replace(quote, " ")
    return (True, opened) if _BEGINS.search(read) else (False, opened + end)


def open_addresses(ahead: str, *, further: bool = True) -> Iterator[tuple[int, str]]:
    """Where they begin, and how they go, with the slashes that say that a host follows; -1 for one that may begin further ahead
    than anybody looks, where one may (`further`).
    """
    if further and len(ahead) > BACK and not _ENDS.search(ahead[-BACK:]):
        yield -1, ""
    for start, origin in _origins(ahead):
        bare = origin["bare"]
        end = start + len(bare) if bare else origin.end()
        if not _ended(ahead[max(0, start - BACK) : start], ahead[end:], bare=bool(bare)):
            yield start, _address(ahead[start:])
    joined = ahead.replace("\n", "").replace("\r", "").replace("\t", "")
    if len(joined) != len(ahead):  # a browser takes them out of an address
        yield from _in_quotes(joined)


def _origins(ahead: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Of those that may be open: in the last word, and behind a quote or a bracket that nothing closes."""
    word = len(ahead) - _LAST_WORD.match(ahead[::-1]).end()  # type: ignore[union-attr]  # it matches nothing, too
    places = {ahead.rfind('"') + 1, ahead.rfind("'") + 1}
    at = ahead.find("<", ahead.rfind(">") + 1)
    while at >= 0:
        places.add(at + 1)
        at = ahead.find("<", at + 1)
    for place in sorted(places):
        if 0 < place < word and (origin := _ORIGINS.match(ahead, place)):
            yield place, origin
    if signs := _SIGNS.match(ahead, word):
        yield signs.end(), signs
    for origin in _ORIGINS.finditer(ahead, word):
        yield origin.start(), origin


def _in_quotes(joined: str) -> Iterator[tuple[int, str]]:
    for start in (joined.rfind('"') + 1, joined.rfind("'") + 1):
        origin = _ORIGINS.match(joined, start) if _QUOTED.search(joined[max(0, start - 8) : start]) else None
        if origin is not None and not origin["bare"]:
            yield start, _address(joined[start:])


def _address(found: str) -> str:
    if found[:7].lower() == "mailto:":
        return "//" + found.partition("?")[0].rpartition("@")[2] + "/"
    scheme = re.match(rf"{_SCHEMES}:", found, re.IGNORECASE)
    if scheme is None:
        return found if found.startswith(("/", "\\")) else "//" + found
    return found if found[scheme.end() : scheme.end() + 1] in ("/", "\\") else f"{scheme[0]}//{found[scheme.end() :]}"


def _ended(ahead: str, address: str, *, bare: bool) -> bool:
    opener = ahead[-1:]
    if opener in _CLOSES:
        return _CLOSES[opener] in address
    if bare and opener == "=" and "&" in address and re.search(r"[?&][^\s?&=]{0,64}=\Z", ahead[-66:]):
        return True  # a value of another address's query
    if _ENDS.search(address) is not None or (opener == "`" and "`" in address):
        return True
    return opener in _BRACKETS and _closed(address, opener)


def _closed(address: str, opener: str) -> bool:
    """A bracket closes that was not opened in it."""
    if _BRACKETS[opener] not in address:
        return False
    depth = 0
    for char in address:
        depth += (char == opener) - (char == _BRACKETS[opener])
        if depth < 0:
            return True
    return False


def hosts_behind(behind: str) -> Iterator[str]:
    """Hosts that what is put in front would be a name below, or a name before."""
    if below := _BELOW.match(behind):
        yield "x" + below["host"]
    if named := _BEHIND_A_NAME.match(behind):
        yield named["host"]


def never_ends(behind: str) -> bool:
    """So much of a name that nobody sees whose it will be."""
    return len(behind) >= FORTH and ("." in behind or "@" in behind)


def rest_of_name(behind: str) -> str:
    """What may be of a host's name, and the character that ends it."""
    found = _GOES_ON.match(behind)
    assert found is not None
    return behind[: found.end() + 1]


def goes_on(behind: str) -> bool:
    """It may still become one of them."""
    seen = without_tokens(behind, "0")
    rest = seen[len(rest_of_name(seen)) - 1 :]
    ended = _GOES_ON.fullmatch(seen) is None and _TOKEN_BEGINS.fullmatch(rest) is None
    return len(behind) < FORTH and not ended
