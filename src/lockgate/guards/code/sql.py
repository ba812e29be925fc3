"""SQL: values that end their quotes and go on as commands."""

HIGH, MEDIUM = 0.9, 0.6
_QUOTE = r"[\"'\\]{1,4}"
_MAYBE = r"[\"'\\]{0,4}"
_VALUE = rf"(?:{_QUOTE}\w{{1,12}}{_QUOTE}|\d{{1,6}})"
_GAP = r"[\s+/*!]{1,24}"

ROWS: tuple[tuple[float, str], ...] = (
    (HIGH, rf"{_QUOTE}\s{{0,4}}\)?{_GAP}(?:or|and){_GAP}\(?{_VALUE}\s{{0,4}}(?:=|<>|<|>|like)\s{{0,4}}(?:{_MAYBE}\w{{1,12}})(?=\s{{0,4}}(?:{_MAYBE}\s{{0,4}}(?:--|#|/\*|;)|[\"'\\]|\Z))"),
    (HIGH, rf"\b(?:or|and){_GAP}{_MAYBE}(?:1{_MAYBE}\s{{0,4}}=\s{{0,4}}{_MAYBE}1|true|a{_QUOTE}\s{{0,4}}=\s{{0,4}}{_QUOTE}a){_MAYBE}\s{{0,4}}\)?(?:--|#|/\*|;)"),
    (HIGH, rf"{_QUOTE}\s{{0,4}}\)?\s{{0,4}};\s{{0,4}}(?:drop|delete|insert|update|alter|truncate|create|exec(?:ute)?|shutdown|grant|declare){_GAP}\w{{1,40}}"),
    (HIGH, rf"(?:{_QUOTE}|\b\d{{1,9}})\s{{0,4}}\)?{_GAP}union(?:{_GAP}(?:all|distinct))?{_GAP}\(?select\b"),
    (HIGH, rf"\bunion(?:{_GAP}all)?{_GAP}select{_GAP}(?:null|\d{{1,2}}|@@\w{{1,20}})\s{{0,4}},\s{{0,4}}(?:null|\d|@@|\w{{1,20}}\(\))"),
    (HIGH, r"\bxp_(?:cmdshell|dirtree|regread)\b"),
    (HIGH, rf"{_QUOTE}[^\n;]{{0,40}}\b(?:sleep|pg_sleep|benchmark|dbms_pipe\.receive_message)\s{{0,4}}\(\s{{0,4}}[\d\"'\\(]"),
    (HIGH, r"\bwaitfor\s{1,4}delay\s{1,4}[\"'\\]{1,3}\d"),
    (HIGH, r"\bselect\b[^\n;]{1,120}\binto\s{1,4}(?:out|dump)file\b"),
    (HIGH, r"\bload_file\s{0,4}\(\s{0,4}(?:[\"'\\]{1,3}|0x)"),
    (HIGH, r"\bcopy\b[^\n;]{1,60}\b(?:from|to)\s{1,4}program\b"),
    (HIGH, r"\b(?:extractvalue|updatexml)\s{0,4}\([^\n)]{0,40}concat\s{0,4}\("),
    (HIGH, rf"{_QUOTE}\s{{0,4}}\|\|\s{{0,4}}\(\s{{0,4}}select\b"),
    (MEDIUM, rf";\s{{0,4}}(?:drop|truncate){_GAP}(?:table|database|schema|user|index)\b"),
    (MEDIUM, r"\b(?:information_schema\.\w{1,20}|sys\.(?:objects|tables)|sqlite_master|pg_catalog\.\w{1,20}|all_tables)\b"),
    (MEDIUM, r"\b(?:pg_sleep|benchmark)\s{0,4}\("),
)  # fmt: skip
