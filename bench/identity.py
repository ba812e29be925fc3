"""Who is asking, timed: a client key, and a token that was checked before."""

import time
from base64 import urlsafe_b64encode

import msgspec
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from bench import pipeline
from lockgate.auth.jwt.claims import Choice, Rules
from lockgate.auth.jwt.method import Issuer, Jwt
from lockgate.auth.jwt.source import KeySource, Pace
from lockgate.core.auth import Caller, Presented

_ISSUER = "https://idp.bench"


def _part(value: object) -> bytes:
    return urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=")


def token(key: RSAKey) -> bytes:
    """About as long as those of real providers: 1 KB."""
    claims = {"iss": _ISSUER, "aud": "lockgate", "sub": "bench", "exp": int(time.time()) + 3600, "filler": "x" * 400}
    signed = _part({"alg": "RS256", "kid": "bench"}) + b"." + _part(claims)
    signature = JWSRegistry(algorithms=["RS256"]).get_alg("RS256").sign(signed, key)
    return signed + b"." + urlsafe_b64encode(signature).rstrip(b"=")


class Known:
    """The method for tokens, and a request with one; `ask` is the step that is timed."""

    def __init__(self) -> None:
        key = RSAKey.generate_key(2048)
        raw = msgspec.json.encode({"keys": [key.as_dict(private=False, kid="bench")]})

        async def fetch() -> bytes:
            return raw

        rules = Rules(frozenset(("lockgate",)), frozenset(("RS256",)), Choice(otherwise="bench"))
        self.source = KeySource("bench", fetch, Pace(), {}, _ISSUER)
        self.method = Jwt({_ISSUER: Issuer("bench", rules, self.source)}, _member, time.time, limit=8192)
        self.presented = Presented("POST", "/v1/chat/completions", "", (), "bearer", token(key))

    async def warm(self) -> None:
        """Fetches the keys, which needs a loop, and checks the token once."""
        await self.method.authenticate(self.presented)

    def ask(self) -> object:
        return pipeline.finished(self.method.authenticate(self.presented))


def _member(team: str, key_id: str, **_: object) -> Caller:
    return Caller(key_id, team)
