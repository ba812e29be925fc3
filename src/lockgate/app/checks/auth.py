"""`auth`: each method once, with settings that it takes; no authentication on loopback only, and alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from lockgate.app import address
from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.places import roles
from lockgate.app.settings.tls import ListenerTls, TlsSettings
from lockgate.core.auth import AuthConfig, Facts
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef

ALONE = "the only method: whoever could not prove who they are would be let in by it"


def mistakes(parts: Parts, opened: Mapping[SecretRef, Secret], read: Callable[[str], bytes]) -> Iterator[Wrong]:
    """`opened` has the secrets that could be opened; the others are mistakes already."""
    known = frozenset(roles(parts.roles)) | parts.names["roles"]
    facts = Facts(parts.names["teams"], known, opened.get, read)
    first: dict[str, int] = {}
    for number, method in parts.auth.items():
        path = ("auth", number)
        kind = str(method.__struct_config__.tag)
        if first.setdefault(kind, number) != number:
            yield Wrong((*path, "kind"), f"{quoted(kind)} again", f"each method once; this one is auth.{first[kind]}")
        if method.insecure and len(parts.auth) > 1:
            yield Wrong((*path, "kind"), f"{quoted(kind)} beside another method", ALONE)
        if method.certificates and parts.server is not None and not _asks_clients(parts.server.tls):
            expected = "server.tls with a `client_ca`: without one, no client shows a certificate"
            yield Wrong((*path, "kind"), f"{quoted(kind)}, and a listener that asks for no certificate", expected)
        for fault in method.faults(facts):
            yield Wrong((*path, *fault.path), fault.found, fault.expected)
    with suppress(ValueError):  # an address that is none was told of already
        if parts.server is not None:
            yield from exposed(parts.auth, address.listen(parts.server.listen))


def _asks_clients(tls: ListenerTls) -> bool:
    return isinstance(tls, TlsSettings) and tls.client_ca is not None


def open_to_all(methods: Sequence[AuthConfig], place: address.Listen) -> str:
    """Why these methods must not serve at that place, which may be another one than the file's; or nothing."""
    numbered = dict(enumerate(methods))
    return "; ".join(f"found {each.found}; expected {each.expected}" for each in exposed(numbered, place))


def exposed(methods: Mapping[int, AuthConfig], place: address.Listen) -> Iterator[Wrong]:
    """S05: without authentication, the data plane is for this machine alone."""
    for number, method in methods.items():
        if method.insecure and not place.loopback:
            found = f"{quoted(str(method.__struct_config__.tag))}, and {place} can be reached by other machines"
            yield Wrong(("auth", number, "kind"), found, "server.listen on 127.0.0.1, or a method that asks who it is")
