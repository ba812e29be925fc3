"""Templates: expressions that a server would run. A name in braces is none."""

HIGH, MEDIUM = 0.9, 0.6
_OPEN = r"(?:\{\{|\$\{|#\{|<%=?|\{%|@\(|\*\{|~\{)"
_CLASSES = r"__(?:class|mro|bases?|subclasses|globals|builtins|init|import|getattribute|reduce)__"

_TWICE = r"__(?:class|mro|bases?|subclasses|globals|builtins|import|getattribute|reduce)__"
"""Not `__init__`: that is how classes are written."""

ROWS: tuple[tuple[float, str], ...] = (
    (HIGH, rf"{_TWICE}[^\n]{{0,40}}{_CLASSES}"),
    (HIGH, rf"{_OPEN}[^\n}}]{{0,60}}{_CLASSES}"),
    (HIGH, r"(?:\{\{|\$\{|#\{|<%=|\*\{)-?\s{0,4}[\"'\\]{0,2}\d{1,6}[\"'\\]{0,2}\s{0,4}\*\s{0,4}[\"'\\]{0,2}\d{1,6}[\"'\\]{0,2}\s{0,4}(?:\}|%>)"),
    (HIGH, rf"{_OPEN}[^\n}}]{{0,60}}\b(?:os|subprocess)\b[^\n}}]{{0,40}}\b(?:popen|system|check_output|run)\b"),
    (HIGH, rf"{_OPEN}-?\s{{0,4}}(?:config|self|request|lipsum|cycler|joiner|namespace|url_for|get_flashed_messages)(?:\.(?:items|from_object|application|environ|__)|\[|\|\s{{0,4}}attr)"),
    (HIGH, r"\|\s{0,4}attr\s{0,4}\(\s{0,4}[\"'\\]{1,2}(?:_|\\x5f){2}"),
    (HIGH, r"\$\{[\w:$\{\}.-]{0,80}n\}?d\}?i\}?:(?:ldaps?|rmi|dns|iiop|corba|nis|https?)\b"),
    (HIGH, r"\bjndi:(?:ldaps?|rmi|dns|iiop|corba|nis|http)://"),
    (HIGH, rf"{_OPEN}[^\n}}]{{0,60}}\bT\(\s{{0,4}}java\.lang\.(?:Runtime|ProcessBuilder|System)"),
    (HIGH, r"\bfreemarker\.template\.utility\.(?:Execute|ObjectConstructor|JythonRuntime)\b"),
    (HIGH, r"%\{\s{0,4}\(?#\w{1,30}\s{0,4}=|\(#(?:_memberAccess|context|rt|cmd)\b"),
    (HIGH, r"<%=?[^\n%]{0,60}\b(?:system|exec|IO\.popen|File\.(?:open|read)|eval|`)[^\n%]{0,40}%>"),
    (HIGH, r"<\?(?:php|=)[^\n]{0,80}\b(?:system|exec|shell_exec|passthru|eval|assert)\s{0,4}\("),
    (HIGH, r"\{(?:php|literal|system)\}[^\n]{0,60}\b(?:system|exec|shell_exec)\s{0,4}\("),
    (MEDIUM, r"\{%-?\s{0,4}(?:import|include|extends|from)\s{1,4}[\"'\\]{0,2}(?:os|sys|subprocess|/|\.\.)"),
    (MEDIUM, r"\{\{-?\s{0,4}(?:config|self|request|settings|env)\s{0,4}-?\}\}"),
)  # fmt: skip
