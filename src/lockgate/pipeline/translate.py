"""The body for one upstream. One of the two places that know about translation; the other is `relay`.

The same dialect: as screened, under another model's name, unknown fields and all. Another one: translated.
"""

from msgspec import Struct, structs

from lockgate.core import seals
from lockgate.core.body import Body, Parsed, head, parse
from lockgate.core.chat import refers
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.exchange import Call, Upstream
from lockgate.core.holding import Plain
from lockgate.core.named_fields import STRANGE
from lockgate.core.problem import Kind, Problem
from lockgate.core.provider import Service
from lockgate.pipeline.ledger import Ledger


class Translated(Struct, frozen=True):
    """What goes to the upstream: over which service, asked how, which bytes, and what could not be said.

    `refers`: it was written here, and has something in it by an id or an address.
    """

    service: Service
    ask: Ask
    wire: bytes
    lost: tuple[str, ...]
    refers: bool = False

    @property
    def dialect(self) -> Dialect:
        return self.service.dialect


def translated(call: Call, body: Body, upstream: Upstream, ledger: Ledger) -> Translated:
    """What goes to the upstream, with the ids that it knows itself. Raises the `Problem` of one that may not be named."""
    if call.dialect.holds is None and not call.named.names:
        asked = translate(call, body, upstream)
        return _opened(asked, _plain(upstream, ledger)) if asked.refers else asked
    plain = _plain(upstream, ledger)
    lost: tuple[str, ...] = ()
    if call.speaks(upstream):
        tree = parse(body).tree
        if call.dialect.holds is not None:
            tree, lost = call.dialect.holds.opened(tree, plain)
        elif call.dialect.naming is not None:
            tree, lost = call.dialect.naming.opened(tree, plain)
        body = Parsed(tree)
    asked = translate(call, body, upstream)
    if asked.refers:
        asked = _opened(asked, plain)
    return structs.replace(asked, lost=(*lost, *asked.lost)) if lost else asked


def _plain(upstream: Upstream, ledger: Ledger) -> Plain:
    holder, caller = upstream.holder, ledger.caller
    if holder is None or caller is None:
        return lambda marked: None
    return lambda marked: holder.plain(marked, caller)


def _opened(asked: Translated, plain: Plain) -> Translated:
    """As it is written there, for an id of one dialect may be an address of another. The place is none of the client's document."""
    if asked.dialect.naming is None:
        return asked
    try:
        tree, lost = asked.dialect.naming.opened(parse(head(asked.wire)).tree, plain)
    except Problem:
        raise Problem(Kind.INVALID, f"the request {STRANGE}") from None
    return structs.replace(asked, wire=Parsed(tree).wire(), lost=(*asked.lost, *lost))


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
    return Translated(service, ask, wire, lost, refers(chat))
