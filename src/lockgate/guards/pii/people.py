"""Names, places to live and dates of birth: only where the words around them say so.

There is no list of names here: who is only mentioned is not found.
"""

import re

from lockgate.patterns.kinds import Check, Kind

_UP = "[A-ZÀ-ž]"
_LOW = "[a-zA-ZÀ-ž'-]"
_PART = "(?:van|von|der|den|de|del|della|di|da|das|dos|du|la|le|el|al|bin|ibn|ten|ter|zu|zum|y|e)"
_TITLE = r"(?:Univ\.)?(?:Prof|Dr|Ing|Dipl)\."
_NAME = rf"{_UP}{_LOW}{{1,24}}(?:-{_UP}{_LOW}{{1,24}})?"
_FULL = rf"(?:{_TITLE} ?){{0,3}}{_NAME}(?: (?:{_PART} ){{0,2}}(?:{_NAME}|{_UP}\.)){{1,3}}"
_SOME = rf"(?:{_TITLE} ?){{0,3}}{_NAME}(?: (?:{_PART} ){{0,2}}(?:{_NAME}|{_UP}\.)){{0,3}}"

_STREET = (
    r"Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Square|Sq|Place|Pl|Terrace|Ter|Parkway|Pkwy|Highway"
    r"|Hwy|Circle|Cir|Trail|Loop|Alley|Row|Crescent|Close|Gardens|Grove|Mews|Hill|Ridge|View|Plaza|Summit|Forge|Meadows?|Islands?"
    r"|Mountains?|Springs?|Station|Village|Ville|Vista|Walks?|Well|Wells|Union|Turnpike|Track|Trafficway|Throughway|Stravenue|Stream"
    r"|Shores?|Shoals?|Rue|Roads|Rest|Rapids|Ranch|Radial|Ports?|Points?|Plains?|Pines?|Pike|Path|Pass|Parks?|Oval|Orchard|Neck|Mount"
    r"|Motorway|Mission|Mills?|Manors?|Mall|Locks?|Lodge|Lights?|Lakes?|Landing|Knolls?|Keys?|Junctions?|Isle|Inlet|Heights|Hollow"
    r"|Haven|Harbors?|Greens?|Glens?|Gateway|Freeway|Fords?|Forks?|Forest|Flats?|Fields?|Ferry|Falls?|Extensions?|Expressway|Estates?"
    r"|Divide|Dam|Dale|Curve|Crossroad|Crossing|Crest|Creek|Coves?|Courts?|Corners?|Common|Cliffs?|Centers?|Causeway|Cape|Canyon|Camp"
    r"|Bypass|Burgs?|Brooks?|Bridge|Branch|Bluffs?|Bend|Beach|Bayou|Anex"
)
_CITY = (
    rf"(?:,? ?\n? ?{_UP}{_LOW}{{1,24}}(?: {_UP}{_LOW}{{1,24}}){{0,2}})?(?:,? [A-Z]{{2}})?(?:,? \d{{4,5}}(?:-\d{{4}})?)?"
)
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Unit|Flat|Floor|#)\.? ?[\w-]{1,6})?"
_TAIL = r"[\wÀ-ž ',.#/\n-]{0,90}"
_LATIN = "(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Cc]hemin|[Qq]uai|[Aa]llée|Via|Viale|Piazza|Corso|Vicolo|Contrada|Stretto|Strada|Borgo|Calle|Avenida|Plaza|Paseo|Camino|Cuesta|Glorieta|Ronda|Urbanización|Pasaje|Vial|Rambla|Carrer|Rua|Travessa|Largo|Praça|Alameda|Avenida|Campo|Estrada|Jardim|Lagoa|Loteamento|Morro|Núcleo|Parque|Passarela|Pátio|Quadra|Recanto|Rodovia|Sítio|Trecho|Trevo|Vale|Vereda|Viaduto|Viela|Vila|Conjunto|Condomínio|Colônia|Chácara|Esplanada|Estação|Favela|Fazenda|Feira|Área|Aeroporto|Distrito)"
_GERMANIC = "(?:straße|strasse|str\\.|weg|gasse|platz|allee|ring|damm|ufer|chaussee|straat|laan|plein|gracht|kade|hof|singel|dreef|steeg|pad|baan|boulevard|dijk|plantsoen|vej|vägen|gatan|gata|veien|vegen|gade|katu|tie|kuja|väg|gränd|stræde)"
_SOMEBODY = (
    r"person|people|user|customer|patient|employee|contact|passenger|guest|student|author|doctor|client|owner|applicant"
    r"|recipient|sender|travell?er|insured|tenant|email|phone|age\b|dob\b|birth|gender|surname"
)
"""Before a field that is only called `name`: products, files and companies have one, too."""

_YEARS = re.compile(r"(?:19|20)\d\d [^\d]{1,80}, ?(?:19|20)\d\d").fullmatch
"""A year in front and one behind: events, not houses."""


def _person(expression: str, confidence: float, check: Check | None = None, words: str = "", told: float = 0.0) -> Kind:
    """A stream holds any short word for those that stand inside of names: a list of them, wherever it may begin, would take longer to
    compile than all keys.
    """
    return Kind("person", expression, confidence, check, words, told, held=expression.replace(_PART, "[a-z]{1,5}"))


KINDS = (
    _person(rf"(?<!\w)(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herr|Frau|Monsieur|Madame|Mme|Señor|Señora|Sr|Sra|Signor|Signora|Sig|Dhr|Mevr|Senhor|Senhora)\.? (?P<value>{_SOME})(?!\w)", 0.45),
    _person(rf"(?i:my name is|my name's|i am called|name of the (?:customer|patient|client) is|ich heiße|mein name ist|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|meu nome é|ik heet|mijn naam is) (?P<value>{_SOME})(?!\w)", 0.85),
    _person(rf"(?:Dear|Hello|Hi|Lieber|Liebe|Cher|Chère|Estimado|Estimada|Querido|Gentile|Caro|Cara|Beste|Geachte) (?P<value>{_FULL})(?=[,:!]|\n)", 0.75, lambda text: not _role(text)),
    _person(rf"(?i:(?:full|first|last|customer|patient|employee|contact|holder|sur|user|client|account|cardholder|passenger|guest|student|member|owner|recipient|sender|author|applicant)[ _-]?name)[\"']?\s{{0,2}}[:=]\s{{0,2}}[\"']?(?P<value>{_FULL})(?=[\"',;)\n\r]|$| \|)", 0.75, lambda text: not _role(text)),
    _person(rf"(?<![A-Za-z_])(?:name|NAME)[\"']\s{{0,2}}:\s{{0,2}}[\"'](?P<value>{_FULL})[\"'],\s{{0,2}}[\"'](?:e-?mail|phone|mobile|age\b|dob|birth|address|ssn|gender|iban|passport)", 0.75, lambda text: not _role(text)),
    _person(rf"(?<![A-Za-z_])Name[\"']?\s{{0,2}}[:=]\s{{0,2}}[\"']?(?P<value>{_FULL})(?=[\"',;)\n\r]|$| \|)", 0.6, lambda text: not _role(text)),
    _person(rf"(?<![A-Za-z_])(?:name|NAME)[\"']?\s{{0,2}}[:=]\s{{0,2}}[\"']?(?P<value>{_FULL})(?=[\"',;)\n\r]|$| \|)", 0.3, lambda text: not _role(text), words=_SOMEBODY, told=0.75),
    _person(rf"(?:[Cc]ustomer|[Pp]atient|[Ee]mployee|[Aa]pplicant|[Tt]enant|[Ii]nsured|[Kk]unde|[Kk]undin|[Cc]lient) (?P<value>{_FULL})(?= \(|,| has| is| was| asked| called)", 0.7, lambda text: not _role(text)),
    _person(rf"(?:parcel|package|letter|invoice|mail|delivery|deliver(?:ed)?|ship(?:ped)?|addressed|attn\.?|attention) (?:it )?(?:to|of|:) (?P<value>{_FULL})(?=,|\n| at )", 0.7, lambda text: not _role(text)),
    Kind("address", rf"(?<![\w-])\d{{1,6}}(?: \d{{1,4}})? (?:{_UP}{_LOW}{{1,20}} ){{1,4}}(?:{_STREET})\.?(?![\w-]){_UNIT}{_CITY}", 0.65, lambda text: _YEARS(text) is None,
         held=rf"\d{{1,6}}(?: \d{{1,4}})? (?:{_UP}{_LOW}{{1,20}} ){{1,4}}{_UP}{_LOW}{{1,20}}{_TAIL}", seek=rf"\d {_UP}{_LOW}{{1,24}} {_UP}"),
    Kind("address", rf"(?<![\w-])(?:\d{{1,5}}(?: ?bis| ?ter)?,? )?(?:\d{{1,5}} )?{_LATIN}(?: (?:{_PART} |l'|d')?{_UP}{_LOW}{{1,20}}){{1,5}},? (?:n\.? ?)?\d{{1,5}}(?:[ ,/-]{{1,2}}\d{{1,4}})?(?![\w-]){_UNIT}{_CITY}", 0.65,
         held=rf"(?:\d{{1,5}}(?: ?bis| ?ter)?,? )?(?:\d{{1,5}} )?{_LATIN}(?: {_TAIL})?"),
    Kind("address", rf"(?<![\w-])\d{{1,5}}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|place|chemin|quai|allée|impasse)(?: (?:{_PART} |l'|d')?{_UP}{_LOW}{{1,20}}){{1,5}}(?:, \d{{5}} {_UP}{_LOW}{{1,24}}(?:[ -]{_LOW}{{1,20}}){{0,4}})?", 0.7,
         held=rf"\d{{1,5}}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|place|chemin|quai|allée|impasse) {_TAIL}"),
    Kind("address", rf"(?<![\w-])(?!String|Spring|During){_UP}{_LOW}{{1,24}}[ -]?(?:[A-ZÀ-Þ]?[a-zà-ÿ]{{1,20}}[ -]?)?{_GERMANIC} ?\d{{1,4}} ?[a-zA-Z]?(?:[-/]\d{{1,4}})?(?![\w-])(?:,? \d{{4,5}}(?: [A-Z]{{2}})?,? {_UP}{_LOW}{{1,24}}(?:[ -]{_UP}{_LOW}{{1,24}}){{0,2}})?", 0.65,
         held=rf"{_UP}{_LOW}{{1,24}}[ -]?(?:[A-ZÀ-Þ]?[a-zà-ÿ]{{1,20}}[ -]?)?{_GERMANIC} ?\d{{1,4}}{_TAIL}"),
    Kind("address", rf"(?i:p\.? ?o\.? box) \d{{1,6}}|PSC \d{{1,5}},? Box \d{{1,5}}\s{{1,3}}(?:APO|FPO|DPO) A[AEP] \d{{5}}|(?:USNS|USS|USNV|USCGC) {_UP}{_LOW}{{1,20}}\s{{1,3}}(?:APO|FPO|DPO) A[AEP] \d{{5}}", 0.75),
    Kind("address", r"(?i:address(?: is|:)?|lives? (?:at|in|on)|located at|residing at|resides at|ship to|deliver to|meet (?:me|you) at|moved to|wohnt in|habite|domicilio) ?:? ?\n?(?P<value>\d{1,6} [^\n,;.!?]{4,50}(?:[\n, ]{1,4}(?:(?:Apt|Suite|Unit)\.? ?\d{1,5}|[A-ZÀ-Þ][^\n,;.!?]{1,30}|[A-Z]{2}|\d{4,6})){1,5})", 0.6),
    Kind("birth_date", r"(?<![\w/.-])(?:\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}|(?:19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}\.? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6},? (?:19|20)\d{2}|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2})(?![\w/-])", 0.1, words=r"born on|date of birth|birth ?date|birthday is|dob\b|d\.o\.b|geb\.|geboren am|geburtsdatum|né le|née le|naissance|nacimiento|nació el|nascita|nato il|nata il|nascimento|nasceu em|geboortedatum|födelsedatum|syntymäaika|родил", told=0.85),
)  # fmt: skip

_ROLES = frozenset(
    [
        "sir",
        "madam",
        "customer",
        "team",
        "friend",
        "all",
        "user",
        "support",
        "hiring",
        "manager",
        "colleague",
        "valued",
        "service",
        "group",
        "company",
        "inc",
        "ltd",
        "corp",
        "dear",
        "mr",
        "mrs",
        "data",
        "class",
        "type",
        "file",
        "table",
        "column",
        "field",
        "project",
        "product",
        "new",
        "york",
        "united",
        "states",
        "happy",
        "birthday",
        "the",
        "best",
        *[
            "your",
            "name",
            "example",
            "reader",
            "readers",
            "reviewer",
            "editor",
            "subscriber",
            "member",
            "resident",
            "recruiter",
            "committee",
            "candidate",
            "parents",
        ],
        *["game", "prompt", "diagram", "item", "account", "system", "default", "test"],
    ]
)
_ANYBODY = frozenset(("john doe", "jane doe", "joe bloggs", "max mustermann", "erika mustermann"))


def _role(text: str) -> bool:
    """Whom one addresses without a name, or who stands for anybody."""
    return text.lower().strip(" '") in _ANYBODY or any(word.lower() in _ROLES for word in text.split())
