"""Encodings of text files: their names, and samples of a text in those that it may have."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from kb.record.vocabulary import Label

# By the name of the codec: the name in the form and in messages.
ENCODINGS: dict[str, Label] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": _("Windows-1252 (Western European)"),
    "gb18030": _("GB18030 (Simplified Chinese, also GBK)"),
    "big5": _("Big5 (Traditional Chinese)"),
    "shift_jis": _("Shift JIS (Japanese)"),
    "euc-jp": _("EUC-JP (Japanese)"),
    "cp949": _("CP949 (Korean)"),
    "cp1251": _("Windows-1251 (Cyrillic)"),
    "koi8-r": _("KOI8-R (Russian)"),
    "cp1250": _("Windows-1250 (Central European)"),
    "cp1253": _("Windows-1253 (Greek)"),
    "cp1254": _("Windows-1254 (Turkish)"),
    "cp1255": _("Windows-1255 (Hebrew)"),
    "cp1256": _("Windows-1256 (Arabic)"),
    "iso8859-15": _("ISO 8859-15 (Western European)"),
    "mac-roman": "Mac Roman",
    "cp437": _("CP437 (DOS)"),
}
MAX_SAMPLES = 3
_SAMPLE_LENGTH = 24  # characters on either side of the first letter that is not ASCII
_SINGLE_BYTE = ("cp1252", "cp1251", "mac-roman")
_SEVERAL_BYTES = ("gb18030", "big5", "shift_jis", "cp949")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
# Categories of characters that no file has in its texts.
_UNLIKELY = frozenset({"Cc", "Co", "Cn", "Cs"})


def encoding_samples(line: bytes) -> list[tuple[str, str]]:
    """A piece of a line in each encoding that it may have, the likeliest first.

    Pairs of the name of a codec and the text. Bytes beyond ASCII that stand alone between letters
    are an accented letter; in runs of even length they are more likely Chinese or Japanese.
    """
    runs = [len(run) for run in _NOT_ASCII.findall(line)]
    stands_alone = sum(length == 1 for length in runs) * 2 > len(runs)
    first, second = _SINGLE_BYTE, _SEVERAL_BYTES
    names = (*first, *second) if stands_alone else (*second, *first)
    samples = []
    for name in names:
        try:
            text = line.decode(name)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(character) in _UNLIKELY for character in text.strip()):
            samples.append((name, _sample(text)))
    return samples[:MAX_SAMPLES]


def _sample(text: str) -> str:
    """The words around the first character that is not ASCII."""
    place = next((n for n, character in enumerate(text) if not character.isascii()), 0)
    start = max(place - _SAMPLE_LENGTH, 0)
    return " ".join(text[start : place + _SAMPLE_LENGTH].split())
