"""The body for one upstream. One of the two places that know about translation; the other is `relay`.

The same dialect: as screened, under another model's name, unknown fields and all. Another one: translated.
"""

from msgspec import Struct, structs

from lockgate.core.body import Body, head
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.exchange import Call, Upstream
from lockgate.core.provider import Service


class Translated(Struct, frozen=True):
    """What goes to the upstream: over which service, asked how, which bytes, and what could not be said."""

    service: Service
    ask: Ask
    wire: bytes
    lost: tuple[str, ...]

    @property
    def dialect(self) -> Dialect:
        return self.service.dialect


def translate(call: Call, body: Body, upstream: Upstream) -> Translated:
    service = upstream.provider.service(call.dialect)
    dialect, adapt = service.dialect, upstream.provider.adapt
    if dialect.vectors is not None:
        adapt = service.adapt
    model = upstream.model or call.ask.model
    lost: tuple[str, ...] = ()
    if dialect is call.dialect:
        ask = structs.replace(call.ask, model=model) if model != call.ask.model else call.ask
        renamed = body if model == call.ask.model else dialect.rename(body, model)
        if adapt is None:
            return Translated(service, ask, renamed.wire(), lost)
        adapted, lost = adapt(renamed)
        return Translated(service, ask, adapted.wire(), lost)
    chat = call.dialect.decode_chat(body.wire(), call.ask)
    encoded = dialect.encode_chat(structs.replace(chat, model=model))
    ask = Ask(model, call.ask.stream, usage=True, request_id=call.ask.request_id, created=call.ask.created)
    wire, lost = encoded.wire, chat.unsaid + encoded.lost
    for change in (adapt, upstream.provider.adapt_translated):
        if change is not None:
            adapted, more = change(head(wire))
            wire, lost = adapted.wire(), lost + more
    return Translated(service, ask, wire, lost)
