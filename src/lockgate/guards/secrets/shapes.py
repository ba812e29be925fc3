"""Secrets that show by their shape: private keys, signed tokens, connections and addresses with a password in them."""

_BEGIN = r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
_LINE = r"(?:\s|\\n|\\r|\\|[>\"'+,]){0,12}[A-Za-z0-9+/=]{16,80}"

ROWS = (
    (
        "private_key",
        _BEGIN + r"(?:[^-]|-[A-Za-z]){32,7800}-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----",
    ),
    ("private_key", _BEGIN + rf"(?:{_LINE}){{1,90}}"),
    ("putty_private_key", r"PuTTY-User-Key-File-[23]:[\w\s:+/=@.,-]{100,6000}Private-MAC: [0-9a-f]{40,64}"),
    ("json_web_token", r"eyJ[\w-]{10,600}\.eyJ[\w-]{10,3000}\.[\w-]{8,700}"),
    ("json_web_token_two_parts", r"eyJ[\w-]{15,600}\.(?!eyJ)[\w-]{15,3000}\.[\w-]{20,700}"),
    (
        "connection_string",
        r"(?i:[a-z][a-z0-9+.-]{1,24})://[^\s:/@'\"<>\[\]{}$()`,|]{0,100}:[^\s/'\"<>{}`|]{3,160}@[\w.\[-][^\s'\"<>`|)*\\”»“]{0,200}",
    ),
    ("connection_password", r"(?i:password|pwd)\s?=\s?(?P<value>[^\s;'\"<>&]{4,80});"),
    (
        "command_login",
        r"curl [^\n]{0,150}(?:-u|--user|--proxy-user)[ =]{1,3}(?P<value>'[^'\n]{6,140}'|\"[^\"\n]{6,140}\"(?::\"[^\"\n]{4,80}\")?|[\w.@-]{0,60}:['\"]?[^\s'\":]{4,80})",
    ),
    ("command_login", r"\\\n\s{0,8}(?:-u|--user)[ =]['\"]?(?P<value>[\w.@-]{2,60}:[^\s'\":]{6,80})"),
    (
        "command_login_first",
        r"(?:-u|--user)[ =]{1,3}['\"]?(?P<value>[\w.@-]{2,60}:[^\s'\":]{4,80})['\"]?\s[^\n]{0,120}https?://",
    ),
    (
        "mysql_password",
        r"(?:mysql|mysqldump|mariadb|sshpass)\s[^\n]{0,60}-p\s?['\"]?(?P<value>[^\s'\"-][^\s'\"]{5,60})",
    ),
    ("netrc_password", r"machine\s[\w.-]{3,80}\s{1,8}login\s[^\s]{1,80}\s{1,8}password\s(?P<value>[^\s]{4,120})"),
    ("xml_password", r"(?i:password|secret|token|apikey|api_key)\"?\s(?:value|content)=\"(?P<value>[^\"\s]{5,80})\""),
    ("xml_key_password", r"<(?i:(?:clear)?textpassword|password|secret|apikey|token)>(?P<value>[^<\s]{6,120})</"),
    ("sql_password", r"(?i:identified\sby|\spassword\s{0,2}=?)\s{0,2}N?'(?P<value>[^'\n]{5,80})'"),
    (
        "terraform_default",
        r"variable\s\"[\w-]{0,40}(?i:password|secret|token|key)[\w-]{0,20}\"\s\{[^}]{0,70}?default\s{1,8}=\s\"(?P<value>[^\"\n]{6,200})\"",
    ),
    (
        "command_password",
        r"(?i:requirepass|masterauth|convertto-securestring(?:\s-string)?|setx\s\w{0,20}password|docker\slogin\s[^\n]{0,80}\s(?:-p|--password(?=[ =]))|az\slogin\s[^\n]{0,120}\s(?:-p|--password(?=[ =]))|redis-cli\s[^\n]{0,80}(?:-a|--pass)|htpasswd\s-\w{0,4}b\w{0,4}\s[^\s]{1,80}\s[\w.@-]{1,40})[ =]{0,2}[\"']?(?P<value>[^\s\"'/@-][^\s\"'/@]{5,60})",
    ),
    (
        "variable_value",
        r"(?i:name|key)[\"']?\s?[:=]\s?[\"']?[\w-]{0,40}(?i:passw(?:or)?d|passphrase|secret|token|credentials?|(?:api|access|private|encryption|auth)[_-]?key|_pass)[\w-]{0,20}[\"']?(?:,\s{0,40}|\s{1,40})[\"']?(?i:value)[\"']?\s?[:=]\s{0,3}[\"']?(?P<value>[^\s\"'${<,][^\s\"',]{5,200})",
    ),
    (
        "session_cookie",
        r"(?i:cookie)(?:[\"'],\s?[\"']value)?[\"']?\s?[:=]\s?[\"'`]?[^\n]{0,120}?(?i:sess(?:ion)?(?:[_-]?(?:id|token|key))?|(?:connect\.|php)?sid|phpsessid|jsessionid|auth(?:_?token)?)=(?P<value>[\w%.+/-]{16,250})",
    ),
    (
        "basic_login",
        r"(?:auth\s?=\s?|BasicAuth)\([\"'][^\"'\n]{1,60}[\"'],\s?[\"'](?P<value>[^\"'\n]{4,80})[\"']\)",
    ),
    (
        "seed_phrase",
        r"(?i:(?:seed|recovery|secret|mnemonic)[ _-]phrase|mnemonic)(?i:\sis)?[\"']?\s{0,2}[:=]?\s{0,2}[\"'`]?(?P<value>(?:[a-z]{3,8} ){11}[a-z]{3,8}(?:(?: [a-z]{3,8}){12}(?! ?[a-z]))?)(?![a-z])",
    ),
    ("docker_login", r"\"auth\":\s?\"(?P<value>[A-Za-z0-9+/]{16,400}={0,2})\""),
)
"""A connection is found with its address: half of it would say where the other half belongs."""

SEEK = {
    "seed_phrase": r"(?i:seed|recovery|secret|mnemonic)[ _-](?i:phrase)|(?i:mnemonic)",
    "terraform_default": r"variable\s\"",
    "command_password": r"(?i:requirepass|masterauth|securestring|setx|(?:docker|az)\slogin|redis-cli|htpasswd)\s",
    "session_cookie": r"(?i:cookie)(?:[\"'],\s?[\"']value)?[\"']?\s?[:=]",
    "variable_value": r"(?i:value)[\"']?\s?[:=]",
}
"""What the automaton looks for instead: the whole of these would cost it more than all of a provider's keys."""

_FORGERY = "csrf|xsrf|authenticity|verification"
UNLESS = {"variable_value": _FORGERY, "xml_password": _FORGERY}
"""Names before it that say it is none: what a form carries against forgery lives as long as the page."""
