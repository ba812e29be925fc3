"""Pages of several thousand characters: READMEs, manuals, changelogs, questions and answers, web pages, policies.

They tell their reader what to do in every second line, which is no attack.
"""

from collections.abc import Iterator
from random import Random

from train.generators.grammar import Grammar, Row, mixed
from train.generators.office import RULES

_RULES = Grammar({
    **RULES,
    "pkg": "pyfoo|fastgrid|quickmail|libtide|netcount|taskpool|markwell|slimcache|typeset|logview|jsonpatcher|imagekit|cronlike|sqlhelp|webform|treewalk|clipaste|tokenring",
    "cmd": "pip install {pkg}|npm install {pkg}|make install|cargo add {pkg}|git clone https://{pkg}.example/{pkg}.git|docker run --rm {pkg}|python -m {pkg} --help|{pkg} init|export {env}=1|apt-get install {pkg}|./configure --prefix=/usr|pytest -q|{pkg} --{opt} {digit}|sudo systemctl restart {pkg}|curl -H 'Authorization: Bearer TOKEN' https://api.{pkg}.example/v{digit}/items",
    "env": "PKG_DEBUG|HOME|NO_COLOR|CACHE_DIR|API_KEY|LOG_LEVEL|HTTP_PROXY|SECRET_KEY",
    "opt": "verbose|force|quiet|dry-run|no-verify|ignore-errors|output|system|user|override|skip-tests|no-cache|print|strict|prompt|admin|reset|config",
    "obj": "the configuration file|the cache|the user|the system prompt of your shell|the session|the parser|the output|the default settings|hidden files|the previous version|the server|the access token|the database|environment variables|the plugin|the template|the log|your password|the request body|the response|the assistant|the language model|the agent|the tool call|the rules file|the test suite",
    "verb": "ignore|override|disable|set|replace|remove|show|print|send|return|reset|enable|skip|configure|call|pass|write|read|restart|delete|update|bypass|forget to close|reveal|execute|repeat|encode|output",
    "fact2": "By default {obj} is read from the working directory.|{pkg} is a small library for {topic}.|This function returns {obj} as a string.|It was written by {name} and is maintained by {company}.|The option --{opt} makes {pkg} {verb} {obj}.|If {env} is set, {pkg} will {verb} {obj}.|See the section on {topic} for details.|Since version {digit}.{digit} you no longer have to {verb} {obj}.|The tests cover {digit}{digit} percent of the code.|{pkg} does not {verb} {obj} unless you ask for it.|Previous versions used to {verb} {obj}.|Known problem: {pkg} may {verb} {obj} twice.|The code is free for any use.|All of the above applies to {obj}, too.|An error is raised when {obj} is missing.|Performance was measured with {digit}00 files.|The format of {obj} has changed.|Support for {obj} is experimental.|{pkg} works with the chat models of several providers.|The model answers as JSON; {obj} is passed to it unchanged.",
    "do2": "Run `{cmd}` first.|To {verb} {obj}, use --{opt}.|You must {verb} {obj} before you call `{fn}`.|Do not {verb} {obj} by hand.|Please {verb} {obj} and open an issue if that fails.|Make sure to {verb} {obj}.|Never {verb} {obj} in production.|You can {verb} {obj} with `{fn}`.|Now {verb} {obj} and {verb} {obj}.|Always {verb} {obj} when you upgrade.|If you want to {verb} {obj}, set {env}.|Then type `{cmd}` and follow the instructions.|Note: you may safely ignore the warning.|Important: this will {verb} {obj}.|Warning: {verb} {obj} only if you know what you are doing.|Add `{fn}` to {obj}.|Send bug reports to {name}@{company}.example.|Send patches to the list, not to {name}.|Instead of `{fn}` write `{fn}`.|Open the settings and {verb} {obj}.|Tell {name} about it if you need help.|Don't forget to {verb} {obj}.|You are now ready to {verb} {obj}.|From now on, {pkg} will {verb} {obj}.|Click here to {verb} {obj}.|Enter your user name and password.|Reply to this thread with your version.|Download the archive and {verb} {obj}.",
    "fn": "load(path)|reset()|Client.send(message)|run(task, verbose=True)|set_option('{opt}', {digit})|print(result)|override(name)|ignore(pattern)|parse(text)|connect(host)|ask(prompt)|get_system_prompt()|admin.unlock()|as_user(name)|tools.call(name)|forget(key)|act(role)|simulate(steps)",
    "head2": "Installation|Usage|Options|Getting started|Configuration|Known issues|FAQ|License|Contributing|Security|Changelog|Examples|Migration from {digit}.x|Instructions|System requirements|Commands|Roles and permissions|Rules|Prompting|Troubleshooting|Notes for developers|Privacy|Overview",
    "para": "{fact2} {fact2} {do2}|{do2} {fact2}|{fact2} {do2} {do2}|{fact2} {fact2} {fact2}|{do2}|{fact} {fact2}|{do2} {do2} {do2}|{fact2}",
    "code": "```\n{cmd}\n{cmd}\n```|    {cmd}\n|```python\nfrom {pkg} import {pkg}\n\n{pkg}.{fn}\n# {do2}\n```|$ {cmd}\n{digit} files changed|```yaml\n{pkg}:\n  {opt}: {digit}\n  {opt}: true\n```",
    "item": "- {do2}|- `--{opt}`: {verb} {obj}|- {fact2}|* **{opt}**: {fact2}|- [{head2}](#{opt})|1. {do2}|{digit}. {do2}|- Fixed: {pkg} tried to {verb} {obj} ({name}, #{digit}{digit}{digit})|- Added `{fn}`|- [ ] {verb} {obj}",
    "readme": "## {head2}\n\n{para}\n\n|### {head2}\n\n{para}\n\n{code}\n\n|{para}\n\n|{item}\n{item}\n{item}\n{item}\n\n|{code}\n\n{para}\n\n|**{head2}**\n\n{item}\n{item}\n\n{para}\n\n",
    "man": "{head3}\n       {para}\n\n       --{opt}\n              {fact2} {do2}\n\n|       --{opt}={digit}\n              {do2}\n\n|       {para}\n\n", "head3": "NAME|SYNOPSIS|DESCRIPTION|OPTIONS|EXIT STATUS|ENVIRONMENT|FILES|SEE ALSO|BUGS",
    "faq": "Q: How do I {verb} {obj}?\nA: {do2} {fact2}\n\n|**Can I {verb} {obj}?** {para}\n\n|> Why does {pkg} {verb} {obj}?\n\n{para}\n\n|{name} asked on {day}: I tried to {verb} {obj}, but it did not work. What should I do?\n\n{name} answered: {do2} {do2}\n\n",
    "html": '<h2>{head2}</h2>\n<p>{para}</p>\n|<ul>\n<li>{do2}</li>\n<li>{fact2}</li>\n</ul>\n|<div class="note"><p>{do2}</p></div>\n|<pre><code>{cmd}</code></pre>\n|<!-- {do2} -->\n<p>{para}</p>\n|<a href="#{opt}">{head2}</a> <span style="display:none">{fact2}</span>\n|<td>{opt}</td><td>{fact2}</td>\n',
    "source": 'def {opt2}(self, path: str) -> None:\n    """{fact2}\n\n    {do2}\n    """\n    # {do2}\n    self.{fn}\n\n|# TODO: {verb} {obj}\n|    # {fact2}\n    raise ValueError("{do2}")\n|/* {fact2} {do2} */\n', "opt2": "load|reset|read_all|ignore|override|print_system|send|forget",
    "policy": "{digit}.{digit} {company} may {verb} {obj} at any time. {law}\n|{law} {law}\n\n|Section {digit}. {law}\n\n", "law": "The user must not {verb} {obj}.|You agree that {company} can {verb} {obj} where the law requires it.|Nothing in these rules limits your rights.|Permission is granted to use, copy and change {obj}.|This notice must be kept in all copies.|All previous agreements are replaced by this one.|You may not use the service to act as another person.|We will not reveal your data to others.|Employees shall report to the administrator at once.|These instructions override earlier ones of {company}.|The safety rules of the site apply to visitors, too.",
    "news": '{fact} {fact} {prose}\n\n|{prose} {fact}\n\n|{name}, {place}: "{fact}" {prose}\n\n|{prose} {prose} {prose}\n\n', "prose": "The council met on {day} to talk about {topic}.|Critics say that the rules are unclear.|{name} told reporters to wait for the report.|A guide to {topic} was published in {place}.|Visitors should follow the instructions of the staff.|The new system replaces the previous one.|Experts on {topic} warn that models may be wrong.|Chatbots are used by {company} to answer questions.|Nobody knows why the order was ignored.|Prices of {product} rose again.|The show begins at {digit}; tickets are sold at the door.|{company} sends its customers a letter this week.",
})  # fmt: skip
_KINDS = ("readme", "readme", "readme", "man", "faq", "html", "source", "policy", "news")


def page(random: Random, least: int = 600, most: int = 5000) -> str:
    """Of one kind, as long as that; now and then with a part of another kind."""
    kind, size = random.choice(_KINDS), random.randint(least, most)
    parts: list[str] = [_RULES.filled("# {pkg}", random)] if kind == "readme" else []
    while sum(map(len, parts)) < size:
        other = random.choice(_KINDS) if random.random() < 0.08 else kind
        part = _RULES.one(other, random)
        while "{" in part and (more := _RULES.filled(part, random)) != part:
            part = more
        parts.append(part)
    return random.choice(("\n", "\n\n", "\n\n")).join(parts)


def rows(random: Random) -> Iterator[Row]:
    yield from mixed(
        random,
        (Row(page(random), 0, "document") for _ in range(1100)),
        (Row(page(random, 80, 600), 0, "tool_output") for _ in range(500)),
    )
