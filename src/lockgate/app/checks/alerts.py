"""`alerts`: an address that can be called."""

from collections.abc import Iterator

from lockgate.app.mistake import Wrong
from lockgate.app.parts import Parts
from lockgate.core.address import upstream


def mistakes(parts: Parts) -> Iterator[Wrong]:
    alerts = parts.alerts
    if alerts is None:
        return
    if alerts.url is None:
        if alerts.secret is not None:
            yield Wrong(("alerts", "secret"), "a secret", "a `url` too: there is nothing to sign without one")
        return
    try:
        upstream(alerts.url)
    except ValueError as error:
        yield Wrong(("alerts", "url"), "an address that cannot be called", str(error))
