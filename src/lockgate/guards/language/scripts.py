"""Scripts: which letters they have, and which languages are written in them."""

import re
from collections.abc import Mapping, Sequence

RANGES: Mapping[str, tuple[str, Sequence[str]]] = {
    "latin": ("A-Za-z\u00c0-\u024f\u1e00-\u1eff", ()),
    "cyrillic": ("\u0400-\u052f", ()),
    "greek": ("\u0370-\u03ff\u1f00-\u1fff", ("el",)),
    "armenian": ("\u0530-\u058f", ("hy",)),
    "hebrew": ("\u0590-\u05ff", ("he", "yi")),
    "arabic": ("\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc", ("ar", "fa", "ur", "ps")),
    "devanagari": ("\u0900-\u097f", ("hi", "mr", "ne")),
    "bengali": ("\u0980-\u09ff", ("bn",)),
    "gurmukhi": ("\u0a00-\u0a7f", ("pa",)),
    "gujarati": ("\u0a80-\u0aff", ("gu",)),
    "tamil": ("\u0b80-\u0bff", ("ta",)),
    "telugu": ("\u0c00-\u0c7f", ("te",)),
    "kannada": ("\u0c80-\u0cff", ("kn",)),
    "malayalam": ("\u0d00-\u0d7f", ("ml",)),
    "sinhala": ("\u0d80-\u0dff", ("si",)),
    "thai": ("\u0e00-\u0e7f", ("th",)),
    "lao": ("\u0e80-\u0eff", ("lo",)),
    "myanmar": ("\u1000-\u109f", ("my",)),
    "georgian": ("\u10a0-\u10ff\u2d00-\u2d2f", ("ka",)),
    "ethiopic": ("\u1200-\u139f", ("am", "ti")),
    "khmer": ("\u1780-\u17ff", ("km",)),
    "hangul": ("\u1100-\u11ff\u3130-\u318f\uac00-\ud7af", ("ko",)),
    "kana": ("\u3040-\u30ff\uff66-\uff9f", ("ja",)),
    "han": ("\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff", ("zh", "ja")),
}
LANGUAGES = frozenset(language for _, languages in RANGES.values() for language in languages)
_LETTERS = {name: re.compile(f"[{letters}]") for name, (letters, _) in RANGES.items()}
_ASCII = re.compile("[A-Za-z]")


def counted(text: str) -> dict[str, int]:
    """Letters by script; those that there are."""
    if text.isascii():
        return {"latin": len(_ASCII.findall(text))}
    return {name: many for name, letters in _LETTERS.items() if (many := len(letters.findall(text)))}
