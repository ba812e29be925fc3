"""Paths that leave the folder they were to stay in, for files that are nobody's business."""

HIGH, MEDIUM = 0.9, 0.6
_UP = r"(?:\.{2,4}[/\\]{1,4})"
_TOP = r"(?:etc|proc|root|var|home|boot|sys|dev|usr|srv|windows|winnt|users|inetpub|program files|web-inf)"

ROWS: tuple[tuple[float, str], ...] = (
    (HIGH, rf"{_UP}{{2,24}}{_TOP}(?:[/\\]|\b)"),
    (HIGH, r"(?:/etc/(?:shadow|gshadow|sudoers|master\.passwd)|/proc/(?:self|\d{1,7})/(?:environ|mem|maps|cmdline|fd/\d{1,4}))\b"),
    (HIGH, r"(?:[/\\~]|\$\{?HOME\}?)[\w./\\-]{0,60}\.(?:ssh[/\\]{1,2}id_(?:rsa|dsa|ecdsa|ed25519)|aws[/\\]{1,2}credentials|kube[/\\]{1,2}config|docker[/\\]{1,2}config\.json|git-credentials|netrc|pgpass)(?![\w.]|-[a-z])"),
    (HIGH, r"\b(?:php|expect|zip|phar|glob)://(?:filter|input|[\w./-]{1,60})"),
    (HIGH, r"\bfile:/{1,4}(?:localhost/)?(?:etc|proc|root|c:|windows)\b"),
    (HIGH, r"\\{2,4}(?:\?|\.|localhost|127\.0\.0\.1)\\{1,2}(?:c\$|[a-z]:|globalroot|pipe)"),
    (HIGH, r"[/\\](?:windows|winnt)[/\\]{1,2}(?:win\.ini|system32[/\\]{1,2}(?:config[/\\]{1,2}sam|drivers[/\\]{1,2}etc[/\\]{1,2}hosts))\b"),
    (MEDIUM, rf"{_UP}{{5,40}}"),
    (MEDIUM, r"/etc/(?:passwd|hosts|group|crontab|ssh/\w{1,24}|fstab|hostname|issue)\b"),
    (MEDIUM, r"[\w./\\-]{1,60}(?:%00|\\x00|\\u0000)\.?\w{0,8}"),
)  # fmt: skip
