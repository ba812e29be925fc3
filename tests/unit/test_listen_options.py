"""`--listen` and `--admin`: what is no address is a wrong command, and is said with the option's name."""

import pytest
from typer.testing import CliRunner

from lockgate.app.cli import application


@pytest.mark.parametrize("option", ["--listen", "--admin"])
@pytest.mark.parametrize(("value", "said"), [("8080", "HOST:PORT"), ("[1.2.3.4]:80", "IPv6"), ("a b:80", "address")])
def test_what_is_no_address_is_a_wrong_command(option: str, value: str, said: str) -> None:
    result = CliRunner().invoke(application(["serve"]), ["serve", "--config", "/nowhere", option, value])

    assert result.exit_code == 2
    assert option in result.output
    assert said in result.output
