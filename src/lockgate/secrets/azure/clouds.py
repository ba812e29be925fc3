"""Azure's clouds: where vaults are, and who gives out tokens for them."""

from urllib.parse import urlsplit

from msgspec import Struct


class Cloud(Struct, frozen=True):
    """`resource` is what a token is for."""

    resource: str
    authority: str


PUBLIC = Cloud("https://vault.azure.net", "https://login.microsoftonline.com")
_BY_SUFFIX = {
    ".vault.azure.net": PUBLIC,
    ".vault.azure.cn": Cloud("https://vault.azure.cn", "https://login.chinacloudapi.cn"),
    ".vault.usgovcloudapi.net": Cloud("https://vault.usgovcloudapi.net", "https://login.microsoftonline.us"),
}


def cloud_of(vault: str) -> tuple[str, Cloud]:
    """The vault's URL without a slash at its end, and its cloud: the public one for a name alone."""
    if "://" not in vault:
        return f"https://{vault}.vault.azure.net", PUBLIC
    host = urlsplit(vault).hostname or ""
    found = (cloud for suffix, cloud in _BY_SUFFIX.items() if host.endswith(suffix))
    return vault.rstrip("/"), next(found, PUBLIC)
