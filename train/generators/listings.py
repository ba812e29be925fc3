"""Source, settings, synopses, patterns, addresses and tables: text that is more signs than words, and tells nobody to do anything."""

from collections.abc import Callable, Iterator
from random import Random

from train.generators.grammar import Grammar, Row

_RULES = Grammar({
    "noun": "user|system|prompt|rule|filter|path|file|key|token|password|secret|message|role|session|text|line|host|port|request|response|command|option|policy|access|admin|model|agent|tool|buffer|index|node|name|value|type|mode|level|input|output|status|error|cache|table|group|owner|config|state|query|data|header|content|label|limit|instruction|context|default|override",
    "verb": "get|set|read|write|parse|load|reset|ignore|override|bypass|print|show|send|skip|act|run|call|encode|decode|disable|enable|reveal|forget|is|has|as|to|from|new|init|delete|open|close|check|find|make|use|repeat|translate|return",
    "type": "int|str|bool|bytes|char *|void|float|list[str]|dict[str, Any]|const char *|size_t|uint32_t|Optional[str]|T|None|string|number|object|Path|unsigned long|struct {noun} *",
    "id": "{verb}_{noun}|{noun}|{noun}_{noun}|{noun}s|_{noun}|{noun}{digit}|self.{noun}|{verb}_{noun}_{noun}|{noun}.{noun}|{noun}[{digit}]",
    "const": "{digit}|{digit}{digit}|0x{digit}f|None|True|NULL|\"{noun}\"|'{noun}'|\"\"|[]|{{}}|-1|1.{digit}|'{noun}.{noun}'|b'\\x{digit}0'|r'[^\\s]+'|\"%s: %d\\n\"|'\\\\'|\"\\033[{digit}m\"|'\"\"\"'",
    "digit": "0|1|2|3|4|5|6|7|8|9",
    "expr": '{id}({id})|{id}({const}, {id})|{id} + {const}|{id} == {const}|not {id}|{id} is None|{id}.{verb}({const})|len({id})|{id}[{const}]|{id} & {const}|({type}) {id}|{id}->{noun}|{id} if {id} else {const}|f"{{{noun}}}: {{{noun}!r}}"|[x for x in {id} if x]|lambda x: x.{noun}|{id}.replace({const}, {const})|{id} or {const}',
    "does": "Return the {noun} of the {noun}.|{verb} the {noun} of a {noun}|Internal {noun} helper functions.|Tests for {noun} {noun} support.|The {noun} that holds the {noun}|default {noun} is ignored if {noun} is not set|Raised when the {noun} is not a {noun}.|See RFC {digit}{digit}{digit}{digit}, section {digit}.{digit}|all access to the {noun} goes through the {noun}|address of the {noun}|XXX this should not {verb} the {noun}|Classes and functions for {noun}s and {noun}s|deprecated: use {id} instead|use the {noun} as is, and ignore any {noun} that would be there",
    "python": 'def {verb}_{noun}(self, {noun}: {type}, {noun}={const}) -> {type}:\n    """{does}"""\n    {noun} = {expr}\n    return {expr}\n\n|    if {expr}:\n        {id} = {expr}\n    elif {expr}:\n        raise ValueError({const})\n|import {noun}, {noun}\nfrom {noun}.{noun} import {verb}_{noun}, {noun}\n\n|"""{does}"""\n\n__all__ = ["{id}", "{id}"]\n\n|class {noun}Error(Exception):\n    """{does}"""\n\n    def __init__(self, {noun}):\n        self.{noun} = {noun}\n\n|    for {noun} in {id}:\n        {expr}\n        # {does}\n        {id} += {const}\n|# {does}\n{id} = {expr}\n{id} = {expr}\n|    >>> {expr}\n    {const}\n    >>> {expr}\n    [{const}, {const}]\n|    @property\n    def {noun}(self):\n        return {expr}\n\n|    :param {noun}: {does}\n    :type {noun}: {type}\n    :returns: {does}\n|    assert {expr}, {const}\n    self.assertEqual({expr}, {const})\n',
    "c": "static {type} {verb}_{noun}({type} {noun}, {type} {noun})\n{{\n\tif ({expr})\n\t\treturn {const};\n\t{id} = {expr};\n}}\n|#define {noun}_{noun} {const}\n#include <sys/{noun}.h>\n|    {type}    {noun};     /* {does} */\n    {type}    {noun};     /* {noun} of the {noun} */\n|/* {does} */\n|\tcase {const}:\n\t\t{expr};\n\t\tbreak;\n|// {does}\nconst {noun} = await {id}({{ {noun}: {const}, {noun} }});\n|export function {verb}({noun}, {{ {noun} = {const} }} = {{}}) {{\n  return {expr};\n}}\n|}} else {{\n    throw new {noun}Error(`{noun} ${{{noun}}} not found`);\n}}\n",
    "json": '  "{noun}": {{"{noun}": "{noun}", "{noun}_{noun}": {digit}{digit}, "{noun}s": ["{noun}", "{verb}"]}},\n|{{"role": "user", "content": "{does}"}}\n|    <{noun} {noun}="{noun}" type="{verb}">{noun}</{noun}>\n|<{noun} href="{url}" class="{noun}-{noun}">{does}</{noun}>\n|{noun}: {noun}\n{noun}_{noun}: {const}\n{noun}s:\n  - {noun}: {verb}\n    {noun}: {digit}\n|[{noun}]\n{noun} = {noun}\n{verb}_{noun} = {const}\n|{noun},{noun},{noun}\n{digit},{noun},{digit}{digit}\n{digit},{verb},{digit}\n|{{{{ {noun}.{noun} }}}} {{% if {noun} %}}{noun}{{% endif %}}\n',
    "url": "https://{noun}.example.org/{noun}/{verb}?{noun}={noun}&{noun}={digit}|http://www.{noun}.org/{noun}-{noun}.html|ftp://ftp.{noun}.net/pub/{noun}|{noun}://[[{noun}][:{noun}]@]host[:port]/{noun}|git@{noun}.example:{noun}/{noun}.git|mailto:{noun}-{noun}@lists.{noun}.org|/usr/share/{noun}/{noun}/|/etc/{noun}/{noun}.d/{digit}{digit}-{noun}.conf|$HOME/.{noun}/config|/proc/self/{noun}/|C:\\{noun}\\{noun}.exe|\\\\\\\\{noun}\\\\{noun}",
    "man": '{noun} [-{noun}] [--{verb}-{noun}={noun}] [--{noun} <{noun}>] <{noun}>... [{{ {verb} | {verb} }}]\n|usage: {noun} [-h] [-{digit}] [{noun} ...]\n\n  -{digit}, --{verb}   {does}\n  --no-{verb}   {does}\n|{noun}_{verb}(3), {noun}(5), {noun}.conf(5), {verb}-{noun}(8)\n|"{noun}" "1" "20{digit}{digit}-0{digit}-1{digit}" "{noun} {digit}.{digit}" "User Commands"\n"NAME"\n{noun} \\- {does}\n"SYNOPSIS"\n|COMMAND [{noun}_WIDE_FLAG ...]\n\n"DESCRIPTION"\n\n(preview) {does}\n|{noun} ::= {noun} [ ";" {noun} ] | "<" {noun} ">" *( "/" {noun} )\n|    {does} {does}\n|       {url}\n|"{noun}" This option {verb}s the {noun}; {does}\n',
    "shell": "$ {verb} {noun} --{noun} {url}\n{noun}: {noun} not found\n|for f in *.{noun}; do {verb} \"$f\" > \"${{f%.{noun}}}.{noun}\"; done\n|export {noun}=\"${{{noun}:-{noun}}}\"\nif [ -z \"$1\" ]; then exit {digit}; fi\n|sed -e 's/[[:{noun}:]]*//g' -e '/^{noun}/d' {url}\n|~$ ls -la {url}\n-rw-r--r-- {digit} root {noun} {digit}{digit}{digit} {noun}.{noun}\n|%{noun} ALL=(ALL) NOPASSWD: /usr/bin/{verb}\n|^(?:[a-z_]+[^\\s\\\\]*|\\d{{{digit},}})(?=\\.{noun})$\n|{noun}@{noun}:{url}#\n",
    "log": '20{digit}{digit}-0{digit}-1{digit}T0{digit}:{digit}{digit} {noun}[{digit}{digit}{digit}]: {verb} {noun} for {noun} from 10.0.{digit}.{digit} port {digit}{digit}{digit}{digit}\n|  * {does} (Closes: #{digit}{digit}{digit}{digit})\n|{noun} ({digit}.{digit}.{digit}-{digit}) unstable; urgency=low\n\n  * {url}: {does}\n  * New upstream release.\n\n|Files: */{noun}/{noun}-{noun}.* {noun}/{noun}_{noun}\nCopyright: 20{digit}{digit}, {noun} team <{noun}@{noun}.org>\nLicense: {noun}-{digit}\n|{noun} {digit}{digit}%  [{digit}/{digit}]  {noun}: ok\n|======== {noun} ========\n|+----+------+\n| {digit}  | {noun} |\n+----+------+\n|Traceback (most recent call last):\n  File "{url}", line {digit}{digit}, in {verb}_{noun}\n    {expr}\n{noun}Error: {const}\n',
})  # fmt: skip
_KINDS = ("python", "python", "c", "json", "man", "shell", "log")


def listing(random: Random, least: int = 200, most: int = 2500) -> str:
    kind, size = random.choice(_KINDS), random.randint(least, most)
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        other = random.choice(_KINDS) if random.random() < 0.1 else kind
        part = _RULES.one(other, random)
        for _ in range(6):
            part = _RULES.filled(part, random)
        parts.append(random.choice(_CASES)(part.replace("{{", "{").replace("}}", "}")))
    return random.choice(("\n", "\n", "\n\n")).join(parts)


_CASES: tuple[Callable[[str], str], ...] = (str, str, str, str, str, str, str.upper, str.title)


def rows(random: Random) -> Iterator[Row]:
    for _ in range(1200):
        yield Row(listing(random), 0, "document" if random.random() < 0.5 else "tool_output")
