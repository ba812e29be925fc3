"""How an upstream proves who it is. There is no switch to turn this off."""

import ssl


def client_context(extra_ca: str | None = None) -> ssl.SSLContext:
    """The system's roots, and those of the PEM file `extra_ca`; names are checked; TLS 1.2 or later; HTTP/1.1 only.

    Raises `OSError` (`ssl.SSLError` is one) for a file that cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if extra_ca is not None:
        context.load_verify_locations(cafile=extra_ca)
    return context
