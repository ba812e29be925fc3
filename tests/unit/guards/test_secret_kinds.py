"""Every kind of secret is found wherever such things stand, and what only stands for one, or is cut off, is none."""

import random
from collections.abc import Sequence

import pytest

from lockgate.core.guard import Failed, Finding
from lockgate.guards.secrets import plugin
from lockgate.guards.secrets.table import kinds
from lockgate.patterns.looking import Looking
from tests.automata import CACHE
from tests.unit.guards.secret_samples import around, cut_off, formats, made, stands_for

ENGINE = Looking([plugin().build()], CACHE)
ONE = frozenset((0,))
FORMATS = formats()
ANY_LENGTH = frozenset(("named_secret", "variable_value", "basic_login", "password", "service_key", "connection_password", "connection_string", "command_login",
    "command_login_first", "mysql_password", "netrc_password", "seed_phrase", "sql_password", "terraform_default", "command_password", "xml_password", "xml_key_password", "private_key", "ansible_vault",
    "putty_private_key", "jetbrains_token", "sentry_org_token", "aws_bedrock_short_key", "atlassian_token", "helicone_key",
    "slack_webhook", "teams_webhook", "google_chat_webhook"))  # fmt: skip
"""Of these, any length will do, or several parts are enough."""


def found(text: str) -> Sequence[Finding]:
    verdict = ENGINE.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return verdict


def proved(label: str, text: str) -> bool:
    """By this kind alone."""
    for kind in kinds():
        for match in kind.exact.finditer(text) if kind.label == label else ():
            value = match["value" if "value" in match.re.groupindex else 0]
            if kind.check is None or kind.check(value):
                return True
    return False


def test_every_kind_has_a_form() -> None:
    assert set(FORMATS) == {kind.label for kind in kinds()}


@pytest.mark.parametrize("label", FORMATS)
def test_each_is_found_in_whatever_it_stands(label: str) -> None:
    """One in a thousand may have a word in it by chance, or look like one."""
    chance = random.Random(f"{label} 1")
    values = [made(FORMATS[label], chance) for _ in range(20)]

    assert sum(proved(label, value) for value in values) >= 19
    missed = []
    for name, text in around(values[0]):
        start = text.index(values[0])
        if not any(each.end > start and each.start < start + len(values[0]) for each in found(text)):
            missed.append(name)
    assert not missed


@pytest.mark.parametrize("label", FORMATS)
def test_what_stands_for_one_is_none(label: str) -> None:
    text = stands_for(FORMATS[label])

    assert not proved(label, text)
    assert not [each for each in found(text) if "xxxx" in text[each.start : each.end]]


@pytest.mark.parametrize("label", sorted(set(FORMATS) - ANY_LENGTH))
def test_what_is_only_begun_is_none_of_them(label: str) -> None:
    chance = random.Random(f"{label} 2")

    assert not any(proved(label, cut_off(FORMATS[label], chance)) for _ in range(5))
