"""Secrets that only their name gives away: an assignment, or a service's name beside something random."""

_STRONG = (
    r"(?:secret|token|tkn|passw(?:or)?d|passphrase|passwd|pwd|credentials?|private|api[ _.-]?key|apikey|access|auth[ _.-]?key"
    r"|authorization|signing|encryption|master|session[ _-]?key|key|[_-]pat)"
)
_BETWEEN = r"[\w .-]{0,22}?[\"'\]\\]{0,4}\s{0,4}(?:=>|:=|==?|:|\||,|>|-|\.|\s)\s{0,4}[\"'`(\[<\\]{0,4}(?:[Bb]earer |[Bb]asic )?"
_RANDOM = r"(?P<value>[A-Za-z_+/~!@#$%^&*.=:-]{0,40}\d[\w+/~!@#$%^&*.=:-]{5,1200}|[A-Za-z+/]{14,80}\d[\w+/=-]{0,12})"
_CHOSEN = r"(?P<value>(?:[^\s'\"`,;<>(){}\[\]\\?]|(?<!:)\?)[^\s'\"`,;<>(){}\[\]\\]{5,79})"
"""Not `:?` in one, as in `${PASSWORD:?missing}`: what a shell says where there is none."""

RANDOM = ("named_secret", rf"(?i:{_STRONG}){_BETWEEN}{_RANDOM}")
PASSWORD = (
    "password",
    rf"(?i:passw(?:or)?d|passwd|passphrase|pwd|passcode)[\w-]{{0,16}}[\"'\]\\]{{0,4}}\s{{0,3}}(?:=>|:=|=|:|\sis:?\s|,(?=\s?[\"\'])|\s(?=[\"'`]))\s{{0,3}}[\"'`\\]{{0,4}}{_CHOSEN}",
)
PASS = (
    "password",
    rf"(?:(?<![A-Za-z])(?:pass|Pass|PASS|pw|PW|psk)|(?<=[a-z])Pass)[\"'\]]{{0,3}}\s{{0,3}}(?:=>|:=|=|:)\s{{0,3}}[\"'`\\]{{0,4}}{_CHOSEN}",
)
_SAYS = r"(?:\s{0,2}(?:=>|[=:：]|は|是|为|為|은|는|lautet|ist|est|es|è|é|är|er|on|to|jest|wynosi)|\s)\s{0,3}[\"'`“„«「『]{0,2}"  # noqa: RUF001  as it is written there
ABROAD = (
    "password",
    (
        r"(?:[Pp]asswort|PASSWORT|[Kk]ennwort|[Mm]ots? de passe|[Cc]ontraseña|[Ss]enha|[Pp]alavra-passe|[Ww]achtwoord|[Hh]asło|[Hh]eslo|[Jj]elszó"
        r"|[Ll]ösenord|[Pp]assord|[Aa]dgangskode|[Ss]alasana|[Şş]ifre|[Pp]arola|[Пп]ароль|[Κκ]ωδικός|סיסמה|كلمة المرور|पासवर्ड|[Mm]ật khẩu|รหัสผ่าน"
        r"|パスワード|暗証番号|密码|密碼|口令|비밀번호|La password)"
        + _SAYS
        + r"(?P<value>[A-Za-z0-9!#$%&*+./:=?@^_~-]{6,80})"
    ),
)
"""As people write them in other languages; what follows in their own letters is no part of it."""
TOKEN_ABROAD = (
    "named_secret",
    (
        r"(?:令牌|密钥|密鑰|トークン|シークレット|[Aa][Pp][Ii]キー|秘密鍵|토큰|비밀키|[Тт]окен|[Кк]люч [Aa][Pp][Ii]|[Aa][Pp][Ii][- ][Ss]chlüssel|[Zz]ugangsschlüssel|[Jj]eton|[Cc]lé (?:API|d'API|secrète)|[Cc]lave (?:API|secreta)|[Cc]have (?:API|secreta))"
        + _SAYS
        + r"(?P<value>[A-Za-z0-9+/_=-]{16,250})"
    ),
)
IDENTIFIER = (
    "named_secret",
    (
        r"(?i:secret|token|tkn|api[ _-]?key|access[ _-]?key|private|passw(?:or)?d)[\w .-]{0,22}?[\"'\]\\]{0,4}\s{0,3}(?:=>|:=|=|:|-|\s)\s{0,3}"
        r"[\"'`\\]{0,4}(?P<value>[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12})(?![\w-])"
    ),
)
SERVICE = ("service_key", r"(?<![\w/.])(?P<value>[A-Za-z_+/-]{0,40}\d[\w+/-]{13,250}={0,2})")
SERVICE_SEEK = r"[^\w/.][A-Za-z_+/-]{0,40}\d[\w+/-]{13}"
"""With what stands before it: the first digit of a run is one hit, and not each."""
LETTERS = (
    "named_secret",
    r"(?i:secret|token|api[ _-]?key|private|access|[_-]key)[\w .-]{0,22}?[\"'\]\\]{0,4}\s{0,3}(?:=>|:=|=|:|\s)\s{0,3}[\"'`\\]{0,4}(?P<value>[A-Za-z]{20,250})(?![\w-])",
)
