"""The signature base of a message (RFC 9421 2.5): every covered component on a line, and the parameters last."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from msgspec import Struct

from lockgate.auth.http_signature.fields import Inner, Item, bare, written
from lockgate.core.http import Headers

Asked = dict[str, list[str]]
"""The parameters of a query, each with all its values."""
_DEFAULT_PORTS = {"http": b":80", "https": b":443"}


class Message(Struct, frozen=True):
    """What can be covered. `path` and `query` are as they were sent; `status` is there for responses only."""

    method: str
    scheme: str
    path: str
    query: str
    headers: Headers
    status: int = 0

    def lines(self, name: bytes) -> tuple[bytes, ...]:
        return tuple(value for key, value in self.headers if key == name)

    @property
    def authority(self) -> bytes:
        """Host and port as RFC 9421 2.2.3 normalises them."""
        (host,) = self.lines(b"host") or (b"",)
        return host.lower().removesuffix(_DEFAULT_PORTS.get(self.scheme, b"\0"))

    @property
    def target(self) -> str:
        return self.path + (f"?{self.query}" if self.query else "")


def signature_base(message: Message, covered: Inner) -> bytes:
    """The bytes that were signed. `ValueError` for a component that is not there, is there twice, or is not known."""
    lines: dict[bytes, bytes] = {}
    asked = _asked(message.query) if any(item.value == "@query-param" for item in covered.items) else {}
    for item in covered.items:
        name = written(Inner((item,)))[1:-1].encode()
        if name in lines or not isinstance(item.value, str) or item.token:
            raise ValueError("a component is covered twice, or is no component")
        value = _component(message, asked, item, item.value)
        if b"\n" in value or b"\r" in value:
            raise ValueError("a component has more than one line")
        lines[name] = value
    lines[b'"@signature-params"'] = written(covered).encode()
    return b"\n".join(name + b": " + value for name, value in lines.items())


def _component(message: Message, asked: Asked, item: Item, name: str) -> bytes:
    params = dict(item.params)
    if name == "@query-param":
        return _query_param(asked, params)
    if name.startswith("@"):
        if params:
            raise ValueError("a derived component has a parameter that is not known here")
        return _derived(message, name)
    if name != name.lower() or params not in ({}, {"bs": True}):
        raise ValueError("a covered field has a parameter that is not known here, or a name in capitals")
    lines = message.lines(name.encode())
    if not lines:
        raise ValueError("a covered field is not in the message")
    if params:
        lines = tuple(bare(line).encode() for line in lines)
    return b", ".join(line.strip(b" \t") for line in lines)


def _derived(message: Message, name: str) -> bytes:
    if message.status:
        known = {"@status": str(message.status).encode()}
    else:
        known = {
            "@method": message.method.encode(),
            "@scheme": message.scheme.encode(),
            "@authority": message.authority,
            "@target-uri": f"{message.scheme}://".encode() + message.authority + message.target.encode(),
            "@request-target": message.target.encode(),
            "@path": message.path.encode() or b"/",
            "@query": b"?" + message.query.encode(),
        }
    if name not in known:
        raise ValueError("a derived component is not known here")
    return known[name]


def _asked(query: str) -> Asked:
    """RFC 9421 2.2.8: decoded as forms are, and encoded again."""
    asked: Asked = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        asked.setdefault(_form(name), []).append(_form(value))
    return asked


def _query_param(asked: Asked, params: Mapping[str, object]) -> bytes:
    """One that stands twice cannot be covered."""
    if set(params) != {"name"}:
        raise ValueError("a query parameter is covered without its name")
    name = params["name"]
    values = asked.get(name, []) if isinstance(name, str) else []
    if len(values) != 1:
        raise ValueError("a covered query parameter is not there once")
    return values[0].encode()


def _form(text: str) -> str:
    return quote(text, safe="*").replace("~", "%7E")
