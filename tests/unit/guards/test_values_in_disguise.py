"""Values that do not stand there plainly: escaped, encoded, wrapped, in other digits. The findings are where they are in the original."""

import json
from base64 import b64encode
from urllib.parse import quote

import pytest

from lockgate.core.guard import Failed
from lockgate.guards.pii import plugin as pii
from lockgate.guards.secrets import plugin as secrets
from lockgate.patterns.looking import Looking
from tests.automata import CACHE

ENGINE = Looking([pii().build(), secrets().build()], CACHE)
BOTH = frozenset((0, 1))
WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
MAIL, CARD, IBAN, PHONE = (
    "jo.doe@mail.example.org",
    "4012 8888 8888 1881",
    "GB29 NWBK 6016 1331 9268 19",
    "+49 30 1234567",
)
TOKEN = "ghp_aB3dE7gH1kLm9Pq2rSt5vWx8yZ0cD4fG6hJZ"
LOGIN = "postgres://app:s3cr3tPw9@db.internal:5432/app"
VALUES = (MAIL, CARD, IBAN, PHONE, TOKEN, LOGIN)


def found(text: str) -> list[str]:
    out = []
    for verdict in ENGINE.look(text, BOTH).values():
        assert not isinstance(verdict, Failed)
        out += [text[each.start : each.end] for each in verdict]
    return out


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "form",
    [
        "**{}**",
        "`{}`",
        "> {}",
        "| a | {} |",
        "[write]({})",
        "```\n{}\n```",
        "// was {}",
        "# {}",
        "/* {} */",
        "<!-- {} -->",
        "<td>{}</td>",
        "('{}',)",
        "a\t{}\tb",
        "“{}”",
        "\u00ab{}\u00bb",
    ],
)
def test_in_markdown_and_code(form: str, value: str) -> None:
    assert value in found(form.format(value))


@pytest.mark.parametrize("value", VALUES)
def test_in_the_arguments_of_a_tool(value: str) -> None:
    arguments = json.dumps({"to": value, "n": 1})

    assert value in found(arguments)
    assert value in found(json.dumps({"arguments": arguments, "name": "send"}))


@pytest.mark.parametrize("value", VALUES)
def test_in_escapes_and_encodings(value: str) -> None:
    escaped = "".join(f"\\u{ord(char):04x}" if not char.isalnum() else char for char in value)
    entities = "".join(f"&#{ord(char)};" if not char.isalnum() else char for char in value)
    encoded = quote(value, safe="")

    assert escaped in found(f'{{"to": "{escaped}", "n": 1}}')
    assert entities in found(f"<p>{entities}</p>")
    assert any(encoded in each for each in found(f"https://api.internal/find?q={encoded}&n=1"))
    assert any(b64encode(f"value: {value} .".encode()).decode()[8:40] in each for each in found(
        f"see {b64encode(f'value: {value} .'.encode()).decode()} there"))  # fmt: skip


@pytest.mark.parametrize("value", [CARD, PHONE, IBAN])
def test_in_wide_digits(value: str) -> None:
    wide = value.translate(WIDE)

    assert wide in found(f"番号は {wide} です")


@pytest.mark.parametrize("value", VALUES)
def test_with_what_nobody_sees_in_it(value: str) -> None:
    hidden = value[:6] + "\u200b" + value[6:9] + "\u00ad" + value[9:]

    assert hidden in found(f"it is {hidden} there")


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
@pytest.mark.parametrize("value", [CARD, IBAN])
def test_over_the_end_of_a_line(value: str, break_: str) -> None:
    for at in [at for at, char in enumerate(value) if char == " "]:
        wrapped = value[:at] + break_ + value[at + 1 :]

        assert wrapped in found(f"it is\n{wrapped}\nand more")


def test_columns_of_numbers_are_no_card() -> None:
    assert not found("4012\n8888\n8888\n1881\n")
