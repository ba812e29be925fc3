"""What is said about a configuration's `auth`: S04 and S05 among it."""

import pytest

from lockgate.app import address
from lockgate.app.checks.auth import open_to_all
from lockgate.auth import api_key, insecure_no_auth
from tests.unit.configurations import WHOLE, one, read


def test_client_keys_are_the_default() -> None:
    assert read(WHOLE).valid.auth == (api_key.plugin(),)


def test_a_method_is_known_by_its_kind() -> None:
    _, path, found, expected = one(WHOLE + "auth: [{kind: psychic}]\n")

    assert (path, found.partition(",")[0]) == ("auth.0.kind", "'psychic'")
    assert "api_key" in expected


def test_an_empty_list_lets_nobody_in_and_is_refused() -> None:
    assert one(WHOLE + "auth: []\n")[1] == "auth"


def test_a_method_stands_once() -> None:
    assert one(WHOLE + "auth: [{kind: api_key}, {kind: api_key}]\n")[1] == "auth.1.kind"


OFF = "auth: [{kind: insecure_no_auth, team: shop}]\n"


def test_S05_no_authentication_on_loopback_is_allowed() -> None:
    assert read(WHOLE + OFF).valid.auth == (insecure_no_auth.plugin(team="shop"),)


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.168.1.5", "gateway.example"])
def test_S05_no_authentication_off_loopback_is_refused(host: str) -> None:
    _, path, found, _ = one(WHOLE.replace("127.0.0.1:8080", f"{host}:8080") + OFF)

    assert path == "auth.0.kind"
    assert "other machines" in found


def test_S05_a_listener_of_the_command_line_is_looked_at_too() -> None:
    methods = read(WHOLE + OFF).valid.auth

    assert open_to_all(methods, address.listen("127.0.0.1:1")) == ""
    assert "insecure_no_auth" in open_to_all(methods, address.listen("0.0.0.0:1"))


def test_S05_no_authentication_beside_a_method_is_refused() -> None:
    both = "auth: [{kind: api_key}, {kind: insecure_no_auth, team: shop}]\n"

    assert one(WHOLE + both)[1] == "auth.1.kind"


def test_a_team_that_is_not_there() -> None:
    assert one(WHOLE + OFF.replace("shop", "shpo"))[1:3] == ("auth.0.team", "'shpo', which is not in this file")
