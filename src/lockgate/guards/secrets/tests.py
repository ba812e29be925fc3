"""The secrets guard's own tests."""

import random
import time
from collections.abc import Sequence

import pytest

from lockgate.core.guard import Failed, Finding
from lockgate.guards.secrets import plugin, proof
from lockgate.guards.secrets.table import kinds
from lockgate.patterns.looking import Looking
from lockgate.patterns.plain import find
from tests.automata import CACHE

ENGINE = Looking([plugin().build()], CACHE)
ONE = frozenset((0,))
HEX = "8f3a90c1d27b4e65a0f19c3d7e28b4a6"
MIXED = "aB3dE7gH1kLm9Pq2rSt5vWx8yZ0cD4fG6hJ"
SUMMED = "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"
"""A token of GitHub's form, with its sum."""


def found(text: str) -> Sequence[Finding]:
    verdict = ENGINE.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return verdict


def texts(text: str) -> list[str]:
    return [text[each.start : each.end] for each in found(text)]


def test_there_are_at_least_150_kinds() -> None:
    assert len({kind.label for kind in kinds()}) >= 150


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"my key is ghp_{MIXED}Z thanks", f"ghp_{MIXED}Z"),
        ("AKIAQ3EGTWFX7BKMN2PD", "AKIAQ3EGTWFX7BKMN2PD"),
        (f"Authorization: Bearer sk-proj-{MIXED}", f"sk-proj-{MIXED}"),
        (f"DATADOG_API_KEY={HEX}", HEX),
        (f'"client_secret": "{MIXED}"', MIXED),
        (f"wandb {HEX}", HEX),
        ("password = 'hunter2!x'", "hunter2!x"),
        ("Password is: Tr0ub4dor3x", "Tr0ub4dor3x"),
        ("postgres://app:s3cr3tPw@db.internal:5432/app", "postgres://app:s3cr3tPw@db.internal:5432/app"),
        ("https://jo:Wx81kd02@example.com/x", "https://jo:Wx81kd02@example.com/x"),
        ("curl -u admin:Wx81kd02 https://example.com", "admin:Wx81kd02"),
        ("curl -XPOST \\\n  -u deployer:yqDVtkqPECriaLRi", "deployer:yqDVtkqPECriaLRi"),
        ("curl --user  'jo:h0pk1ns~21s' https://example.com", "'jo:h0pk1ns~21s'"),
        ("service_token = shwc7ighlfw9fcoul7ahojmf2sx2dabv", "shwc7ighlfw9fcoul7ahojmf2sx2dabv"),
        ('atlassian_key = "DjayBenyJrtpvydFCzAphcqc"', "DjayBenyJrtpvydFCzAphcqc"),
        (f'{{"user_id": "42", "api_key": "{MIXED}"}}', MIXED),
        (f'<config id="7" token="{MIXED}"/>', MIXED),
        (f"path: /srv/x\ntoken: {MIXED}", MIXED),
        (f"env:\n  - name: DB_TOKEN\n    value: {MIXED}\n", MIXED),
        ('{"name": "DB_PASSWORD", "value": "Tr0ub4dor&3x"}', "Tr0ub4dor&3x"),
        (f"Cookie: lang=en; JSESSIONID={HEX}; x=1", HEX),
        ('post(url, auth=("jo", "Tr0ub4dor&3x"))', "Tr0ub4dor&3x"),
        ("SMTP_PASS=Tr0ub4dor&3x", "Tr0ub4dor&3x"),
        ("machine a.internal\n  login jo\n  password Wx81kd02pQ\n", "Wx81kd02pQ"),
        (f'{{"key":"x-api-key","value":"{MIXED}","type":"text"}}', MIXED),
        ("Das Passwort lautet Tr0ub4dor&3x", "Tr0ub4dor&3x"),
        ("密码是Tr0ub4dor&3x，请勿外传", "Tr0ub4dor&3x"),  # noqa: RUF001
        ("パスワード：Tr0ub4dor&3x", "Tr0ub4dor&3x"),  # noqa: RUF001
        (f"API密钥：{MIXED}", MIXED),  # noqa: RUF001
        ("az login --service-principal -u x -p Tr0ub4dor&3x --tenant y", "Tr0ub4dor&3x"),
        (f"it is _{SUMMED}_ now", SUMMED),
        (f"it is __{SUMMED}__ now", SUMMED),
        (r'{"a": "{\\"api_secret\\":\\"3lyTWqHMt5UySny2drdPYheR\\"}"}', "3lyTWqHMt5UySny2drdPYheR"),
        (
            "xoxb-123456789012-1234567890123-aB3dE7gH1kLm9Pq2rSt5vWx8",
            "xoxb-123456789012-1234567890123-aB3dE7gH1kLm9Pq2rSt5vWx8",
        ),
        ("it is glpat-aB3dE5gH7jK9mN1pQ3rS.Thanks", "glpat-aB3dE5gH7jK9mN1pQ3rS"),
        ('{"hash": "md5", "password": "Wq7-zkPl2x"}', "Wq7-zkPl2x"),
        ("hash=md5\npw=Wq7-zkPl2x", "Wq7-zkPl2x"),
        (f"it is AAAAxAbCdeF:APA91b{(MIXED * 4)[:134]} so", f"AAAAxAbCdeF:APA91b{(MIXED * 4)[:134]}"),
        *(
            (each, each)
            for each in (
                f"sk-ant-api03-{(MIXED * 3)[:86]}",
                f"sk-ant-admin01-{(MIXED * 3)[:101]}AA",
                f"sk-ant-api03-{MIXED}_cD4-fG6",
            )
        ),
        ("redis://X:?Wx81kd02@cache.internal:6379/0", "redis://X:?Wx81kd02@cache.internal:6379/0"),
        ("password: ?Wx81kd02", "?Wx81kd02"),
        ("https://example.com/in?password=?Wx81kd02 and", "?Wx81kd02"),
        ("Das Passwort ist ?Wx81kd02", "?Wx81kd02"),
    ],
)
def test_finds_the_secret_and_nothing_around_it(text: str, secret: str) -> None:
    assert texts(text) == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "AKIAIOSFODNN7EXAMPLE",
        "api_key = <your key>",
        "password: ${DB_PASSWORD}",
        "export DB_PASSWORD=${DB_PASSWORD:?missing}",
        "export DB_PASSWORD=${DB_PASSWORD:?DB_PASSWORD1 must be set}",
        "constructor(password: ?string, passwd: ?Buffer)",
        f"a device: cM7dQwX0Rk2AbCdE4fGh12:APA91b{(MIXED * 4)[:134]}",
        f"too long: AAAAxAbCdeF:APA91b{(MIXED * 4)[:135]}",
        "sk-ant-api03-your-key-goes-here-as-it-stands-in-the-console",
        "sk-ant-api03-abcdefgh",
        f"dop_v1_{'1234567890abcdef' * 4}__name",
        "Adding job token for job_1445144423722_0020 to the manager",
        "AIzaSyDSb51JiIcB6OJpwwMicseKRhhrOq1cS7g",
        "its snowflake is 510958918713374650",
        "token = os.environ['TOKEN']",
        "postgres://user:password@localhost/db",
        "amqp://user:*****@example.com",
        "glpat-XXXXXXXXXXX-XXXXXXXX",
        "token: xoxp-1234567890, xoxp-1234-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d",
        "service.credentials.url=dev-lb1.api.internal:5215",
        "keyVaultToStoreSecrets: cmp2-qat-1208358310",
        'token_chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"',
        "api-key YmVkcm9jay5hbWF6b25hd3MuY29t",
        "commit 7fa127f3df3d6180dfbb79dfe5088ed6d0e99e0d",
        "sha256:96effab93bb4b37fdb6c1b3a369a51be738ef9db412815796c858a2a1e7bf4a1",
        'integrity="sha512-5RdqiiQH504p3qm4SOJo/ZF49CIPZo97Cd2IOy0XByljDbaWdkDxoN377bQ/T3JzlGEdWKK+SPSCsfQmy34OPA=="',
        "request_id=941522a7-983b-0455-e3d8-fbc26d6ec266 status=200",
        "docker login -u ci --password-stdin registry.internal",
        f'<meta name="csrf-token" content="{MIXED}">',
        "Subject key identifier: 8F:3A:90:C1:D2:7B:4E:65:11",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "see 5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK there",
        "密码长度至少为8位，Passwort vergessen? contraseña incorrecta",  # noqa: RUF001
        "- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: db-prod-1, key: password}}",
        "the key considerations of this approach are performance and cost",
        "primaryKey=customer_identifier_2024",
        "max_tokens: 4096, tokenizer: cl100k_base",
        "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----",
    ],
)
def test_what_only_stands_for_a_secret_is_none(text: str) -> None:
    assert not texts(text)


@pytest.mark.parametrize("newline", ["\n", "\\n", "\r\n"])
@pytest.mark.parametrize("end", [True, False])
def test_finds_a_private_key_whole(newline: str, end: bool) -> None:
    lines = [  # what OpenSSH writes has many zeros, which are an A each
        "-----BEGIN RSA PRIVATE KEY-----",
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAlwAAAAdzc2gtcn",
        *([MIXED + MIXED[:29]] * 12),
        *(["-----END RSA PRIVATE KEY-----"] if end else []),
    ]
    key = newline.join(lines)

    assert texts(f"here: {key} and more of it") == [key]


def test_a_web_token_is_one_that_says_how_it_is_signed() -> None:
    token = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    )

    assert texts(f"cookie {token};") == [token]
    assert not proof.web_token("eyJub3RoaW5nIjoxfQ.e30.x")


def test_the_engine_finds_what_its_plain_twin_finds() -> None:
    text = f"a ghp_{MIXED}Z b DATADOG_API_KEY={HEX} c password = 'hunter2!x' postgres://app:s3cr3tPw@db.internal/x"

    assert list(found(text)) == list(find(plugin().build(), text))


def test_a_sum_proves_a_token_and_its_lack_leaves_a_doubt() -> None:
    assert [each.confidence for each in found(SUMMED)] == [0.95]
    assert [each.confidence for each in found(f"ghp_{MIXED}Z")] == [0.9]
    assert [each.confidence for each in found("glpat-vSY1cyL948aAB440qB6L4zlu9OzsUmEV.01.0w0sfevch")] == [0.95]
    assert [each.confidence for each in found("glpat-vSY1cyL948aAB440qB6L4zlu9OzsUmEV.01.0w0sfevci")] == [0.9]


def test_a_threshold_above_that_leaves_only_what_is_proved() -> None:
    proved = Looking([plugin(threshold=0.93).build()], CACHE)

    assert proved.look(SUMMED, ONE)
    assert not proved.look(f"ghp_{MIXED}Z", ONE)


def test_a_kind_can_be_left_out_and_a_value_allowed() -> None:
    left_out = Looking([plugin(without=("github_token",), threshold=0.9).build()], CACHE)
    allowed = Looking([plugin(allow=("AKIAQ3EGTWFX7BKMN2PD",)).build()], CACHE)

    assert not left_out.look(f"ghp_{MIXED}Z", ONE)
    assert not allowed.look("AKIAQ3EGTWFX7BKMN2PD", ONE)


def test_a_threshold_leaves_only_what_providers_mark() -> None:
    sure = Looking([plugin(threshold=0.9).build()], CACHE)

    assert sure.look(f"ghp_{MIXED}Z", ONE)
    assert not sure.look("password = 'hunter2!x'", ONE)


@pytest.mark.parametrize("settings", [plugin(without=("nothing",)), plugin(threshold=1.5), plugin(threshold=1.0)])
def test_refuses_nonsense_before_traffic(settings: plugin) -> None:
    with pytest.raises(ValueError, match=r"`without`|`threshold`"):
        settings.build()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000 + "!",
        "key " * 25_000,
        "a.b@" * 25_000,
        "eyJ" * 33_000,
        "0" * 100_000,
        "-----BEGIN " * 9_000,
        "cookie: sid=" * 8_000,
        "name: token value: " * 5_000,
    ],
)
def test_S49_no_text_makes_it_slow(text: str) -> None:
    started = time.process_time()
    ENGINE.look(text, ONE)

    assert time.process_time() - started < 1.0


def test_random_texts_do_not_break_it() -> None:
    chance = random.Random(7)
    for _ in range(300):
        found("".join(chance.choice("aZ09_-=:/@. \n\"'key secret token eyJ-----") for _ in range(200)))
