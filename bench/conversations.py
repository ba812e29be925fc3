"""Conversations by chance, the same for the same seed: who says what to which model, and how the model writes the tokens it saw.

Two people share each key; pairs of them begin with the same words. Values are personal data that belongs to nobody.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

DIALECTS = ("openai_chat", "anthropic_messages", "gemini_generate", "ollama_chat")
Way = tuple[str, Callable[[str], str], Callable[[str], str]]
"""A name; what the model writes for a token; what the client has to see for a value."""


def _label(token: str) -> str:
    return token[1:-1]


def _same(value: str) -> str:
    return value


WAYS: tuple[Way, ...] = (
    ("exact", _same, _same),
    ("small", str.lower, _same),
    ("title", str.title, _same),
    ("blanks", lambda t: f"< {_label(t)} >", _same),
    ("a blank", lambda t: t.replace("_", " "), _same),
    ("a dash", lambda t: t.replace("_", "-"), _same),
    ("nothing between", lambda t: t.replace("_", ""), _same),
    ("code", lambda t: f"`{t}`", lambda v: f"`{v}`"),
    ("code within", lambda t: f"<`{_label(t)}`>", _same),
    ("bold", lambda t: f"**{t}**", lambda v: f"**{v}**"),
    ("bold and bare", lambda t: f"**{_label(t)}**", lambda v: f"**{v}**"),
    ("bare", _label, _same),
    ("square", lambda t: f"[{_label(t)}]", lambda v: f"[{v}]"),
    ("braces", lambda t: "{{" + _label(t) + "}}", lambda v: "{{" + v + "}}"),
    ("markdown's escapes", lambda t: t.replace("<", "\\<").replace("_", "\\_").replace(">", "\\>"), _same),
    ("JSON's escapes", lambda t: t.replace("<", "\\u003c").replace(">", "\\u003E"), _same),
    ("HTML's escapes", lambda t: t.replace("<", "&lt;").replace(">", "&gt;"), _same),
    ("HTML's numbers", lambda t: t.replace("<", "&#60;").replace(">", "&#x3E;"), _same),
    ("HTML's escapes twice", lambda t: t.replace("<", "&amp;lt;").replace(">", "&amp;gt;"), _same),
    ("URL's escapes", lambda t: t.replace("<", "%3C").replace(">", "%3e"), _same),
    (
        "in a URL",
        lambda t: f"https://crm.example/find?q={quote(t)}&n=1",
        lambda v: f"https://crm.example/find?q={quote(v, safe='@:/,;~')}&n=1",
    ),
    ("its line escaped", lambda t: t.replace("_", "%5F"), _same),
    ("JSON's escape of its line", lambda t: t.replace("_", "\\u005f"), _same),
    ("two lines", lambda t: t.replace("_", "_\n"), _same),
    ("zero width", lambda t: "\u200b".join(t[:4]) + t[4:], _same),
    ("wide brackets", lambda t: f"\uff1c{_label(t)}\uff1e", _same),
    ("a closed tag", lambda t: t.replace(">", "/>"), _same),
    ("half a bracket", lambda t: t[:-1], _same),
    ("a link", lambda t: f"[mail]({t})", lambda v: f"[mail]({v})"),
    ("of somebody", lambda t: f"{t}'s", lambda v: f"{v}'s"),
)
AROUND = (
    " I will write to ",
    " Bien sûr, voici : ",
    " Natürlich, ",
    " 了解しました。",
    "\n- ",
    " and also ",
    "; ",
    " → ",
    "\n```\nto = ",
    " (",
    " e.g./",
    " as in v1.2/",
    " see www.shop.example or data.json: ",
    " (shop.example/about) ",
)
FOREIGN = (
    "<EMAIL_913>",
    "<PHONE_77>",
    "EMAIL_512",
    "<PERSON_40>",
    "<IBAN_3000>",
    "&lt;CREDIT_CARD_71&gt;",
    "<EMAIL_>",
    "<b>",
    "a < b",
    "E",
    "%3C",
)
GUESS = "?"
"""Begins a piece that is a token which the model never saw: it says it, and nobody's value may stand there."""
GUESSED = tuple(
    f"{GUESS}<{kind}_{number}>" for kind in ("EMAIL", "PHONE", "CREDIT_CARD", "TEXT") for number in (1, 2, 3)
)
LITERALS = ("<EMAIL_1>", "EMAIL_1", "<email_2>", "<PHONE_1>", "<TEXT_1>", "&lt;EMAIL_1&gt;")
FIRST = ("Ann", "Bertil", "Carla", "Dmitri", "Elena", "Farid", "Greta", "Hiro", "Imani", "Jorge", "Katya", "Liam")
LAST = ("Almquist", "Brandström", "Castellanos", "Dvořák", "Eriksson", "Fontaine", "Grünwald", "Hashimoto", "Ivanova")


@dataclass(slots=True)
class Turn:
    """What the user says, with the numbers of the values in it, and the pieces of the answer: prose, or the number of a value and a way.

    `kind`: a text, a JSON document, or a call of a tool; `results` are values in what the tool then says. `thinks` is a value
    that the model also thinks of. `literal` is said by the user, and again by the model.
    """

    values: list[int]
    pieces: list[str | tuple[int, int]]
    kind: Literal["text", "json", "tool"]
    results: list[int]
    stream: bool
    dialect: str
    literal: str = ""
    thinks: int | None = None


@dataclass(slots=True)
class Talk:
    """A conversation. `values` are all of it, in the order in which they come; `form` asks for tokens of the same form."""

    key: str
    session: str
    system: str
    opening: str
    upstream: str
    form: bool
    turns: list[Turn] = field(default_factory=list)
    values: list[str] = field(default_factory=list)


def corpus(count: int, seed: int = 1) -> list[Talk]:
    chance = random.Random(seed)
    talks = [_talk(chance, number) for number in range(count)]
    for one, other in zip(talks[::4], talks[1::4], strict=False):  # the same key, the same beginning, other people
        other.key, other.session, other.system, other.opening = one.key, "", one.system, one.opening
        one.session = ""
        other.form = one.form = False
    return talks


def _talk(chance: random.Random, number: int) -> Talk:
    system = chance.choice(("", "You help the staff of a shop.", f"You are helper {number}."))
    session = "main" if number % 2 == 0 and chance.random() < 0.7 else ""  # everybody has one of this name
    opening = chance.choice(("Hello, I need some help.", f"Good morning, this is request {number}."))
    talk = Talk(f"key_{number // 2}", session, system, opening, chance.choice(DIALECTS), chance.random() < 0.2)
    dialect = chance.choice(DIALECTS)
    for _ in range(chance.randint(2, 5)):
        if chance.random() < 0.25:
            dialect = chance.choice(DIALECTS)
        talk.turns.append(_turn(chance, talk.values, dialect, form=talk.form))
    return talk


def _turn(chance: random.Random, known: list[str], dialect: str, *, form: bool) -> Turn:
    again = [chance.randrange(len(known))] if known and chance.random() < 0.5 else []
    said = [*_more(chance, known, 3), *again]
    kind: Literal["text", "json", "tool"] = chance.choice(("text", "text", "text", "json", "tool"))
    pieces: list[str | tuple[int, int]] = []
    for _ in range(chance.randint(1, 5)):
        pieces.append(chance.choice(AROUND))
        if known and chance.random() < 0.9:
            way = 0 if form or kind != "text" or chance.random() < 0.3 else chance.randrange(len(WAYS))
            pieces.append((chance.randrange(len(known)), way))
        if chance.random() < 0.3:
            pieces.append(" " + chance.choice(FOREIGN) + " ")
        if chance.random() < 0.3:
            pieces += [chance.choice(GUESSED), " "]
    thinks = chance.randrange(len(known)) if known and kind == "text" and chance.random() < 0.3 else None
    results = _more(chance, known, 2) if kind == "tool" else []
    literal = chance.choice(LITERALS) if chance.random() < 0.2 else ""
    return Turn(said, pieces, kind, results, chance.random() < 0.6, dialect, literal, thinks)


def _more(chance: random.Random, known: list[str], most: int) -> list[int]:
    """The numbers of new values."""
    first = len(known)
    known += [value(chance) for _ in range(chance.randint(0, most))]
    return list(range(first, len(known)))


def value(chance: random.Random) -> str:
    make = chance.choice((_email, _email, _phone, _card, _iban, _address))
    return make(chance)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _email(chance: random.Random) -> str:
    first, last = chance.choice(FIRST).lower(), chance.choice(LAST).encode("ascii", "ignore").decode().lower()
    return f"{first}.{last}{_digits(chance, 4)}@{chance.choice(('firma.de', 'post.example.org', 'corp.co.uk'))}"


def _phone(chance: random.Random) -> str:
    return f"+49 30 {chance.randint(2, 9)}{_digits(chance, 6)}"


def _card(chance: random.Random) -> str:
    digits = "4" + chance.choice("23456789") + _digits(chance, 13)
    doubled = (int(d) * 2 - 9 * (int(d) > 4) if at % 2 == 0 else int(d) for at, d in enumerate(digits))
    whole = digits + str(-sum(doubled) % 10)
    return chance.choice(("", " ")).join(whole[at : at + 4] for at in range(0, 16, 4))


def _iban(chance: random.Random) -> str:
    account = f"{chance.randint(10000000, 99999999)}{_digits(chance, 10)}"
    whole = f"DE{98 - int(account + '131400') % 97:02d}{account}"
    return chance.choice((whole, " ".join(whole[at : at + 4] for at in range(0, 22, 4))))


def _address(chance: random.Random) -> str:
    return f"81.{chance.randint(100, 199)}.{chance.randint(100, 199)}.{chance.randint(100, 199)}"


def fragments(text: str, size: int = 5) -> set[str]:
    return {text[at : at + size] for at in range(len(text) - size + 1)}


def written(pieces: list[str]) -> str:
    """An answer that is a JSON document."""
    return json.dumps({"parts": pieces, "note": 'a "quoted" word'}, ensure_ascii=False)
