"""RFC 9421 Appendix B.2 as published, and a parser that takes structured fields and nothing else."""

import hashlib
import time
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lockgate.auth.http_signature.digest import body_check
from lockgate.auth.http_signature.fields import Inner, Item, dictionary, written
from lockgate.auth.http_signature.keys import Verify, public, shared
from lockgate.auth.http_signature.message import Message, signature_base
from lockgate.core.http import Headers


def pem(body: str) -> bytes:
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()


RSA_PSS = pem(
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x"
    "28Rw3Ry53mm+oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd1"
    "1nqqzi+bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d+nb4bnNkQVklLQ3fVAvJm"
    "+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI2wIDAQAB"
)
P256 = pem(
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCn"
    "TNnoXQ=="
)
ED25519 = pem("MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
SHARED = b64decode("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")

REQUEST: Headers = (
    (b"host", b"example.com"),
    (b"date", b"Tue, 20 Apr 2021 02:07:55 GMT"),
    (b"content-type", b"application/json"),
    (b"content-digest", b"sha-512=:" + b64encode(hashlib.sha512(b'{"hello": "world"}').digest()) + b":"),
    (b"content-length", b"18"),
)
RESPONSE: Headers = (
    (b"date", b"Tue, 20 Apr 2021 02:07:56 GMT"),
    (b"content-type", b"application/json"),
    (b"content-digest", b"sha-512=:" + b64encode(hashlib.sha512(b'{"message": "good dog"}').digest()) + b":"),
    (b"content-length", b"23"),
)
PUBLISHED: dict[str, tuple[Verify, str, str]] = {
    "b21": (
        public(RSA_PSS, "rsa-pss-sha512"),
        '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
        (
            "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG"
            "52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVro"
            "gUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ"
            "98Xw9Q=="
        ),
    ),
    "b22": (
        public(RSA_PSS, "rsa-pss-sha512"),
        (
            '("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss"'
            ';tag="header-example"'
        ),
        (
            "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT"
            "8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBS"
            "pqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTu"
            "gEjHSw=="
        ),
    ),
    "b23": (
        public(RSA_PSS, "rsa-pss-sha512"),
        (
            '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")'
            ';created=1618884473;keyid="test-key-rsa-pss"'
        ),
        (
            "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fU"
            "xN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA"
            "1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKE"
            "gM4cUA=="
        ),
    ),
    "b24": (
        public(P256, "ecdsa-p256-sha256"),
        '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
        "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==",
    ),
    "b25": (
        shared(SHARED),
        '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
        "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
    ),
    "b26": (
        public(ED25519, "ed25519"),
        '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
    ),
}


def read(text: str) -> Inner:
    member = dictionary((f"sig={text}".encode(),))["sig"]
    assert isinstance(member, Inner)
    return member


@pytest.mark.parametrize("case", PUBLISHED)
def test_the_published_signature_is_one_of_the_published_message(case: str) -> None:
    verify, covered, signature = PUBLISHED[case]
    headers, status = (RESPONSE, 200) if case == "b24" else (REQUEST, 0)
    message = Message("POST", "https", "/foo", "param=Value&Pet=dog", headers, status)

    base = signature_base(message, read(covered))

    assert written(read(covered)) == covered
    assert verify(base, b64decode(signature))
    assert not verify(base + b" ", b64decode(signature))
    assert not verify(base, b64decode(signature)[:-1] + b"x")


def test_the_published_digest_is_that_of_the_published_body() -> None:
    start = b"sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"

    assert (b"content-digest", start) in REQUEST
    body_check((start,))(b'{"hello": "world"}')


@pytest.mark.parametrize(
    ("component", "value"),
    [
        ('"@target-uri"', "http://www.example.com/a%20b?x=1&y=%7E+z"),
        ('"@authority"', "www.example.com"),
        ('"@scheme"', "http"),
        ('"@request-target"', "/a%20b?x=1&y=%7E+z"),
        ('"@path"', "/a%20b"),
        ('"@query"', "?x=1&y=%7E+z"),
        ('"@query-param";name="y"', "%7E%20z"),
        ('"x-list"', "a, b, c"),
        ('"x-list";bs', ":YSwgYg==:, :Yw==:"),
    ],
)
def test_each_component_has_the_value_that_the_rfc_gives_it(component: str, value: str) -> None:
    headers = ((b"host", b"WWW.example.com:80"), (b"x-list", b"a, b"), (b"x-list", b"c"))
    message = Message("GET", "http", "/a%20b", "x=1&y=%7E+z", headers)

    base = signature_base(message, read(f"({component})"))

    assert base.decode().splitlines()[0] == f"{component}: {value}"


@pytest.mark.parametrize(
    "covered",
    [
        '("@status")', '("@unknown")', '("@method" "@method")', '("@method";req)', '("x-none")', '("X-List")',
        '("x-list";sf)', '("x-list";key="a")', '("x-list";bs;sf)', '("@query-param")', '("@query-param";name="a")',
        '("@query-param";name="none")', "(token)", "(7)", '("@signature-params")',
    ],
)  # fmt: skip
def test_what_cannot_be_covered_is_refused(covered: str) -> None:
    message = Message("GET", "http", "/", "a=1&a=2", ((b"host", b"h"), (b"x-list", b"a")))

    with pytest.raises(ValueError):  # noqa: PT011  any of them
        signature_base(message, read(covered))


@pytest.mark.parametrize(
    "field",
    [
        b"", b"=", b"A=1", b"a=", b"a=(", b'a=("x"', b'a=("x""y")', b'a="', b'a="\\x"', b"a=:x", b"a=:!!!!:", b"a=?2", b"a=1.5",
        b"a=1,", b"a=1,a=2", b"a=1;b;b", b"a=1 b=2", b"a=\xff", b"a=1234567890123456", b"a" * 10 + b"=(" + b"1 " * 100 + b")",
        b",".join(b"k%d" % n for n in range(100)),
    ],
)  # fmt: skip
def test_s10_what_is_no_dictionary_is_refused(field: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of them
        dictionary((field,))


@given(some.binary(max_size=200))
def test_s10_any_bytes_are_a_dictionary_or_refused(field: bytes) -> None:
    try:
        members = dictionary((field,))
    except ValueError:
        return
    assert members


TEXT = some.text(some.characters(min_codepoint=32, max_codepoint=126), max_size=20)
VALUES = TEXT | some.integers(-(10**15) + 1, 10**15 - 1) | some.binary(max_size=20) | some.booleans()
PARAMS = some.dictionaries(some.from_regex(r"[a-z*][a-z0-9_\-.*]{0,9}", fullmatch=True), VALUES, max_size=4)


@given(some.lists(some.tuples(TEXT, PARAMS), max_size=5), PARAMS)
def test_what_is_written_is_read_as_it_was(items: list[tuple[str, dict[str, str]]], params: dict[str, str]) -> None:
    inner = Inner(tuple(Item(value, tuple(own.items())) for value, own in items), tuple(params.items()))

    assert read(written(inner)) == inner


def test_a_key_is_for_its_own_algorithm() -> None:
    for key, algorithm in ((ED25519, "rsa-pss-sha512"), (P256, "ed25519"), (RSA_PSS, "ecdsa-p256-sha256"), (P256, "x")):
        with pytest.raises(ValueError, match="not one for"):
            public(key, algorithm)


def test_a_key_on_a_curve_that_nobody_knows_is_a_key_that_does_not_fit() -> None:
    odd = b64decode(P256.split(b"-----")[2]).replace(
        bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030109")
    )

    with pytest.raises(ValueError, match="not one for"):
        public(pem(b64encode(odd).decode()), "ecdsa-p256-sha256")


def test_S49_a_query_is_taken_apart_once_however_many_of_its_parameters_are_covered() -> None:
    """Before the signature is checked, so for anybody who knows the name of a key."""
    query = "&".join(f"a{number:x}" for number in range(1500))
    covered = " ".join(f'"@query-param";name="a{number:x}"' for number in range(60))
    message = Message("POST", "https", "/foo", query, REQUEST)

    def seconds(text: str) -> float:
        begun = time.process_time()
        signature_base(message, read(text))
        return time.process_time() - begun

    one = min(seconds('("@query-param";name="a1")') for _ in range(5))
    many = min(seconds(f"({covered})") for _ in range(5))

    assert many < 6 * one
