"""One identity a request, from several methods at once: which answers, when two are refused, and what a 401 asks for."""

from collections.abc import Callable

import pytest
from msgspec import structs

from lockgate.core.auth import BEARER, Caller, Presented, Sealed, Takes
from lockgate.core.http import Headers, Inbound
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.authenticate import Entrance, authenticate, credential

BASIC = Takes('Basic realm="lockgate", charset="UTF-8"', "a name and a password", scheme="basic")
SIGNED = Takes('Signature realm="lockgate"', "a signature", headers=frozenset((b"signature", b"signature-input")))
CERTIFICATE = Takes('Certificate realm="lockgate"', "a client certificate", certificate=True)


class Method:
    """Knows some credentials; `mine` is what it refuses instead of passing it on."""

    def __init__(
        self, takes: Takes, known: bytes = b"", mine: bytes = b"", check: Callable[[bytes], None] | None = None
    ):
        self.takes = takes
        self.known = known
        self.mine = mine
        self.check = check
        self.asked = 0

    async def authenticate(self, presented: Presented) -> Caller | Sealed | None:
        self.asked += 1
        what = presented.credential
        if self.takes.certificate:
            what = presented.certificate.encode()
        elif self.takes.headers:
            what = dict(presented.headers)[b"signature"]
        if self.mine and what == self.mine:
            raise Problem(Kind.UNAUTHENTICATED, 'it is "bad"\\')
        if what != self.known:
            return None
        caller = Caller(f"id-{self.known.decode()}", "shop")
        return Sealed(caller, self.check) if self.check else caller


def request(headers: Headers, certificate: str = "", body: bytes = b"{}", query: str = "") -> Inbound:
    async def read() -> bytes:
        return body

    return Inbound("POST", "/v1/x", query, headers, read, certificate=certificate)


async def who(entrance: Entrance, *headers: tuple[bytes, bytes], certificate: str = "") -> str:
    caller, _ = await authenticate(request(headers, certificate), entrance)
    return caller.key_id


async def refused(entrance: Entrance, *headers: tuple[bytes, bytes], certificate: str = "") -> Problem:
    with pytest.raises(Problem) as caught:
        await who(entrance, *headers, certificate=certificate)
    return caught.value


def bearer(value: bytes) -> tuple[bytes, bytes]:
    return b"authorization", b"Bearer " + value


async def test_the_first_method_that_knows_a_token_answers() -> None:
    one, two = Method(BEARER, b"a"), Method(BEARER, b"b")

    assert await who(Entrance((one, two)), bearer(b"b")) == "id-b"
    assert (one.asked, two.asked) == (1, 1)


async def test_a_method_that_refuses_is_the_last_one_asked() -> None:
    one, two = Method(BEARER, b"a", mine=b"b"), Method(BEARER, b"b")

    problem = await refused(Entrance((one, two)), bearer(b"b"))

    assert (problem.kind, two.asked) == (Kind.UNAUTHENTICATED, 0)


async def test_each_scheme_goes_to_its_own_methods() -> None:
    keys, basic = Method(BEARER, b"k"), Method(BASIC, b"dXNlcg==")

    assert await who(Entrance((keys, basic)), (b"authorization", b"basic dXNlcg==")) == "id-dXNlcg=="
    assert keys.asked == 0


EVERYTHING = (bearer(b"k"), (b"x-api-key", b"other"), (b"authorization", b"Basic dQ=="), (b"signature", b"s"))


@pytest.mark.parametrize("two", [(a, b) for a in EVERYTHING for b in EVERYTHING if a[0] != b[0]])
async def test_S16_two_credentials_are_refused_whichever_they_are(two: Headers) -> None:
    methods = Method(BEARER, b"k"), Method(BASIC, b"dQ=="), Method(SIGNED, b"s")

    problem = await refused(Entrance(methods), *two)

    assert problem.kind is Kind.AMBIGUOUS
    assert [method.asked for method in methods] == [0, 0, 0]


async def test_S16_a_certificate_of_somebody_and_a_key_are_two_identities() -> None:
    entrance = Entrance((Method(BEARER, b"k"), Method(CERTIFICATE, b"pem")))

    assert await who(entrance, certificate="pem") == "id-pem"
    assert (await refused(entrance, bearer(b"k"), certificate="pem")).kind is Kind.AMBIGUOUS
    assert await who(entrance, bearer(b"k"), certificate="of nobody") == "id-k"
    assert (await refused(entrance, certificate="of nobody")).kind is Kind.UNAUTHENTICATED


async def test_a_header_that_no_method_reads_is_no_credential() -> None:
    entrance = Entrance((Method(CERTIFICATE, b"pem"),))

    assert await who(entrance, bearer(b"sk-whatever-the-sdk-sends"), certificate="pem") == "id-pem"


async def test_the_same_key_twice_and_an_empty_one_are_one() -> None:
    entrance = Entrance((Method(BEARER, b"k"),))

    assert await who(entrance, bearer(b"k"), (b"x-api-key", b"k"), (b"api-key", b"")) == "id-k"
    assert await who(entrance, (b"api-key", b""), bearer(b"k")) == "id-k"


async def test_S16_the_same_text_as_a_key_and_as_a_password_is_two_credentials() -> None:
    entrance = Entrance((Method(BEARER, b"dQ=="), Method(BASIC, b"dQ==")))

    problem = await refused(entrance, (b"x-api-key", b"dQ=="), (b"authorization", b"Basic dQ=="))

    assert problem.kind is Kind.AMBIGUOUS


async def test_a_litellm_client_s_header_with_and_without_its_bearer() -> None:
    entrance = Entrance((Method(BEARER, b"k"),))

    for value in (b"k", b"Bearer k", b"bearer  k"):
        assert await who(entrance, (b"x-litellm-api-key", value), bearer(b"k")) == "id-k"
    assert (await refused(entrance, (b"x-litellm-api-key", b"j"), bearer(b"k"))).kind is Kind.AMBIGUOUS


async def test_without_a_credential_every_method_is_offered_in_order() -> None:
    entrance = Entrance((Method(BASIC), Method(BEARER), Method(SIGNED), Method(BEARER)))

    problem = await refused(entrance)

    assert problem.challenges == (
        b'Basic realm="lockgate", charset="UTF-8"',
        b'Bearer realm="lockgate"',
        b'Signature realm="lockgate"',
    )
    assert "a name and a password or a key in `Authorization: Bearer`" in problem.detail


async def test_a_refused_token_is_told_why_as_rfc_6750_says() -> None:
    entrance = Entrance((Method(BEARER, mine=b"bad"),))

    wrong, unknown = await refused(entrance, bearer(b"bad")), await refused(entrance, bearer(b"x"))
    two = await refused(entrance, bearer(b"bad"), (b"api-key", b"y"))

    start = b'Bearer realm="lockgate", error='
    assert wrong.challenges == (start + b'"invalid_token", error_description="it is bad"',)
    assert unknown.challenges == (start + b'"invalid_token", error_description="the credential is not valid"',)
    assert two.challenges[0].startswith(start + b'"invalid_request"')


async def test_a_method_that_cannot_say_now_asks_for_nothing() -> None:
    class Away(Method):
        async def authenticate(self, presented: Presented) -> Caller | None:
            raise Problem(Kind.NO_AUTH, "the identity provider is away", source="gateway")

    problem = await refused(Entrance((Away(BEARER),)), bearer(b"x"))

    assert (problem.status, problem.challenges) == (503, ())


async def test_a_sealed_body_is_checked_when_it_is_read_and_before_anybody_sees_it() -> None:
    def check(body: bytes) -> None:
        if body != b"signed":
            raise Problem(Kind.UNAUTHENTICATED, "the body is not the one that was signed")

    entrance = Entrance((Method(SIGNED, b"s", check=check),))
    _, good = await authenticate(request(((b"signature", b"s"),), body=b"signed"), entrance)
    _, bad = await authenticate(request(((b"signature", b"s"),), body=b"other"), entrance)

    assert good.headers == ()
    assert await good.read() == b"signed"
    with pytest.raises(Problem) as caught:
        await bad.read()
    assert caught.value.challenges == (b'Signature realm="lockgate"',)


def test_no_anonymous_identity_can_be_made() -> None:
    for key_id, team in (("", "shop"), ("key_1", ""), ("", "")):
        with pytest.raises(ValueError, match="an id and a team"):
            Caller(key_id, team)


def test_the_administrator_s_key_is_read_from_the_same_headers() -> None:
    assert credential((bearer(b"k"),)) == credential(((b"x-api-key", b"k"),)) == b"k"
    with pytest.raises(Problem):
        credential(())


IN_URL = structs.replace(BEARER, url=True)


async def test_S16_a_key_in_the_url_is_read_where_that_is_wanted_and_goes_no_further() -> None:
    door = Entrance((Method(IN_URL, b"a/b"),))

    caller, inbound = await authenticate(request((), query="alt=sse&key=a%2Fb"), door)

    assert (caller.key_id, inbound.query) == ("id-a/b", "alt=sse")
    caller, _ = await authenticate(request((bearer(b"a/b"),), query="key=a/b"), door)
    assert caller.key_id == "id-a/b"


@pytest.mark.parametrize(
    ("query", "headers"), [("key=a&key=b", ()), ("key=b", (bearer(b"a"),)), ("key=b", ((b"x-api-key", b"a"),))]
)
async def test_S16_two_keys_are_refused_when_one_of_them_is_in_the_url(query: str, headers: Headers) -> None:
    with pytest.raises(Problem) as caught:
        await authenticate(request(headers, query=query), Entrance((Method(IN_URL, b"a"),)))

    assert caught.value.kind is Kind.AMBIGUOUS


async def test_S16_a_key_in_the_url_is_nothing_by_default() -> None:
    door = Entrance((Method(BEARER, b"a"),))

    with pytest.raises(Problem, match="no credential was sent"):
        await authenticate(request((), query="key=a"), door)
    caller, _ = await authenticate(request((bearer(b"a"),), query="key=b"), door)
    assert caller.key_id == "id-a"
