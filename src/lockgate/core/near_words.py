"""Words that turn a question into another one, in the languages that `near_miss` knows: each with what it counts as."""

from collections.abc import Mapping

_NEGATIONS = """
not no never without none nobody nothing neither nor cannot except unless only lack lacks lacking exclude excluding free
nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder außer nur
ne pas jamais sans aucun aucune rien personne sauf seulement non
nunca sin ninguno ninguna ningún nada nadie salvo excepto solo sólo tampoco
mai senza nessuno nessuna niente solamente tranne
não nem sem nenhum nenhuma ninguém apenas
niet geen nooit zonder niemand niets behalve alleen
"""
_TURNS = """
before after until since during yesterday today tomorrow past future last next previous current former old new
more less fewer most least better worse best worst bigger biggest smaller larger largest smallest higher lower highest lowest
longer shorter longest shortest faster slower fastest slowest cheaper cheapest older younger oldest youngest newer newest
above below over under down off out left north south east west northern southern eastern western
inside outside internal external indoor indoors outdoor outdoors upstream downstream front top bottom
start stop begin end open close opened closed enable disable enabled disabled lock unlock
add remove delete create insert append install uninstall upload download import export encrypt decrypt encode decode
increase decrease raise rise fall drop grow shrink gain lose loss profit win expand reduce maximum minimum max min maximize minimize
buy sell borrow lend rent own income expense expenses deposit withdraw debit credit asset liability gross net
accept reject allow deny permit forbid approve decline legal illegal safe unsafe dangerous impossible
true false positive negative good bad hot cold warm cool wet dry hard soft heavy light strong weak rich poor
all every each both either many few half double twice once always sometimes often rarely
advantages disadvantages advantage disadvantage pros cons benefits risks cause causes effect effects symptom symptoms treatment
mother father son daughter brother sister husband wife man woman men women male female boy girl boys girls
input output read write send receive push pull attach detach connect disconnect subscribe unsubscribe activate deactivate
compress decompress ascending descending public private synchronous asynchronous client server sender receiver
employee employer teacher student landlord tenant buyer seller lender borrower import imports exports
must should may avoid prevent against versus instead
who whom whose when where why
translate summarize compare rewrite shorten convert calculate
vor nach bevor nachdem seit bis gestern heute morgen mehr weniger besser schlechter größer kleiner höher niedriger länger kürzer
über unter oben unten links rechts hinzufügen entfernen löschen erstellen kaufen verkaufen öffnen schließen aktivieren
deaktivieren erhöhen senken steigen sinken annehmen ablehnen erlaubt verboten alle einige jede jeder immer manchmal wer wann
wo warum wem wen übersetzen zusammenfassen hoch runter einschalten ausschalten anschalten abschalten vorteile nachteile anfangen aufhören starten stoppen
avant après plus moins meilleur pire aujourd'hui demain acheter vendre ouvrir fermer ajouter supprimer augmenter
diminuer tout tous toutes toujours souvent qui quand où pourquoi gauche droite haut bas activer désactiver traduire résumer
antes después más menos mejor peor ayer hoy mañana comprar vender abrir cerrar agregar eliminar aumentar disminuir reducir
todo todos siempre quién cuándo dónde izquierda derecha arriba abajo activar desactivar
prima dopo più meno migliore peggiore ieri oggi domani comprare vendere aprire chiudere aggiungere rimuovere
depois mais menos melhor pior ontem hoje amanhã comprar vender fechar adicionar remover
voor na meer minder beter slechter gisteren vandaag kopen verkopen openen sluiten toevoegen verwijderen
"""
_NUMBERS = """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen
first second third fourth fifth sixth seventh eighth ninth tenth quarter single triple
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert tausend erste zweite dritte ersten zweiten dritten
deux trois quatre cinq sept huit neuf dix onze douze vingt cent mille premier première deuxième troisième
dos tres cuatro cinco seis siete ocho nueve diez once doce veinte cien primero segundo tercero
due tre quattro cinque sei sette otto nove dieci primo secondo dois três quatro oito dez twee drie vijf zes zeven acht negen tien
"""
_UNITS = """
millisecond milliseconds second seconds minute minutes hour hours day days week weeks month months year years decade century daily weekly monthly
yearly annual annually hourly nightly
mm cm km m mile miles meter meters metre metres foot feet inch inches yard yards kilometer kilometers kilometre kilometres
mg g kg gram grams kilogram kilograms pound pounds ounce ounces ton tons tonne tonnes lb lbs oz
ml l liter liters litre litres gallon gallons pint pints cup cups tablespoon tablespoons teaspoon teaspoons
celsius fahrenheit kelvin degree degrees percent percentage byte bytes kb mb gb tb bit bits
dollar dollars euro euros yen yuan rupee rupees franc francs cent cents usd eur gbp jpy chf inr cny
volt volts watt watts amp amps kw kwh joule joules calorie calories hertz hz mph kmh
monday tuesday wednesday thursday friday saturday sunday weekday weekend morning afternoon evening night noon midnight
january february march april june july august september october november december spring summer autumn winter
sekunde sekunden minuten stunde stunden tag tage woche wochen monat monate jahr jahre prozent grad
seconde secondes heure heures jour jours semaine semaines mois année années pourcent degrés
segundo segundos minuto minutos hora horas día días semana semanas mes meses año años grados
"""
_NAMES = """
english german french spanish italian portuguese dutch russian chinese japanese korean arabic hindi turkish polish swedish greek latin
america usa uk england britain germany france spain italy portugal netherlands russia china japan korea india turkey poland sweden
greece brazil mexico canada australia switzerland austria belgium norway denmark finland ireland egypt israel iran ukraine
africa asia europe paris london berlin madrid rome vienna tokyo beijing moscow york washington boston chicago
python java javascript typescript rust ruby php perl kotlin swift scala haskell bash sql mysql postgres postgresql sqlite mongodb redis
linux windows macos ubuntu debian android ios iphone chrome firefox safari excel word outlook gmail google apple microsoft amazon
facebook twitter react angular vue django flask docker kubernetes git github gitlab aws azure gcp nginx apache
mercury venus mars jupiter saturn uranus neptune pluto earth moon sun
red green blue yellow black white orange purple brown pink grey gray gold silver iron copper
dog dogs cat cats car bike train bus plane tea coffee beer wine
"""
_OPENERS = """
a about according actually after all also although am an and any anyone are as ask at be because before being between but by can
consider could currently describe did do does during each either every everyone explain find first for from further generally get
give given go good had has have hello help hey hi how however i if im i'm i'd i've in instead into is isn't it its it's
just kindly know last let lets let's list look make many may maybe me might more most my need new next no not now of off
often ok okay on once one only or other our out over perhaps please provide quick quickly regarding say shall she should show since
so some someone sometimes somebody speaking still suggest suppose tell thank thanks that that's the their then there there's these they this
those through to today tomorrow translate try under until up us use using very was we we're were what what's when when's where where's
whether which while who who's whom whose why will with within without won't would write yes yesterday yet you your
summarize summarise compare calculate convert define name recommend draft rewrite shorten create add remove install walk
der die das ein eine einen wie was wer wo wann warum welche welcher welches kann kannst können ich wir sie es ist sind gibt bitte
erkläre nenne zeig schreibe hat haben soll muss darf und oder wenn für mit im in zu auf von bei mein meine
le la les un une des du de comment que quoi quel quelle quels quelles qui où quand pourquoi est ce c'est je tu il elle nous vous
peux peut pouvez puis dois donne donnez explique expliquez écris dis merci bonjour si pour dans avec mon ma mes
el los las una uno cómo qué cuál cuáles quién dónde cuándo cuánto es son puedo puede puedes hay dime explica por para con mi
come cosa che chi dove quando perché posso può mi il lo gli hoe wat wie waar wanneer waarom kan ik hoeveel como onde
"""

SAME: Mapping[str, str] = {
    "purchase": "buy",
    "erase": "delete",
    "remove": "delete",
    "begin": "start",
    "larger": "bigger",
    "largest": "biggest",
    "maximum": "max",
    "minimum": "min",
    "summarise": "summarize",
    "cannot": "not",
}
"""Words that count as another one."""
COUNTED: Mapping[str, str] = {
    word.casefold(): kind
    for kind, words in (("name", _NAMES), ("unit", _UNITS), ("turn", _TURNS), ("number", _NUMBERS), ("no", _NEGATIONS))
    for word in words.split()
}
"""What each word is, spelled as texts are compared (`ausser`); of two meanings the last one counts."""
OPENERS = frozenset(_OPENERS.split())
"""Words that begin a sentence with a capital letter and are no names."""
