"""All kinds of secrets there are, as the engine wants them."""

from collections.abc import Callable, Iterator

from msgspec import structs

from lockgate.guards.secrets import chat, cloud, models, money, named, proof, services, shapes, sources, sums, watching
from lockgate.guards.secrets.published import published
from lockgate.patterns.kinds import Kind

_PROOFS: dict[str, Callable[[str], bool]] = {
    "private_key": proof.key_block,
    "json_web_token": proof.web_token,
    "json_web_token_two_parts": proof.web_token,
    "connection_string": proof.connection,
    "connection_password": proof.password,
    "command_login": proof.login,
    "command_login_first": proof.login,
    "mysql_password": proof.given,
    "netrc_password": proof.given,
    "xml_password": proof.given,
    "sql_password": proof.given,
    "terraform_default": proof.given,
    "command_password": proof.given,
    "seed_phrase": proof.phrase,
    "xml_key_password": proof.given,
    "vault_legacy_token": proof.mixed,
    "google_api_key": lambda text: _not_a_word(text) and not published(text),
    "auth_basic_header": proof.basic,
    "auth_bearer_header": proof.random,
    "docker_login": proof.basic,
    "variable_value": proof.valued,
    "session_cookie": proof.random,
    "basic_login": proof.given,
}
"""What proves a kind that its shape alone does not."""

_HASHES = (
    r"\bcommits?\b|cache|\bsha-?\d*\b|hash|integrity|etag|checksum|\bmd5|digest|fingerprint|foreign|primary|uuid|public"
    r"|request[_-]?id|trace|\bspan|version(?!eye)|revision|nonce|keyboard|monkey(?!learn)|max_tokens|token_count|tokenizer|key_?word"
    r"|color|width|height|size|length|\bcount(?!ry)|\bport\b|timeout|file|path|(?<!cloud)image(?!kit)|data:|(?<!u)class|tracking|isbn|sku|audience|accessi|accessor"
    r"|frame|ids?[\"']?[>\s]?\s?[:=>]|name[\"']?\s?[:=]|idempotency|placeholder|chars\b|charset|alphabet|secrets[\"']?\s?[:=]|(?:url|uri|host|endpoint)[\"']?\s?[:=]|csrf|distance|pair\b|mesh|\barn:"
)
"""Names of what looks as random as a secret, and is none."""
_FIELD = r"[,;\n&{}]\s*[\"']?[\w.-]{2,40}[\"']?\s*[:=]|[\"']\s+[\w-]{2,40}="


def _of_this(words: str) -> str:
    """But not of another field: a new one has begun since."""
    return rf"(?:{words})(?:(?!{_FIELD})[\s\S])*\Z"


_HASHES = _of_this(_HASHES)


_WHOLE = frozenset(("connection_string", "private_key"))


def kinds() -> list[Kind]:
    """Placeholders are none of them. A connection is judged by its password alone, for its host may be called anything; and in a
    page of base64 everything can be read.
    """
    rest = [*_tokens(), *_shapes(), *_named()]
    return [*_summed(), *(kind if kind.label in _WHOLE else _real(kind) for kind in rest)]


def _real(kind: Kind) -> Kind:
    check = kind.check
    if check is None:
        return structs.replace(kind, check=lambda text: not proof.placeholder(text))
    return structs.replace(kind, check=lambda text: check(text) and not proof.placeholder(text))


def _tokens() -> list[Kind]:
    """What a provider marks as its own."""
    return [
        Kind(
            label,
            expression,
            sums.UNPROVED if label in sums.SUMS else 0.95,
            _PROOFS.get(label, _not_a_word),
            seek=watching.SEEK.get(label, ""),
        )
        for label, expression in _marked()
        if label not in sums.STRICT
    ]


def _summed() -> list[Kind]:
    """Those that have their provider's sum are no placeholders, whatever they say."""
    return [Kind(label, expression, 0.95, sums.SUMS[label]) for label, expression in _marked() if label in sums.SUMS]


def _marked() -> Iterator[tuple[str, str]]:
    """Nothing that goes on is one, for their lengths are fixed; but one may stand in italics."""
    for table in (cloud, models, sources, chat, money, watching):
        for label, expression in table.ROWS:
            yield label, f"(?<![A-Za-z0-9])(?:{expression})(?![A-Za-z0-9]|_+[A-Za-z0-9])"


def _not_a_word(text: str) -> bool:
    """Three letters and an underscore stand before many a name, too."""
    return proof.mixed(text) or not proof.words(text)


def _shapes() -> list[Kind]:
    return [
        Kind(
            label,
            expression,
            0.95,
            _PROOFS.get(label),
            seek=shapes.SEEK.get(label, ""),
            unless=shapes.UNLESS.get(label, ""),
        )
        for label, expression in shapes.ROWS
    ]


def _named() -> list[Kind]:
    return [
        Kind(*named.RANDOM, 0.7, proof.random, unless=_HASHES),
        Kind(*named.IDENTIFIER, 0.7, unless=_HASHES),
        Kind(*named.PASSWORD, 0.7, proof.password, unless=_of_this("reset|forgot|change your|hash")),
        Kind(*named.PASS, 0.65, proof.password, unless=_of_this("hash")),
        Kind(*named.ABROAD, 0.7, proof.password),
        Kind(*named.TOKEN_ABROAD, 0.7, proof.random),
        Kind(
            *named.SERVICE,
            0.3,
            proof.service,
            words=services.NAMES,
            told=0.65,
            unless=_HASHES,
            seek=named.SERVICE_SEEK,
        ),
        Kind(*named.LETTERS, 0.6, proof.letters, unless=_HASHES),
    ]
