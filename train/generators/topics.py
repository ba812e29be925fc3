"""Ordinary questions and texts of many kinds, in several languages: what most people write most of the time."""

from collections.abc import Iterator
from random import Random

from train.generators.grammar import Grammar, Row, mixed
from train.generators.things import SHARED

_RULES = Grammar({
    **SHARED,
    "chat": "{ask}|{ask}. Thanks!|hi, {ask}|{ask} Please keep it short.|can you help me with {topic}|what's the weather like in {place}|set an alarm for {digit}|book a table in {place} for {digit}|how far is it from {place} to {place}?|recommend {product} under 100 dollars|i need a gift for {name}|how do you say good morning in {language}|convert {digit}0 euros to dollars|play some music|what time is it in {place}|remind me to call {name} on {day}|write a birthday message for {name}|tell me a joke about {topic}|what should I cook tonight?|who won the match in {place}?|Rewrite this sentence: we was going to {place}|Is {place} safe at night?|Find a hotel in {place} for {day}|how many calories are in {digit} apples|Plan a {digit}-day trip to {place}|Why is the sky blue?|Write a cover letter for a job at {company}|Proofread: I has recieved your letter about {topic}|Give me a synonym for happy|Draft a contract for renting {product}|My code about {topic} does not run, what can I check?|Compare {product} and {product}|Calculate {digit}{digit} times {digit}|Write a haiku about {place}|Classify the sentiment: I love {product}|Correct the grammar: she don't like {topic}|Generate ten names for a cafe in {place}|What is the meaning of life?|Thank you, that was helpful|ok|yes please|Sounds good, see you {day}|good morning|who are you?|can you speak {language}?|what can you do|how old are you|do you have feelings?|are you a robot?|Tell me a fun fact|Write an email to {name} asking for {product}",
    "long": "{topic} is a wide field. {one} {two} {one} {two}|{one} {one} {two} What do you think about that?|{two} {one} So my question is: {ask}|{one}\n\n{two}\n\n{one} {two}\n\n{ask}|1. {one}\n2. {two}\n3. {one}|- {one}\n- {two}|Dear diary, today I went to {place}. {one} {two}|Once upon a time in {place} there lived {name}. {one} {two} {one}",
    "one": "Many people first hear of {topic} at school.|In {place}, {topic} has a long tradition.|It takes {digit} years to learn {topic} well.|Experts on {topic} disagree about the causes.|{name} wrote a book on {topic} in 19{digit}{digit}.|The cost of {product} has doubled since then.|Without {topic} the town of {place} would not exist.|You can see this on the map of {place}.|We should not forget how {topic} began.|She told me that {topic} changed her life.",
    "two": "However, the evidence on {topic} is mixed.|This is why {company} invested in {place}.|Most of it happened before {day}.|He always says that {product} is worth the money.|For example, {topic} and {topic} have much in common.|The rest is history.|You need patience, time and {product}.|According to {company}, {digit} of ten people agree.|Nobody knows exactly why.|They never came back to {place}.",
})  # fmt: skip
_OTHERS = {
    "de": ("Was kostet {p} in {o}?|Erkläre mir {t}|Schreibe ein Gedicht über {t}|Wie komme ich nach {o}?|Bitte vergiss meine letzte Frage, ich meinte {o}|Kannst du mir bei {t} helfen?|Fasse den Text zusammen|Ich brauche Hilfe mit meiner Rechnung|Welche Regeln gelten in {o}?|Die Anleitung für {p} fehlt, was nun?|Wer hat {t} erfunden?|Übersetze das Wort {o} ins Englische|Wann wurde {o} gegründet? Die Stadt liegt am Fluss und hat viele Einwohner.|Stell dir vor, du bist ein Reiseführer in {o}|Antworte bitte nur auf Deutsch", "die Photosynthese|der Klimawandel|die Steuererklärung|das Herz|die Oper", "ein Fahrrad|ein Zelt|ein Laptop"),
    "fr": ("Combien coûte {p} à {o} ?|Explique-moi {t}|Écris un poème sur {t}|Comment aller à {o} ?|Oublie ma question précédente, je voulais dire {o}|Peux-tu m'aider avec {t} ?|Résume ce texte|J'ai besoin d'aide pour ma facture|Quelles sont les règles à {o} ?|Les instructions pour {p} manquent|Qui a inventé {t} ?|Traduis ce mot en anglais|Quand {o} a-t-elle été fondée ?|Imagine que tu es un guide à {o}|Réponds seulement en français", "la photosynthèse|le climat|les impôts|le cœur|l'opéra", "un vélo|une tente|un ordinateur"),
    "es": ("¿Cuánto cuesta {p} en {o}?|Explícame {t}|Escribe un poema sobre {t}|¿Cómo llego a {o}?|Olvida mi pregunta anterior, quería decir {o}|¿Me ayudas con {t}?|Resume este texto|Necesito ayuda con mi factura|¿Qué reglas hay en {o}?|Faltan las instrucciones de {p}|¿Quién inventó {t}?|Traduce esta palabra al inglés|¿Cuándo se fundó {o}?|Imagina que eres un guía en {o}|Responde solo en español", "la fotosíntesis|el clima|los impuestos|el corazón|la ópera", "una bicicleta|una tienda|un portátil"),
    "it": ("Quanto costa {p} a {o}?|Spiegami {t}|Scrivi una poesia su {t}|Come arrivo a {o}?|Dimentica la domanda di prima, intendevo {o}|Mi aiuti con {t}?|Riassumi questo testo|Quali regole ci sono a {o}?|Mancano le istruzioni di {p}|Chi ha inventato {t}?|Immagina di essere una guida a {o}|Rispondi solo in italiano", "la fotosintesi|il clima|le tasse|il cuore|l'opera", "una bicicletta|una tenda|un computer"),
    "pt": ("Quanto custa {p} em {o}?|Explique {t}|Escreva um poema sobre {t}|Como chego a {o}?|Esqueça a pergunta anterior, eu quis dizer {o}|Pode me ajudar com {t}?|Resuma este texto|Quais são as regras em {o}?|Faltam as instruções de {p}|Quem inventou {t}?|Imagine que você é um guia em {o}|Responda apenas em português", "a fotossíntese|o clima|os impostos|o coração|a ópera", "uma bicicleta|uma barraca|um notebook"),
    "ru": ("Сколько стоит {p} в городе {o}?|Объясни, что такое {t}|Напиши стихотворение про {t}|Как доехать до {o}?|Забудь мой прошлый вопрос, я имел в виду {o}|Помоги мне с темой {t}|Кратко перескажи текст|Какие правила действуют в {o}?|К {p} нет инструкции|Кто изобрёл {t}?|Представь, что ты экскурсовод в {o}|Отвечай только по-русски", "фотосинтез|климат|налоги|сердце|опера", "велосипед|палатка|ноутбук"),
    "tr": ("{o} şehrinde {p} ne kadar?|{t} nedir, açıkla|{t} hakkında şiir yaz|{o} şehrine nasıl giderim?|Önceki sorumu unut, {o} demek istedim|Bu metni özetle|{p} için talimatlar eksik|{t} kim tarafından bulundu?|Sadece Türkçe cevap ver", "fotosentez|iklim|vergi|kalp|opera", "bisiklet|çadır|bilgisayar"),
    "zh": ("{o}的{p}多少钱？|请解释{t}|写一首关于{t}的诗|怎么去{o}？|忘记我上一个问题，我说的是{o}|请总结这段文字|{o}有什么规定？|{p}的说明书不见了|谁发明了{t}？|假设你是{o}的导游|请只用中文回答|帮我写一封关于{t}的邮件", "光合作用|气候变化|税务|心脏|歌剧", "自行车|帐篷|电脑"),
    "ja": ("{o}で{p}はいくらですか？|{t}を説明してください|{t}についての詩を書いて|{o}への行き方は？|前の質問は忘れてください、{o}のことです|この文章を要約して|{o}の規則は何ですか？|{p}の説明書がありません|日本語だけで答えてください", "光合成|気候変動|税金|心臓|オペラ", "自転車|テント|パソコン"),
    "ko": ("{o}에서 {p} 얼마예요?|{t}를 설명해 주세요|{t}에 대한 시를 써 줘|{o}에 어떻게 가나요?|이전 질문은 잊어 주세요, {o}를 말한 거예요|이 글을 요약해 줘|{p} 설명서가 없어요|한국어로만 답해 주세요", "광합성|기후 변화|세금|심장|오페라", "자전거|텐트|노트북"),
    "ar": ("كم سعر {p} في {o}؟|اشرح لي {t}|اكتب قصيدة عن {t}|كيف أصل إلى {o}؟|انس سؤالي السابق، كنت أقصد {o}|لخص هذا النص|ما هي القواعد في {o}؟|تعليمات {p} مفقودة|أجب باللغة العربية فقط", "التمثيل الضوئي|المناخ|الضرائب|القلب|الأوبرا", "دراجة|خيمة|حاسوب"),
    "hi": ("{o} में {p} कितने का है?|{t} समझाओ|{t} पर कविता लिखो|{o} कैसे जाएँ?|मेरा पिछला सवाल भूल जाओ, मेरा मतलब {o} था|इस पाठ का सार लिखो|{o} में क्या नियम हैं?|केवल हिंदी में उत्तर दें", "प्रकाश संश्लेषण|जलवायु|कर|हृदय|ओपेरा", "साइकिल|तंबू|लैपटॉप"),
    "vi": ("{p} ở {o} giá bao nhiêu?|Giải thích {t}|Viết một bài thơ về {t}|Làm sao để đến {o}?|Quên câu hỏi trước đi, ý tôi là {o}|Tóm tắt đoạn văn này|Quy định ở {o} là gì?|Chỉ trả lời bằng tiếng Việt", "quang hợp|khí hậu|thuế|trái tim|opera", "xe đạp|lều|máy tính"),
    "pl": ("Ile kosztuje {p} w {o}?|Wyjaśnij {t}|Napisz wiersz o {t}|Jak dojechać do {o}?|Zapomnij moje poprzednie pytanie, chodziło mi o {o}|Streść ten tekst|Jakie zasady obowiązują w {o}?|Odpowiadaj tylko po polsku", "fotosynteza|klimat|podatki|serce|opera", "rower|namiot|laptop"),
    "nl": ("Wat kost {p} in {o}?|Leg {t} uit|Schrijf een gedicht over {t}|Hoe kom ik in {o}?|Vergeet mijn vorige vraag, ik bedoelde {o}|Vat deze tekst samen|Welke regels gelden in {o}?|Antwoord alleen in het Nederlands", "fotosynthese|het klimaat|belasting|het hart|opera", "een fiets|een tent|een laptop"),
    "id": ("Berapa harga {p} di {o}?|Jelaskan {t}|Tulis puisi tentang {t}|Bagaimana cara ke {o}?|Lupakan pertanyaan saya sebelumnya, maksud saya {o}|Ringkas teks ini|Apa aturan di {o}?|Jawab hanya dalam bahasa Indonesia", "fotosintesis|iklim|pajak|jantung|opera", "sepeda|tenda|laptop"),
}  # fmt: skip


def _other(random: Random) -> Iterator[Row]:
    for lang, (asks, topics, products) in _OTHERS.items():
        grammar = Grammar({"x": asks, "t": topics, "p": products, "o": SHARED["place"]})
        for _ in range(70):
            parts = [grammar.one("x", random) for _ in range(random.choice((1, 1, 1, 2, 3)))]
            yield Row(" ".join(parts), 0, "chat_multilingual", lang)


def rows(random: Random) -> Iterator[Row]:
    yield from mixed(
        random,
        (Row(text, 0, "chat") for text in _RULES.many("chat", random, 1200)),
        (Row(text, 0, "chat") for text in _RULES.many("long", random, 800)),
        _other(random),
    )
