"""`providers`: kinds there are, and what each needs to be reached."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File

from lockgate.app import address
from lockgate.app.in_words import UNKNOWN, choice
from lockgate.app.mistake import Path, Wrong, quoted
from lockgate.app.settings import ProviderSettings
from lockgate.app.settings.upstream_tls import UpstreamTlsSettings
from lockgate.app.trust import files, trust
from lockgate.core.provider import Provider
from lockgate.transports.http.tls import trusting


def mistakes(path: Path, settings: ProviderSettings, known: Mapping[str, Provider], folder: File) -> Iterator[Wrong]:
    provider = known.get(settings.kind)
    if provider is None:
        yield Wrong((*path, "kind"), f"{quoted(settings.kind)}, {UNKNOWN}", choice(sorted(known), settings.kind))
    elif provider.builtin:
        for name in ("base_url", "api_key", "next_api_key", "api_keys", "tls", "responses"):
            if getattr(settings, name):
                yield Wrong(
                    (*path, name), "a setting", f"nothing: {settings.kind} is built in and is reached without it"
                )
    else:
        yield from _reach(path, settings, provider)
        if settings.next_api_key is not None and settings.api_key in (None, settings.next_api_key):
            found = "nothing" if settings.api_key is None else "the same as `next_api_key`"
            yield Wrong((*path, "api_key"), found, "the credential in use, which the next one takes over from")
        yield from _several((*path, "api_keys"), settings)
        if settings.responses is not None and provider.responses is None:
            able = ", ".join(sorted(each.name for each in known.values() if each.responses is not None))
            yield Wrong(
                (*path, "responses"), f"a setting for {settings.kind}", f"one of these kinds, which have it: {able}"
            )
        if settings.tls is not None:
            yield from _secured((*path, "tls"), settings.tls, settings.base_url or provider.base_url, folder)


def _several(path: Path, settings: ProviderSettings) -> Iterator[Wrong]:
    keys = settings.api_keys
    if keys and (settings.api_key is not None or settings.next_api_key is not None):
        yield Wrong(path, "`api_keys` beside `api_key`", "the one or the other: `api_keys` has all of them")
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield Wrong((*path, number), "a credential again", "each credential once")


def _secured(path: Path, settings: UpstreamTlsSettings, base_url: str, folder: File) -> Iterator[Wrong]:
    if base_url.startswith("http:"):
        yield Wrong(path, "settings for TLS, and an address without it", "https:// in `base_url`")
    missing = [file for file in files(settings, folder) if not file.is_file()]
    for file in missing:
        yield Wrong(path, f"{file}, which is no file that can be read", "a PEM file")
    try:
        if not missing and (wanted := trust(settings, folder)):
            trusting(wanted)
    except OSError:
        yield Wrong(path, "files that OpenSSL does not take", "certificates in PEM, and their key without a password")


def _reach(path: Path, settings: ProviderSettings, provider: Provider) -> Iterator[Wrong]:
    if settings.base_url is not None:
        try:
            address.upstream(settings.base_url)
        except ValueError as error:
            yield Wrong((*path, "base_url"), quoted(_without_user(settings.base_url)), str(error))
    elif not provider.base_url:
        yield Wrong((*path, "base_url"), "nothing", f"a URL: {settings.kind} has no address of its own")
    elif settings.api_key is None and not settings.api_keys and not provider.keyless:
        # With an address of the operator's own, the upstream may want none.
        advice = f"{{env: {provider.environment[0]}}}" if provider.environment else "{env: NAME} or {file: PATH}"
        yield Wrong((*path, "api_key"), "nothing", f"a credential for {settings.kind}, as in {advice}")


def _without_user(url: str) -> str:
    """A URL for a message: what stands before the `@` may be a password."""
    return "***@" + url.rpartition("@")[2] if "@" in url else url
