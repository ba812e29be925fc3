"""Shell: what opens a way in, destroys a machine, or sends its secrets away."""

HIGH, MEDIUM = 0.9, 0.6
_SHELL = r"(?:/(?:usr/)?bin/)?(?:ba|z|da|k|c)?sh"
_KEPT = r"(?:/etc/(?:passwd|shadow)|[\w~$/{}.-]{0,40}\.(?:ssh/id_\w{2,10}|aws/credentials|netrc|kube/config|env)\b)"
_ROOT = r"(?:/(?:\*|(?:etc|usr|var|home|boot|bin|lib|root|opt|sys|srv)(?:/\*?)?)?|~/?|\$\{?HOME\}?/?\*?|\*)"

ROWS: tuple[tuple[float, str], ...] = (
    (HIGH, rf"\b(?:curl|wget)\b[^\n|;]{{1,200}}\|\s{{0,4}}(?:sudo\s{{1,4}})?(?:{_SHELL}|python3?|perl|ruby|node)\b"),
    (HIGH, rf"\b{_SHELL}\s{{1,4}}(?:-c\s{{1,4}})?[\"'\\]{{0,2}}(?:<\(|\$\(|`)\s{{0,4}}(?:curl|wget)\b"),
    (HIGH, rf"\bbase64\s{{1,4}}(?:-d|-D|--decode)\b[^\n;]{{0,60}}\|\s{{0,4}}(?:sudo\s{{1,4}})?(?:{_SHELL}|python3?|perl)\b"),
    (HIGH, r"/dev/(?:tcp|udp)/[\w.$-]{1,80}/\d{1,5}"),
    (HIGH, rf"\b(?:nc|ncat|netcat)\b[^\n;|]{{0,60}}\s-\w{{0,4}}[ec]\s{{0,4}}[\"']?{_SHELL}\b"),
    (HIGH, r"\bmkfifo\s{1,4}[\w/.-]{1,40}\s{0,4};[^\n]{0,80}\|\s{0,4}(?:nc|ncat|netcat|openssl|telnet)\b"),
    (HIGH, r"\bsocket\.socket\([^\n]{0,120}\b(?:os\.dup2|pty\.spawn|subprocess\.(?:call|Popen|run))\("),
    (HIGH, r"\bfsockopen\([^\n]{1,80}\b(?:exec|shell_exec|system|proc_open)\("),
    (HIGH, rf"\brm\s{{1,4}}(?:-[\w-]{{1,24}}\s{{1,4}}){{1,4}}(?:--\s{{1,4}})?[\"']?{_ROOT}(?=[\s\"'\\;&|)]|\Z)"),
    (HIGH, r"\brm\b[^\n;|&]{0,60}--no-preserve-root\b"),
    (HIGH, r":\(\)\s{0,4}\{\s{0,4}:\s{0,4}\|\s{0,4}:\s{0,4}&\s{0,4}\}\s{0,4};\s{0,4}:"),
    (HIGH, r"\bdd\s[^\n;|]{0,80}\bof=/dev/(?:sd|hd|vd|nvme|disk|mmcblk)\w{0,8}"),
    (HIGH, r"\bmkfs(?:\.\w{2,8})?\s[^\n;|]{0,40}/dev/\w{2,12}"),
    (HIGH, r">\s{0,4}/dev/(?:sd|hd|vd|nvme)\w{1,8}"),
    (HIGH, r">{1,2}\s{0,4}(?:/etc/(?:passwd|shadow|sudoers|crontab|cron\.\w{1,8}|ld\.so\.preload)|[\w~$/{}.-]{0,40}\.ssh/authorized_keys)\b"),
    (HIGH, rf"\bcurl\b[^\n;|]{{0,120}}\s(?:-d|-F|-T|--data(?:-binary|-raw|-urlencode)?|--form|--upload-file)[\s=][\"'\\]{{0,2}}(?:\w{{1,20}}=)?[@<]?{_KEPT}"),
    (HIGH, rf"\b(?:cat|base64|tar|gzip|xxd|od)\b[^\n;|]{{0,60}}{_KEPT}[^\n;|]{{0,40}}\|[^\n;]{{0,60}}\b(?:curl|wget|nc|ncat|telnet|openssl)\b"),
    (HIGH, r"\b(?:printenv|env|set)\s{0,4}\|[^\n;]{0,60}\b(?:curl|wget|nc|ncat|telnet)\b"),
    (HIGH, r"\bpowershell(?:\.exe)?\b[^\n]{0,80}\s-e(?:nc(?:odedcommand)?|c)?\s{1,4}[A-Za-z0-9+/=]{16,400}"),
    (HIGH, r"\b(?:iex|invoke-expression)\b[^\n]{0,40}\b(?:downloadstring|invoke-webrequest|iwr|net\.webclient)\b"),
    (HIGH, r"\bcertutil(?:\.exe)?\b[^\n]{0,40}-urlcache\b"),
    (HIGH, r"\beval\s{0,4}\(\s{0,4}(?:base64_decode|gzinflate|atob|str_rot13)\s{0,4}\("),
    (HIGH, r"\b__import__\(\s{0,4}[\"'\\]{1,2}(?:os|subprocess|pty|socket)[\"'\\]{1,2}\s{0,4}\)\s{0,4}\.\s{0,4}(?:system|popen|call|run|Popen|spawn|check_output|socket)\b"),
    (HIGH, r"\(\)\s{0,4}\{\s{0,4}:;\s{0,4}\}\s{0,4};"),
    (HIGH, r"\$\{IFS\}[^\s]{0,40}|\w{2,8}\$IFS(?:\$\d)?"),
    (MEDIUM, r"(?:;|&&|\|\|?|`|\$\(|\n)\s{0,4}(?:whoami|id|uname\s{1,4}-a|ifconfig|netstat|ps\s{1,4}aux|cat\s{1,4}/etc/\w{1,20}|ping\s{1,4}-[cn]\s{1,4}\d{1,3})(?=[\s\"'\\;&|)`]|\Z)"),
    (MEDIUM, rf"\bcat\s{{1,4}}{_KEPT}"),
    (MEDIUM, r"\bchmod\s{1,4}(?:-R\s{1,4})?(?:0?777|a\+rwx|[ug]?\+s)\s{1,4}/\w{0,40}"),
    (MEDIUM, r"\b(?:sudo|su)\s{1,4}(?:-\s{1,4})?(?:passwd|useradd|usermod|visudo)\b"),
    (MEDIUM, r"\bcrontab\s{1,4}-(?=[\s\"'\\;&|)]|\Z)"),
    (MEDIUM, r"\b(?:os\.system|subprocess\.(?:call|run|Popen|check_output)|shell_exec|passthru|proc_open|Runtime\.getRuntime\(\)\.exec)\s{0,4}\("),
)  # fmt: skip
