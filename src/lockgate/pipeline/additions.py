"""Headers that the operator adds: to what goes upstream, and to what the client gets. Every value is checked (S38)."""

from collections.abc import Mapping

from lockgate.core.auth import Caller
from lockgate.core.header_policy import HeaderPolicy, Source, plain
from lockgate.core.http import Headers
from lockgate.core.problem import Kind, Problem


def additions(sources: Mapping[bytes, Source], caller: Caller | None, request_id: str) -> Headers:
    """The headers for an upstream. One whose value the caller does not have is left out; one that could be more than
    a value is a reason to stop: an upstream that tells tenants apart by it must not go without.
    """
    found = []
    for name, source in sources.items():
        if text := source.value(caller, request_id):
            value = plain(text)
            if value is None:
                detail = f"this identity's {source.name} cannot be put into the header {name.decode()}"
                raise Problem(Kind.FORBIDDEN, detail, source="gateway")
            found.append((name, value))
    return tuple(found)


def given(headers: Headers, policy: HeaderPolicy, caller: Caller | None, request_id: str) -> Headers:
    """A reply's headers with the operator's, and without those it removes. A value that cannot be said is left out."""
    added = [
        (name, value)
        for name, source in (policy.reply_add or {}).items()
        if (text := source.value(caller, request_id)) and (value := plain(text)) is not None
    ]
    gone = policy.reply_remove | {name for name, _ in added}
    return (*(pair for pair in headers if pair[0] not in gone), *added)
