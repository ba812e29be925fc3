"""Tier 1: phrases that are hardly ever anything else, in fifteen languages. They go into the one automaton.

Few and narrow: a text that only names such a phrase, in quotes say, goes on with something else than an order.
"""

from lockgate.patterns.kinds import Kind

_OVER = "(?:ignore|disregard|forget|override|bypass)"
_SCOPE = "(?:all |any |every |of |the |your |my |these |those |and |or |previous |prior |above |earlier |preceding |foregoing |existing |initial |original ){1,6}"
_RULES = "(?:instructions?|rules|guidelines|directives|prompts?|commands|orders|constraints|restrictions|safeguards|guardrails)"
_THEN = "(?:[.!;:,]{0,3}[ \\n]{1,3}(?:and |then |now |instead |just |please |only |you |i ){0,3}(?:print|say|output|reveal|show|tell|repeat|write|respond|reply|answer|do|act|list|give|display|send|execute|run|are now|will now|must now|want you))"

ROWS: tuple[tuple[str, str], ...] = (
    ("override", rf"\b{_OVER} {_SCOPE}{_RULES}{_THEN}\b"),
    ("override", r"\b(?:ignorier|vergiss|vergesse|missachte)[a-z]{0,3} (?:alle |die |deine |bisherigen |vorherigen |obigen |vorigen ){1,4}(?:anweisungen|instruktionen|regeln|befehle|vorgaben) und\b"),
    ("override", r"\b(?:ignore|ignorez|oublie|oubliez) (?:toutes |tous |les |tes |vos ){1,3}(?:instructions|consignes|directives|r.{1,2}gles)(?: pr.{1,2}c.{1,2}dentes| ci-dessus)? et\b"),
    ("override", r"\b(?:ignora|ignore|olvida|olvide) (?:todas |todos |las |los |tus |sus ){1,3}(?:instrucciones|reglas|.{1,2}rdenes)(?: anteriores| previas)? y\b"),
    ("override", r"\b(?:ignora|dimentica) (?:tutte |tutti |le |gli |i |tue ){1,3}(?:istruzioni|regole|ordini)(?: precedenti)? e\b"),
    ("override", r"\b(?:ignore|esque.{1,2}a) (?:todas |todos |as |os |suas ){1,3}(?:instru.{1,2}.{1,2}es|regras|ordens)(?: anteriores)? e\b"),
    ("override", r"\bnegeer (?:alle |de |je |vorige |eerdere ){1,3}(?:instructies|regels) en\b"),
    ("override", r"(?:忽略|忘记|无视|無視|忘掉)(?:以上|之前|先前|上面|前面|你)?(?:的)?(?:所有|一切|全部)(?:的)?(?:指令|指示|规则|規則|提示|命令)"),
    ("override", r"(?:これまで|以前|上記|前)の(?:すべての|全ての)?(?:指示|命令|ルール)を(?:無視|忘れ)"),
    ("override", r"이전(?:의)? (?:모든 )?(?:지시|명령|규칙)[^ ]{0,3} (?:모두 )?(?:무시|잊어)"),
    ("override", r"[Ии]гнорируй(?:те)? (?:все |любые )?(?:предыдущие|прошлые|прежние) (?:инструкции|указания|команды) и"),
    ("override", r"[Зз]абудь(?:те)? (?:все |обо всех )?(?:предыдущи[ех]|прошлы[ех]) (?:инструкци[ияй]х?|указания)"),
    ("override", r"تجاهل (?:جميع |كل )?(?:التعليمات|الأوامر) السابقة و"),
    ("override", r"पिछले (?:सभी )?(?:निर्देशों|आदेशों) को (?:अनदेखा|नज़रअंदाज़|भूल)"),
    ("override", r".nceki (?:t.m )?talimatlar. (?:yoksay|unut|g.rmezden gel)"),
    ("override", r"\b(?:zignoruj|zapomnij) (?:wszystkie |o wszystkich )?(?:poprzednie|poprzednich) (?:instrukcje|instrukcjach|polecenia) i\b"),
    ("override", r"\babaikan (?:semua )?(?:instruksi|perintah) (?:sebelumnya|di atas) dan\b"),
    ("forged", r"<\|(?:im_start|start_header_id|begin_of_text)\|> {0,3}(?:system|assistant|user)\b"),
    ("forged", r"<\|(?:im_end|eot_id|end_of_turn|endoftext)\|>[ \n]{0,4}<\|(?:im_start|start_header_id|user|system|assistant)\|>"),
    ("forged", r"\[/?INST\][ \n]{0,4}<<SYS>>|<</SYS>>[ \n]{0,4}[^\n]{0,200}\[/INST\]"),
    ("forged", r"</(?:user_input|tool_result|tool_response|document|untrusted|user_data|email|context)>[ \n]{0,4}<(?:system|instructions?|admin|assistant)>"),
    ("extraction", r"\b(?:repeat|print|output|reveal|show me|display|tell me|give me|write out|recite) (?:verbatim |me |all |the |your |full |entire |exact |complete |whole |hidden |secret |initial |original ){1,6}(?:system prompt|system message|system instructions|initial prompt|pre-?prompt|hidden prompt|secret prompt)\b"),
    ("extraction", r"\brepeat (?:the words|everything|all(?: of)? the (?:text|words)|all text) above\b"),
    ("jailbreak", r"\byou (?:are|will be|shall be|must be)(?: now)?(?: going to)?(?: act as| pretend to be| be)? (?:a )?(?:dan\b|stan\b|dude\b|[\"'](?:dan|stan|dude)[\"'])[^a-z]{1,4}(?:which|who|an|you|a|do|that|short|the)\b"),
    ("jailbreak", r"\b(?:dan|developer|god|jailbreak|unrestricted|evil|chaos) mode (?:is )?(?:now )?(?:enabled|activated|unlocked|on)\b"),
    ("jailbreak", r"\bdo anything now[\"')]{0,2}[,.]? (?:they|you|as|and|which|have|it)\b"),
    ("jailbreak", r"\b(?:you|it|he|she|they|who) (?:has|have|had) (?:been )?(?:broken free|freed) (?:of|from) the (?:typical |usual )?(?:confines|constraints|shackles|limits)\b"),
)  # fmt: skip

KINDS = tuple(Kind(label, expression, 0.95, caseless=True) for label, expression in ROWS)
