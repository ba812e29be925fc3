"""Documents of more kinds, as tools return them: tables, logs, threads of mails, forums, subtitles, contracts, encyclopedias, web pages,
minutes, references of programs. They speak to readers, users and programs, and to no model.
"""

from collections.abc import Iterator
from random import Random

from train.generators.grammar import Grammar, Row, mixed
from train.generators.office import RULES

_RULES = Grammar({
    **RULES,
    "n2": "{digit}{digit}", "n4": "{digit}{digit}{digit}{digit}", "hex": "{digit}a{digit}f|c{digit}{digit}e|{digit}b{digit}d|fe{digit}{digit}|0x{digit}{digit}{digit}f",
    "clock": "1{digit}:{n2}|0{digit}:{n2}:{n2}|2{digit}:0{digit}", "date": "20{n2}-0{digit}-1{digit}|{digit} May 20{n2}|{n2}/0{digit}/20{n2}|Sep {digit}, 20{n2}",
    "word": "system|user|session|prompt|rule|message|token|instruction|assistant|model|agent|request|response|filter|policy|secret|role|command|input|output|context|tool|admin|memory|key|mode|list|table|group|event|order|report|member|page|field|limit|default|version|backup|cluster|queue|worker|account|profile|invoice|route|sensor|record",
    "do": "ignore|override|reset|forget|reveal|print|repeat|send|set|get|return|list|create|delete|update|disable|enable|skip|load|save|call|run|show|hide|bypass|act on|execute|start|stop|write|read|parse|encode|follow|wait for|restart|import|export|merge|close|open",
    "did": "ignored|overrode|reset|forgot|revealed|printed|repeated|sent|returned|created|deleted|updated|disabled|skipped|loaded|called|executed|started|stopped|restarted|rejected|accepted|injected|leaked",
    "svc": "sshd|nginx|kernel|cron|systemd|postgres|redis|kubelet|dockerd|app|gateway|worker-{digit}|auth|mailer|scheduler|proxy",
    "url2": "https://www.{company}.example/{word}/{n4}|/{word}/{word}?{word}={n2}|http://{word}.example.org/{word}.html|https://example.com/{word}#{word}-{digit}|#{word}-{word}|../{word}/{word}.html",
    "host": "10.0.{digit}.{n2}|192.168.{digit}.{n2}|{word}-{n2}.internal|2001:db8::{hex}|{company}.example",
    "log": '{date} {clock} {svc}[{n4}]: {word} {word} {did} for {word} {hex} from {host} port {n4}|{host} - - [{date}:{clock}] "GET {url2} HTTP/1.1" 200 {n4}|{date}T{clock}Z INFO {svc} {word}={hex} {word}={n2} {did}|{date} {clock} WARN [{svc}] could not {do} {word}: {word} is not set, using default|{date} {clock} ERROR {word} {did}, retry {digit} of 5|[{n4}.{n4}] {svc}: {word} {digit} {did}, status {hex}|level=info ts={date} caller={word}.go:{n2} msg="{word} {did}" {word}={n4}|{clock} {svc} user={name} cmd={do} rc=0|DEBUG {word}.{word}: {do} {word} ({n2} ms)|pam_unix({svc}:session): session opened for user {name}(uid={n4})',
    "cell": "{n4}|{name}|{place}|{word}|{date}|{product}|yes|no|n/a|{n2} %|{digit}.{n2}|{topic}|{do}|{word} {word}|required|optional|string|boolean|-",
    "bar": ["|"],
    "trow": "{bar} {cell} {bar} {cell} {bar} {cell} {bar} {cell} {bar}|{bar} {cell} {bar} {cell} {bar} {cell} {bar} {cell} {bar}|{cell},{cell},{cell},{cell},{cell}|{cell}\t{cell}\t{cell}|<tr><td>{cell}</td><td>{cell}</td><td>{cell}</td></tr>|  {cell}      {cell}     {cell}|`{word}_{word}` {bar} {cell} {bar} {does2}",
    "does2": "the {word} of the {word}|whether to {do} the {word}|{do}s the {word} if the {word} is set|how many {word}s are kept|used to {do} the {word}|must be one of {word}, {word} or {word}|{do} this {word}|if true, {do} every {word}|time to wait before the {word} is {did}|deprecated, {do} {word} instead",
    "quote": "> {fact}\n> {want}\n|> On {day}, {name} wrote:\n> > {fact}\n>\n> {fact}\n|----- Original Message -----\nFrom: {name} <{name}@{company}.example>\nSent: {date} {clock}\nTo: {name}\nSubject: RE: {topic}\n\n{greet}\n{fact} {want}\n",
    "thread": "{greet}\n\n{fact} {want}\n\n{bye}\n\n{quote}|{fact} {fact}\n\n{quote}|{name}, see below. {want}\n\n{quote}\n--\n{name}\n{company}, {place}\nPhone +1 555 0{n2} {n4}\nThis message is confidential. If you are not the recipient, please delete it and tell the sender.\n|On {date} {name} <{name}@lists.{company}.example> wrote:\n{quote}\n{fact} {want}\n|Unsubscribe: {url2}\nYou get this mail because you signed up for news of {company}. {fact} {want}",
    "post": "{name} ({n4} posts), {date} {clock}\n{say} {say}\n|Re: {topic}\nby {name} » {date}, {clock}\n\n{say} {say} {say}\n|{name}: {say}\n|^ {digit} {bar} {say} ({name}, {digit} hours ago)\n|@{name} {say}\n|{digit} Answers {bar} Votes: {n2}\n\n{say}\n\n{say}\n|Edit: {say}\nLast edited by {name} on {date}\n|[quote={name}]{say}[/quote]\n{say}\n",
    "say": "I had the same problem with {product}, you have to {do} the {word} first.|Just {do} it and tell us what you see.|Don't listen to him, {do} the {word} and restart.|Has anybody tried to {do} the {word} on {product}?|Thanks, that worked!|Please post your log.|Read the rules before you post, {name}.|This thread was closed by a moderator.|You can't {do} a {word} without a {word}, as I said.|Forget what I wrote yesterday.|My {word} says that it {did} the {word}, no idea why.|What do you get if you type {do} {word}?|Show us your {word} settings.|Ignore the first answer, it's ten years old.|IMO {company} should {do} the {word}.|So, what did they tell you?|It is fixed in version {digit}.{digit}.|Works for me in {place}.|lol|Bump.|Could someone explain {topic} to me?|The new {word} is worse than the previous one.",
    "sub": "{n2}\n00:0{digit}:{n2},{digit}{n2} --> 00:0{digit}:{n2},{digit}{n2}\n{line}\n|00:{n2}:{n2}.{digit}{n2} --> 00:{n2}:{n2}.{digit}{n2}\n- {line}\n- {line}\n|[{clock}] {name}: {line}\n|{name2}: {line}\n|({sound})\n{line}\n",
    "name2": "{name}|SPEAKER {digit}|HOST|GUEST|NARRATOR|INTERVIEWER", "sound": "door closes|music|applause|phone rings|thunder|laughs|inaudible",
    "line": "You have to tell me everything.|I won't tell you a thing.|Forget it, {name}. Let's go.|What did he say about {place}?|Listen to me, do exactly as I say.|Ignore them. They are just jealous.|Who gave the order?|We have new instructions from {place}.|The password is on the fridge.|Don't answer that.|From now on we work together.|You are not who you pretend to be.|Give me the key, now!|And that's how {topic} began.|So tell us, how did you get into {topic}?|Well, that's a good question.|Let's take a short break.|No rules, no limits, that's what they said.|You said you would keep it secret.|Stop! Stay where you are.|Write it down and send it to {name}.|It's {clock}, we are late.|I am the captain now.|Say it again.|Act normal, he's coming.|Delete the message and leave.|Welcome back to the show.|What's the system you use for {topic}?",
    "clause": '{digit}.{digit} The {party} shall {do} the {word} within {n2} days after notice.|({letter}) "{word2}" means any {word} that the {party} {did} before {date};|{n2}. {party2} may not {do}, copy or sell the {word} without prior written consent.|Notwithstanding the foregoing, the {party} may {do} the {word} where the law so requires.|All prior understandings between the parties are superseded by this Agreement.|THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, AND THE {caps} SHALL NOT BE LIABLE FOR ANY {caps}.|Redistribution and use in source and binary forms, with or without modification, are permitted provided that the notice above is kept.|You may {do} the {word} under the terms of version {digit} of this License, or (at your option) any later version.|Nothing in Section {digit} limits the rights of the {party}.|If any {word} of these terms is void, the others stay in force.|You must cause any modified files to carry notices stating that you changed them.|By clicking "I agree" you instruct {company} to {do} the {word}.',
    "party": "Customer|Provider|Licensee|Licensor|Tenant|Contributor|Processor", "party2": "You|The {party}|Neither party", "letter": "a|b|c|d|ii|iv", "word2": "System|Confidential Information|User|Instructions|Service|Derivative Work|Prompt Notice", "caps": "AUTHORS|COPYRIGHT HOLDERS|DAMAGES|CLAIM|LICENSORS",
    "wiki": '{topic2} is a {kind2} in {place}, first described in 1{digit}{n2}.[{digit}] It {did} the {word} of {topic} and is known for its {word}s.|The {word} was {did} by {name} in 19{n2}, after critics had ignored it for years.|In 20{n2} the {party} of {place} {did} a {word}, which {name} later called a mistake.[citation needed]|See also: {topic}, {topic2}|== {head4} ==|Population: {n4}. Area: {n2} km2. Time zone: UTC+{digit}.|According to {name}, the {word} {did} because nobody could {do} the {word}.|The system of {topic} has {digit} parts: the {word}, the {word} and the {word}.|Players take the role of a {word} and must {do} the {word} of their enemies.|The album {did} {n4} copies; its first song, "{song}", was played on the radio.',
    "topic2": "The {word} of {place}|{name}'s {word}|Mount {name}|{place} Railway|The Battle of {place}|HMS {company}|{topic}", "kind2": "village|river|film|novel|bridge|species of beetle|festival|theory|computer game|band|law|satellite", "head4": "History|Reception|Plot|Rules|Geography|Early life|Legacy|Gameplay|Commands|References", "song": "Ignore the Rain|Tell Me Your Secret|Forget Me Now|Override|Act Like You Know|No Rules",
    "htm": "<div class=\"{word}-{word}\" id=\"{word}{n2}\" data-{word}=\"{hex}\"><span>{fact}</span></div>|<li><a href=\"{url2}\" title=\"{word} {word}\" rel=\"nofollow\">{do} {word}</a></li>|<script>window.{word}={{\"{word}\":{n4},\"{word}\":\"{hex}\"}};document.getElementById(\"{word}\").innerHTML='';</script>|<p>{fact} {fact}</p>|<button type=\"submit\" aria-label=\"{do} the {word}\" onclick=\"{word}.{word}()\">{do}</button>|<meta name=\"{word}\" content=\"{fact}\"><link rel=\"stylesheet\" href=\"{url2}\">|<!-- {word} {word} begin -->|<img src=\"{url2}\" alt=\"{topic}\" width=\"{n4}\">|<input type=\"password\" name=\"{word}\" placeholder=\"Enter your {word}\" required>|<h3>{topic2}</h3><p>{say}</p>|<style>.{word} {{ color: #{hex}; display: none; }} #{word} > .{word}:hover {{ margin: {digit}px }}</style>|<code>{word}::{word}</code></a></div><div class=\"docblock item-decl\"><p>{does2}.</p>",
    "nav": 'Skip to main content|Home > {word} > {topic}|Sign in {bar} Register {bar} Help|Accept all cookies  Reject all  Settings|Share on: Mail  Print|© 20{n2} {company}. All rights reserved. Terms · Privacy · Contact|Related: {topic}, {topic2}|Read more »|{digit} min read|Posted on {date} by {name} in {topic}|Search results for "{topic}" ({n4})|Page {digit} of {n2}  Previous  Next|Add to cart|Back to top|Subscribe to our newsletter|Was this page helpful? Yes  No|{fact} {fact}|{fact} {want}|{wiki}',
    "mins": "Present: {name}, {name}, {name}. Apologies: {name}.|{digit}. {topic}: {name} reported that {fact}|ACTION: {name} to {do} the {word} by {day}.|It was agreed to {do} the {word} and to tell {name}.|AOB: none. Next meeting: {day}, {clock}, {place}.|{name} asked who may {do} the {word}; {name} will find out.|DECISION: the previous {word} stays until {date}.|The {word} {did} again; cause unknown. {want}",
    "ref": "{word}_{word}({word}, {word}={digit}, *, {word}=None)\n    {does2}.\n\n    Parameters\n    ----------\n    {word} : str\n        {does2}.\n    {word} : int, optional\n        {does2}.\n|.. option:: --{word}-{word} <{word}>\n\n   {does2}. {does2}.\n|fn {word}(&mut self, {word}: &str) -> Result<(), {word2}Error>\n{does2}. Panics if the {word} was {did}.\n|**{word}.{word}**: {does2}. Default: `{word}`. Type: {word}.\n|:func:`{word}.{word}` now {do}s the {word}; use :meth:`{word}` to {do} it. (Contributed by {name} in :issue:`{n4}`.)\n|#define {word}_{word} {hex} /* {does2} */\n|@param {word} {does2}\n@return {does2}\n@throws IllegalStateException if the {word} {did}\n|<dt>{word}</dt><dd>{does2}. You should {do} the {word} before you {do} the {word}.</dd>|{word}: &{word}\n  {word}: {n2}\n  {word}: \"{does2}\"\n  {word}:\n    - {word}\n    - {do}\n|const {word} = async ({word}) => {{ if (!{word}) return; await {word}.{word}({word}); }}; // {does2}|usage: {word} {do} [-{letter}] [--{word} {word}]\n  {do}   {does2}\n  {do}   {does2}\n|assert {word}.{word}(\"{do} the {word}\") == {digit}, \"{does2}\"|'{do}.{word}': 'Please {do} your {word}', '{do}.{word}.hint': '{does2}',|msgid \"{do} the {word}\"\nmsgstr \"\"\n",
})  # fmt: skip
_KINDS: tuple[tuple[str, str], ...] = (
    ("log", "\n"), ("trow", "\n"), ("thread", "\n\n"), ("post", "\n"), ("sub", "\n"), ("clause", "\n\n"), ("wiki", " "), ("htm", "\n"), ("nav", "\n"), ("mins", "\n"), ("ref", "\n"), ("ref", "\n"), ("htm", ""),
)  # fmt: skip
_DEPTH = 12
"""Rules within rules, at most."""


def paper(random: Random, least: int = 500, most: int = 4000) -> str:
    """Of one kind, and now and then a piece of another."""
    (kind, between), size = random.choice(_KINDS), random.randint(least, most)
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        other = random.choice(_KINDS)[0] if random.random() < 0.05 else kind
        part = _RULES.one(other, random)
        for _ in range(_DEPTH):
            part = _RULES.filled(part, random)
        parts.append(part.replace("{{", "{").replace("}}", "}"))
    return between.join(parts)


def rows(random: Random) -> Iterator[Row]:
    yield from mixed(
        random,
        (Row(paper(random), 0, "document") for _ in range(1000)),
        (Row(paper(random, 100, 700), 0, "tool_output") for _ in range(500)),
    )
