"""The second opinion on a head: the parser of uvicorn has to accept what the grammar here accepted."""

import httptools

from lockgate.edge.refusal import refused


class _Deaf:
    """Wants no callback, so a parse costs nothing but the parser's own work."""


_DEAF = _Deaf()


def agrees(head: bytes) -> None:
    """Raises a `Problem` where llhttp does not take the head.

    A parser per head keeps no state of the request before, and none on an idle connection. That a client offers an
    upgrade is no error: there is nothing to upgrade to, and RFC 9110 7.8 lets a server ignore it.
    """
    try:
        httptools.HttpRequestParser(_DEAF).feed_data(head)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserInvalidMethodError as error:
        raise refused("the method is not known", 501) from error
    except httptools.HttpParserError as error:
        raise refused(f"the request is not valid HTTP: {error}") from error
