# ruff: noqa: RUF001  other scripts are what this is about
"""The commonest small words of languages that share a script: few, and each in nearly every sentence."""

from collections.abc import Mapping

WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "a i no into than then them these those some any am us here very just more most only where why the of and to in is that it was for with as on be at by this have from or not are but they you which an had were "
        "has will there been their if what when who would can my your we how all about out up do me please so she he his her its",
        "de": "der die das und ist ich nicht ein eine zu den mit sich auf für von dem des im auch es an als wie wir bei oder nach "
        "sie er aus hat sind wird werden kann einen einem einer wenn noch nur aber mir mich was dass über bitte sein haben um",
        "fr": "le la les de des et est un une que qui dans pour pas ne sur avec au ce il elle sont du en se plus par je vous nous "
        "mais ou cette son sa ses comme aux être avoir fait leur si tout c'est d'un quel quelle votre mon où peut très",
        "es": "el la los las de que y en un una es por con no para se su del al lo como más pero sus le ya o este sí porque esta "
        "entre cuando muy sin sobre también me hasta hay donde quien desde todo nos está son ser qué tiene puede cómo",
        "it": "il lo la i gli le di che e è un una in per con non si del della dei nel da come più ma sono al anche se questo ha "
        "alla dal nella delle loro suo sua essere o io mi quando molto dove chi perché cosa può questa degli",
        "pt": "o os as de que e do da em um uma para com não por mais se na no dos como mas foi ao ele das tem à seu sua ou ser "
        "quando muito há nos já está eu também só pelo pela até isso ela entre era você são qual pode é",
        "nl": "de het een en van ik is niet dat die in te voor op met zijn er maar om hem dan zou of wat mijn dit zo door over ze "
        "bij ook tot je uit naar heb hoe heeft hebben deze want nog zal me zij nu geen werd worden kan wordt aan als",
        "sv": "och att det som en på är av för med den till inte om ett men var jag hade de han har ska från så eller när kan man "
        "sig nu vad också över bara efter mycket skulle detta där vi du hur måste vara blir finns",
        "da": "og at det som en på er af for med den til ikke om et men var jeg havde de han har skal fra så eller når kan man sig "
        "nu hvad også over kun efter meget skulle dette hvor vi du hvordan være bliver findes ud",
        "no": "og at det som en på er av for med den til ikke om et men var jeg hadde de han har skal fra så eller når kan man seg "
        "nå hva også over bare etter mye skulle dette hvor vi du hvordan være blir finnes ut",
        "pl": "i w na z się nie to do że jest o jak za co od po ale przez dla czy są tak być był była oraz lub tym może ich jego "
        "jej tylko już który która które przed bardzo gdy ten tego ma mnie by pod",
        "cs": "a v na se je že to s z do o k i pro ale jako za by si po od jsem jsou nebo byl byla bylo který která které jeho tak "
        "být může už jen při ještě když ten tím co své má není také až pod proto",
        "ro": "și în de la cu nu este că o un pe din pentru se mai care sunt a ca dar sau fi fost lui ei am are prin după ce când "
        "foarte această acest fără poate au către unui unei cum îl le mi",
        "tr": "ve bir bu için ile de da ne olarak çok daha en var olan gibi ama o kadar sonra ben değil mi ya her şey olduğu ki "
        "nasıl veya onun bunu ise göre kendi yok hiç zaman diye önce neden lütfen",
        "fi": "ja on ei se että hän oli olla en mutta ovat niin kuin tai kun mitä sen joka myös vain nyt ole jos mukaan sitä tämä "
        "jo voi minä sinä me kaikki hyvin miten vielä siitä ne jotka sekä koska ennen",
        "hu": "a az és hogy nem is egy van meg de ez azt csak már volt ha el mint még ki be fel kell lehet nagyon vagy ezt én te mi "
        "itt ott olyan minden után való arra pedig hogyan lesz voltak mert amely",
        "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena ada mereka kami kita oleh sebagai "
        "adalah dia bisa atau telah lebih sudah bagaimana apa kepada tersebut banyak secara anda dapat",
        "ru": "и в не на что я с он как это по но они мы к у из за от так же вы ты для бы до если его когда или ли мне была был "
        "было быть только уже ещё еще все она есть при чем того этот может очень нет их",
        "uk": "і в не на що я з він як це та до але вони ми у за від так ви ти для б якщо його коли або чи мені була був було бути "
        "тільки вже ще все вона є при ніж того цей може дуже немає їх й про які",
        "bg": "и в не на че с той как това по но те ние за от така вие ти ако го когато или ли ми беше са да се ще още всички тя е "
        "при който която което може много няма ги съм си до към след",
        "sr": "и у не на да је се са он као то за али они ми од тако ви ти ако га када или ли била био било бити само већ још све "
        "она при који која које може много нема их су што по до ће сам",
    }.items()
}
LATIN = frozenset(name for name, words in WORDS.items() if not any("а" <= word[0] <= "я" for word in words))
