"""One spelling for letters that people write in several ways, for search, names and slugs.

- Latin letters with a stroke or a hook, which Unicode does not decompose, are the plain letter:
  ł is l, ø is o, đ is d. Ligatures and letters of their own have their usual spelling: æ is ae,
  þ is th, ŋ is n.
- Everything that is written for an apostrophe (’ ʼ ʻ ʿ ′ ` ´ …) is ``'``.
- Arabic: alef with any sign is alef, alef maksura and Persian yeh are yeh, teh marbuta is heh,
  Persian kaf is kaf; tatweel is left out.
- Russian ё is е.
- Traditional Chinese characters are simplified.
"""

from __future__ import annotations

import re
import unicodedata

from kb.text.han_variants import SIMPLIFIED

APOSTROPHES = "'’‘‛ʼʻʽʾʿʹˈˊˋ′‵`´＇ꞌ՚"
# Where Latin letters are in Unicode, but for ASCII.
_LATIN = ((0xC0, 0x24F), (0x250, 0x2AF), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF))
_LATIN_NAME = re.compile("LATIN SMALL LETTER ([A-Z]) WITH .+")
_SPELLED = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ð": "d",
    "þ": "th",
    "ŋ": "n",
    "ĸ": "k",
    "ı": "i",
    "ȷ": "j",
    "ə": "a",
    "ɛ": "e",
    "ɔ": "o",
}
_OTHER_SCRIPTS = {
    **dict.fromkeys("ٱٲٳٵ", "ا"),
    **dict.fromkeys("ىیېے", "ي"),
    **dict.fromkeys("ةہھەۀۃ", "ه"),
    **dict.fromkeys("کڪ", "ك"),
    "ـ": "",
    "ё": "е",
}


def _plain_latin() -> dict[str, str]:
    """The lower-case Latin letters that do not decompose, with the plain letter of their names."""
    letters: dict[str, str] = {}
    for first, last in _LATIN:
        for letter in map(chr, range(first, last + 1)):
            name = _LATIN_NAME.fullmatch(unicodedata.name(letter, ""))
            if name and not unicodedata.decomposition(letter):
                letters[letter] = name[1].lower()
    return letters


PLAIN_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
# For text in lower case.
PLAIN_LATIN = str.maketrans(_plain_latin() | _SPELLED)
SIMPLIFIED_HAN = str.maketrans(SIMPLIFIED)
PLAIN_LETTERS = PLAIN_LATIN | PLAIN_APOSTROPHES | SIMPLIFIED_HAN | str.maketrans(_OTHER_SCRIPTS)
