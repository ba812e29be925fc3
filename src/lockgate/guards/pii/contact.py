"""Ways to reach somebody, or a machine of somebody's: mail, telephone, network addresses."""

import re
from ipaddress import AddressValueError, IPv6Address

from lockgate.guards.pii.sums import plain
from lockgate.patterns.kinds import Kind

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_ADDRESS = rf"(?<![\w.-])(?:{_OCTET}\.){{3}}{_OCTET}(?:/(?:[12]?\d|3[0-2]))?(?![\w-]|\.\d)"
_VERSION = (
    r"version|driver|release|\bv\.? ?$|build|\bver\b|section|chapter|clause|§|appendix|figure|\boid|firmware|patch|upgrade|\brev\b|revision"
    r"|(?:==|[~<>]=|\^) ?$|(?:chrome|safari|firefox|edg|opr|crios|agent|sdk|client|app|tools?|lib)/$|kapitel|abschnitt|absatz|版本|バージョン|버전|верси|versi[óo]n|versão|wersj"
)
_NUMBERED = (
    _VERSION
    + r"|package|library|\blib|plugin|module|install|update|downgrad|changelog|\btag\b|\bvs?\b|\brelnotes|\bfix(?:ed)? in|since"
    r"|(?:[^/]/|==) ?[\"']?$|\n[#* \t]{0,8}$|\bsee\b|paragraph|article|rule|item|table|step|part|[\w)]@$|\b(?:jdk|jre|java|python|node|npm|php|ruby|linux|kernel|windows|android|ios|macos|openssl|nginx|apache|mysql|postgres\w*|redis|spring|django|rails|gradle|maven|electron|unity|delphi|cuda|iec|iso|din|rfc)[ -]?\d*[ /-]{0,2}$"
)
"""Before small numbers: what is numbered in four parts, and is no address."""
_NETWORK = r"ip\b|ips\b|ipv4|ping|dns|gateway|subnet|nameserver|resolver|inet|ip[ _-]addr"
_WIDE = "\u00c0-\u024f\u0370-\u1fff"
_CALL = (
    r"phone|tel\b|tel[.:]|telephone|mobile|cell|fax|call|dial|reach|whatsapp|contact|sms|text (?:me|us|her|him|to)|number is|ring\b|handy|hotline"
    r"|telefon|teléfono|telefone|téléphone|contato|celular|móvil|portable|rufnummer|mobil|registered|answering|office|desk\b|pager"
    r"|rufen sie|anrufen|erreichbar|appelez|joindre|tél\b|tél[.:]|llám|llam[ae]|ligue|ligar|telemóvel|chiama|cellulare|recapito"
    r"|bel me|bel ons|bellen|bereikbaar|gsm\b|zadzwo|dzwo|komórk|tlf|puh\b|puh[.:]|puhelin|soita|matkapuhelin|zavol|hív|sunați|mobitel"
    r"|tālru|tālr|cep\b|numara|телефон|тел[.: ]|мобил|моб[.: ]|звон|τηλ|κινητό|καλέστε|telp|hubungi|nomor|hp\b|điện thoại|sđt|gọi|โทร|טלפון|נייד|هاتف|جوال|फ़ोन|फोन|मोबाइल"
    r"|电话|手机|電話|手機|携帯|連絡先|联系|☎|📞|전화|휴대|연락처|핸드폰"
)
_SURE = (
    r"(?:tele?phone|phone|tel|tlf|telefono|telefon|teléfono|téléphone|telefone|mobile?|móvil|cell|cellphone|fax|handy|gsm|whatsapp|contact|celular)"
    r"[ _-]?(?:number|nummer|numaram?|no|nr|num|#)?[.\"']{0,2}(?: is| er| är| ist|:|=| -|\s){1,2}[ \"'(]{0,2}|(?:call|text|ring|phone) (?:me|us|him|her|them|meg|mig|mich)(?: at| on| på| til)? "
)
"""Right before a number that has too few digits to be one anywhere else."""
_NOT_CALL = r"order n|order\b|invoice|tracking|version|sku|lot\b|isbn|ean\b|serial|\bport\b|\bpid|timestamp|epoch|ssn|card|account\b|iban|\bitem|part no"
_FILES = frozenset(
    (
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "js",
        "css",
        "py",
        "ts",
        "html",
        "json",
        "md",
        "txt",
        "min",
        "so",
        "exe",
    )
)


def email(text: str) -> bool:
    local, _, host = text.rpartition("@")
    end = host.rpartition(".")[2].lower()
    return (
        end not in _FILES
        and ".." not in text
        and not local.startswith(".")
        and local not in ("git", "noreply", "no-reply")
        and _STANDS_FOR(local) is None
    )


def long(text: str) -> bool:
    """As long as a number that can be dialled from abroad."""
    return 8 <= _count(text) <= 15


def local(text: str) -> bool:
    return 9 <= _count(text) <= 12 and len(set(text)) > 4 and not _NO_NUMBER(text)


_NO_NUMBER = re.compile(
    r"\d{3}[ -]\d{2}[ -]\d{4}|\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
).fullmatch
"""In three, two and four it is an American social security number, or meant to be; and a log writes day and time in digits."""
_STANDS_FOR = re.compile(
    r"your[._-]?(?:e-?mail|name|address|id|user|username)?|e-?mail|src|dst|foo(?:bar)?|baz", re.IGNORECASE
).fullmatch
_YEARS = re.compile(
    r"(?:1[0-9]|20)\d\d ?[-/] ?(?:1[0-9]|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\2(?:19|20)\d\d"
).fullmatch
_SAME = re.compile(r"(?:(\w)\1\W?)+|00:11:22:33:44:55|01:23:45:67:89:ab", re.IGNORECASE).fullmatch


def hardware(text: str) -> bool:
    """Not the one that stands in a manual: pairs of one digit."""
    return _SAME(text) is None


def mixed(text: str) -> bool:
    return 2 < sum(char.isdigit() for char in text) < 12 and len(set(text)) > 4


def short(text: str) -> bool:
    return (
        (7 if len(set(text) & set(" .-()")) else 9) <= _count(text) <= 13
        and len(set(text) - set(" .-")) > 2
        and "  " not in text
        and not _YEARS(text)
    )


def few(text: str) -> bool:
    return len(set(text)) > 2 and not _YEARS(text)


def _count(text: str) -> int:
    return len(plain(text.partition("x")[0]))


def address_4(text: str) -> bool:
    return _known(text) and not _low(text)


def small(text: str) -> bool:
    return _known(text) and _low(text)


def _low(text: str) -> bool:
    """A version looks so, too: four small numbers, or one with nothing but zeros behind it."""
    return _SMALL(text) is not None


_SMALL = re.compile(r"(?!10\.)(?:1?\d|20)(?:\.(?:1?\d|20)){3}|\d+\.0\.0\.0").fullmatch


def _known(text: str) -> bool:
    return text not in ("0.0.0.0", "255.255.255.255", "127.0.0.1", "255.255.255.0")  # noqa: S104  not listened on


def address_6(text: str) -> bool:
    address = text.partition("%")[0].partition("/")[0]
    try:
        IPv6Address(address)
    except (AddressValueError, ValueError):
        return False
    pairs = all(len(group) == 2 for group in address.split(":"))  # a fingerprint
    return any(char.isdigit() for char in address) and len(address) > 4 and not pairs


KINDS = (
    Kind("email", rf"(?<![\w.+%{_WIDE}-])[\w.+%{_WIDE}-][\w.+%'{_WIDE}-]{{0,63}}@(?:[A-Za-z0-9{_WIDE}](?:[A-Za-z0-9{_WIDE}-]{{0,62}})\.){{1,6}}[A-Za-z]{{2,24}}(?![A-Za-z0-9-]|_\w)", 0.95, email, seek=rf"[\w.+%'-]@[A-Za-z0-9-]+\.|[{_WIDE}]@|@[A-Za-z0-9-]*[{_WIDE}]"),
    Kind("phone", r"(?<![\w+.-])(?<![A-Z0-9] )(?:\+[1-9]\d{0,2}[ ./-]?|00[1-9]\d{0,2}[ ./-])(?:\(0?\d{1,4}\)[ ./-]?)?\d{1,5}(?:[ ./-]{0,2}\d{2,5}){1,5}(?: ?(?:x|ext\.? ?)\d{1,5})?(?![\w]|\.\d)", 0.8, long, unless=_NOT_CALL),
    Kind("phone", r"(?<![\w+.-])(?:\(\+[1-9]\d{0,2}\)|\+\([1-9]\d{0,2}\))[ ./-]?(?:\(0?\d{1,4}\)[ ./-]?)?\d{1,5}(?:[ ./-]{0,2}\d{2,5}){1,5}(?![\w]|\.\d)", 0.8, long, unless=_NOT_CALL),
    Kind("phone", r"(?<![\w.-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?: ?(?:x|ext\.? ?)\d{1,5})?(?![\w-]|\.\d)", 0.75, short, unless=_NOT_CALL, signed=True),
    Kind("phone", r"(?<![\w.+-])\(0?\d{2,5}\)[ /-]{0,2}\d{2,8}(?:[ ./-]\d{2,6}){0,3}(?:x\d{1,5})?(?![\w-]|\.\d)", 0.65, short, unless=_NOT_CALL),
    Kind("phone", r"(?<![\w.+/-])(?<![0-9A-Fa-f]:)(?<![A-Z0-9] )0\d{1,5}[ /.-]\d{2,8}(?:[ .-]\d{2,4}){0,4}(?![\w:/]|-[^FHMOW]|\.\d)", 0.55, local, words=_CALL, told=0.85, unless=_NOT_CALL, signed=True),
    Kind("phone", r"(?<![\w.+/-])(?<![0-9A-Fa-f]:)(?<![A-Z0-9] )\d(?:[ ./()-]{0,2}\d){6,12}(?:x\d{1,5})?(?![\w:/-]|\.\d)", 0.2, short, words=_CALL, told=0.7, unless=_NOT_CALL),
    Kind("phone", r"(?<![\w.+/-])(?<![0-9A-Fa-f]:)\(\d(?:[ ./()-]{0,2}\d){6,12}(?:x\d{1,5})?(?![\w:/-]|\.\d)", 0.2, short, words=_CALL, told=0.7, unless=_NOT_CALL),
    Kind("phone", rf"(?<![A-Za-z])(?i:{_SURE})(?P<value>[2-9]\d{{6,7}})(?![\w/-]|[.,:]\d)", 0.7, few, unless=_NOT_CALL),
    Kind("ip_address", _ADDRESS, 0.8, address_4, unless=_VERSION),
    Kind("ip_address", _ADDRESS + r"(?! {1,3}[A-Z][a-z])", 0.6, small, unless=_NUMBERED),
    Kind("ip_address", _ADDRESS, 0.4, small, words=_NETWORK, told=0.8, unless=_VERSION),
    Kind("ip_address", r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4})(?:%\w{1,16})?(?:/\d{1,3})?(?![\w:]|\.\d)", 0.85, address_6, seek=r":[0-9A-Fa-f]{0,4}:"),
    Kind("mac_address", r"(?<![\w:-])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![\w:-])", 0.9, hardware),
    Kind("mac_address", r"(?<![\w:-])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![\w:-])", 0.85, hardware),
    Kind("mac_address", r"(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.])", 0.7, mixed),
    Kind("mac_address", r"(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.])", 0.4, words=r"mac\b|ethernet|arp", told=0.8),
)  # fmt: skip
