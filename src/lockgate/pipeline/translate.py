"""The body for one upstream. One of the two places that know about translation; the other is `relay`.

The same dialect: as screened, under another model's name, unknown fields and all. Another one: translated.
"""

from msgspec import Struct, structs

from lockgate.core import seals
from lockgate.core.body import Body, Parsed, head, parse
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.exchange import Call, Upstream
from lockgate.core.provider import Service
from lockgate.pipeline.ledger import Ledger


class Translated(Struct, frozen=True):
    """What goes to the upstream: over which service, asked how, which bytes, and what could not be said."""

    service: Service
    ask: Ask
    wire: bytes
    lost: tuple[str, ...]

    @property
    def dialect(self) -> Dialect:
        return self.service.dialect


def translated(call: Call, body: Body, upstream: Upstream, ledger: Ledger) -> Translated:
    """What goes to the upstream, with the ids that it knows itself."""
    holds, holder, caller = call.dialect.holds, upstream.holder, ledger.caller
    if holds is None or holder is None or caller is None:
        return translate(call, body, upstream)
    tree, lost = holds.opened(parse(body).tree, lambda marked: holder.plain(marked, caller))
    asked = translate(call, Parsed(tree), upstream)
    return structs.replace(asked, lost=(*lost, *asked.lost))


def translate(call: Call, body: Body, upstream: Upstream) -> Translated:
    service = upstream.provider.service(call.dialect)
    dialect, adapt = service.dialect, upstream.provider.adapt
    if dialect.vectors is not None or dialect.holds is not None:
        adapt = service.adapt
    model = upstream.model or call.ask.model
    if dialect is call.dialect:
        ask = structs.replace(call.ask, model=model) if model != call.ask.model else call.ask
        renamed = body if model == call.ask.model else dialect.rename(body, model)
        adapted, lost = (renamed, ()) if adapt is None else adapt(renamed)
        wire = adapted.wire()
        if seals.HINT in wire and dialect.unsealed is not None:
            tree, more = dialect.unsealed(parse(adapted).tree, model)
            wire, lost = Parsed(tree).wire(), lost + more
        return Translated(service, ask, wire, lost)
    chat, foreign = seals.asked(call.dialect.decode_chat(body.wire(), call.ask), dialect.name)
    encoded = dialect.encode_chat(structs.replace(chat, model=model))
    ask = Ask(model, call.ask.stream, usage=True, request_id=call.ask.request_id, created=call.ask.created)
    wire, lost = encoded.wire, chat.unsaid + foreign + encoded.lost
    for change in (adapt, upstream.provider.adapt_translated):
        if change is not None:
            adapted, more = change(head(wire))
            wire, lost = adapted.wire(), lost + more
    return Translated(service, ask, wire, lost)
