"""Secrets that only their name gives away: an assignment, or a service's name beside something random."""

_STRONG = (
    r"(?:secret|token|tkn|passw(?:or)?d|passphrase|passwd|pwd|credentials?|private|api[ _.-]?key|apikey|access|auth[ _.-]?key"
    r"|authorization|signing|encryption|master|session[ _-]?key|key|[_-]pat)"
)
_BETWEEN = r"[\w .-]{0,22}?[\"'\]\\]{0,4}\s{0,4}(?:=>|:=|==?|:|\||,|>|-|\.|\s)\s{0,4}[\"'`(\[<\\]{0,4}(?:[Bb]earer |[Bb]asic )?"
_RANDOM = r"(?P<value>[A-Za-z_+/~!@#$%^&*.=:-]{0,40}\d[\w+/~!@#$%^&*.=:-]{5,1200}|[A-Za-z+/]{14,80}\d[\w+/=-]{0,12})"
_CHOSEN = r"(?P<value>[^\s'\"`,;<>(){}\[\]\\]{6,80})"

RANDOM = ("named_secret", rf"(?i:{_STRONG}){_BETWEEN}{_RANDOM}")
PASSWORD = (
    "password",
    rf"(?i:passw(?:or)?d|passwd|passphrase|pwd|passcode)[\w-]{{0,16}}[\"'\]\\]{{0,4}}\s{{0,3}}(?:=>|:=|=|:|\sis\s|,(?=\s?[\"\']))\s{{0,3}}[\"'`\\]{{0,4}}{_CHOSEN}",
)
IDENTIFIER = (
    "named_secret",
    (
        r"(?i:secret|token|tkn|api[ _-]?key|access[ _-]?key|private|passw(?:or)?d)[\w .-]{0,22}?[\"'\]\\]{0,4}\s{0,3}(?:=>|:=|=|:|-|\s)\s{0,3}"
        r"[\"'`\\]{0,4}(?P<value>[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12})(?![\w-])"
    ),
)
SERVICE = ("service_key", r"(?<![\w/.])(?P<value>[A-Za-z_+/-]{0,40}\d[\w+/-]{13,250}={0,2})")
LETTERS = (
    "named_secret",
    r"(?i:secret|token|api[ _-]?key|private|access|[_-]key)[\w .-]{0,22}?[\"'\]\\]{0,4}\s{0,3}(?:=>|:=|=|:|\s)\s{0,3}[\"'`\\]{0,4}(?P<value>[A-Za-z]{20,250})(?![\w-])",
)
