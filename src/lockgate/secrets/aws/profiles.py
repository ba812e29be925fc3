"""Profiles of AWS's command line: keys in `~/.aws/credentials` and `~/.aws/config`, and roles that are assumed with them.

A `credential_process` is run, without a shell. What takes a person (IAM Identity Center, a second factor) is refused.
"""

import shlex
from collections.abc import Mapping
from configparser import Error, RawConfigParser
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from lockgate.clouds.command import ran
from lockgate.clouds.web import LIMIT, Silent
from lockgate.core.secret_source import Surroundings
from lockgate.secrets.aws.lenders import container, instance
from lockgate.secrets.aws.roles import SESSION, Lent, Service, assumed, by_token, held

Fields = Mapping[str, str]
_REFUSED: Mapping[str, str] = {
    "mfa_serial": "it wants the second factor of a person",
    "sso_session": "it signs a person in (IAM Identity Center)",
    "sso_start_url": "it signs a person in (IAM Identity Center)",
}


class Profiles:
    """All profiles there are; `name` is the one that is meant: the given one, AWS_PROFILE's, or `default`. Raises `Silent`."""

    def __init__(self, environ: Mapping[str, str], given: str | None) -> None:
        self.name = given or environ.get("AWS_PROFILE") or "default"
        config = _sections(_path(environ, "AWS_CONFIG_FILE", "config"))
        keys = _sections(_path(environ, "AWS_SHARED_CREDENTIALS_FILE", "credentials"))
        named = ((name, name.removeprefix("profile ").strip().strip('"')) for name in config)
        self._all = {
            short: dict(config[name]) for name, short in named if name == "default" or name.startswith("profile ")
        }
        for name, fields in keys.items():  # of the same field, the file of credentials counts
            self._all[name] = {**self._all.get(name, {}), **fields}

    @property
    def region(self) -> str:
        return self._all.get(self.name, {}).get("region", "")

    def fields(self, name: str) -> Fields:
        if name not in self._all:
            raise Silent(f"there is no profile {name!r} in AWS's files")
        return self._all[name]


def lent_by(profiles: Profiles, at: Service, around: Surroundings) -> Lent:
    """The keys of the profile that is meant. Raises `Silent`."""
    return _Asking(profiles, at, around).lent(profiles.name, frozenset())


class _Asking:
    def __init__(self, profiles: Profiles, at: Service, around: Surroundings) -> None:
        self._profiles, self._at, self._around = profiles, at, around

    def lent(self, name: str, seen: frozenset[str]) -> Lent:
        """A profile may name itself as the source of its role: then its own keys are meant."""
        fields = self._profiles.fields(name)
        role = fields.get("role_arn")
        if role and name not in seen:
            return self._role(name, fields, role, seen)
        access, secret = fields.get("aws_access_key_id"), fields.get("aws_secret_access_key")
        if access and secret:
            return Lent(access, secret, fields.get("aws_session_token", ""))
        if command := fields.get("credential_process"):
            return _printed(name, command, self._around)
        whys = [why for field, why in _REFUSED.items() if fields.get(field)]
        if name in seen:
            whys.append("it is a source of itself")
        raise Silent(f"the profile {name!r} has no keys{': ' + whys[0] if whys else ''}")

    def _role(self, name: str, fields: Fields, role: str, seen: frozenset[str]) -> Lent:
        session = fields.get("role_session_name") or SESSION
        if token := fields.get("web_identity_token_file"):
            return by_token(self._at, role, token, session, self._around)
        if fields.get("mfa_serial"):
            raise Silent(f"the profile {name!r} cannot be used: {_REFUSED['mfa_serial']}")
        lent = self._source(name, fields, seen)
        asking = held(lent, self._at.region, self._around)
        return assumed(self._at, role, fields.get("external_id"), asking, session)

    def _source(self, name: str, fields: Fields, seen: frozenset[str]) -> Lent:
        environ = self._around.environ
        if source := fields.get("source_profile"):
            return self.lent(source, seen | {name})
        match fields.get("credential_source"):
            case "EcsContainer":
                return container(environ)
            case "Ec2InstanceMetadata":
                return instance(environ)
            case "Environment":
                keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
                access, secret, token = (environ.get(key, "") for key in keys)
                if access and secret:
                    return Lent(access, secret, token)
        raise Silent(
            f"the profile {name!r} has a role and nobody who assumes it: `source_profile` or `credential_source`"
        )


class _Printed(Struct, rename="pascal"):
    """What AWS's documentation says that such a command prints."""

    version: Literal[1]
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


def _printed(name: str, command: str, around: Surroundings) -> Lent:
    """What it prints is not repeated."""
    try:
        raw, code = ran(shlex.split(command), around.folder, around.environ)
        said = msgspec.json.decode(raw, type=_Printed) if code == 0 else None
    except (OSError, ValueError):  # no command, or not what it should print
        said = None
    if said is None:
        raise Silent(f"the command of the profile {name!r} does not print keys as AWS's clients want them")
    return Lent(said.access_key_id, said.secret_access_key, said.session_token or "")


def _path(environ: Mapping[str, str], variable: str, name: str) -> Path:
    home = environ.get("HOME", "/")
    said = environ.get(variable, "")
    if said.startswith("~/"):
        return Path(home, said[2:])
    return Path(said) if said else Path(home, ".aws", name)


def _sections(path: Path) -> Mapping[str, Fields]:
    """Of a file as AWS's command line writes it; none where it is not there."""
    parser = RawConfigParser(default_section="", strict=False, allow_no_value=True, delimiters=("=",))
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LIMIT + 1)
        parser.read_string(text)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise Silent(f"{path} cannot be read") from None
    except Error:  # its text holds a line of the file
        raise Silent(f"{path} is not as AWS's command line writes it") from None
    if len(text) > LIMIT:
        raise Silent(f"{path} is longer than {LIMIT} characters")
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}
