"""Two versions of one document compared in words: which fields changed, and what in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, cast

from kb.record.date_words import date_with_words
from kb.record.documents import Date, Document, in_declared_order

# A piece of text, and whether it is in both versions ("same"), the old one or the new one.
Piece = tuple[str, str]
WordsOf = Callable[[str, str], str]
# Above this many words the comparison, which is quadratic at worst, is of whole lines.
MAX_DIFF_WORDS = 4000
# Not compared: a reader has the id in the address, and words and bounds follow from the EDTF.
_LEFT_OUT = {"id", "kind", "noindex"}
_DATE_PARTS = {"edtf", "words"}
# A word with the space after it, and the end of a line; in scripts without spaces, each character
# is a word.
_CJK = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}][^\S\n]*|[^\s{_CJK}]+[^\S\n]*|\s+")


@dataclass(frozen=True)
class Difference:
    """One field that differs: its name in the document and the pieces of its old and new text."""

    field: str
    pieces: list[Piece]


def document_texts(document: Document, words_of: WordsOf) -> dict[str, str]:
    """The document as one text for each field.

    ``words_of`` gives for the name of a field, or of a part of it, and its value what a reader is
    told: the title behind a public id, the word behind a code. Lists are a line for each item.
    Raises nothing: what it does not know it writes as it is.
    """
    return {
        name: _text(name, value, words_of).strip()
        for name, value in in_declared_order(document).items()
        if name not in _LEFT_OUT
    }


def document_differences(
    old: Document | None, new: Document, words_of: WordsOf
) -> list[Difference]:
    """Every field whose text differs, in the order of the newer document.

    Without an older document, that is every field.
    """
    before = document_texts(old, words_of) if old else {}
    after = document_texts(new, words_of)
    return [
        Difference(name, diff_pieces(before.get(name, ""), after.get(name, "")))
        for name in [*after, *(name for name in before if name not in after)]
        if before.get(name, "") != after.get(name, "")
    ]


def diff_pieces(old: str, new: str) -> list[Piece]:
    """The texts as pieces: "same" and "old" make the first, "same" and "new" the second."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    if len(left) + len(right) > MAX_DIFF_WORDS:
        left, right = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(left[a:b])))
            continue
        if a < b:
            pieces.append(("old", "".join(left[a:b])))
        if c < d:
            pieces.append(("new", "".join(right[c:d])))
    return pieces


def word_count(text: str) -> int:
    """The number of words; in scripts without spaces, of characters."""
    return len(_WORD.findall(text))


def _text(name: str, value: Any, words_of: WordsOf) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return words_of(name, name) if value else ""
    if isinstance(value, str):
        return words_of(name, value)
    if isinstance(value, dict):
        return "; ".join(_parts(value, words_of))
    if isinstance(value, list):
        return "\n".join(_text(name, item, words_of) for item in value)
    return str(value)


def _parts(value: dict[str, Any], words_of: WordsOf) -> Iterator[str]:
    if value.keys() >= _DATE_PARTS:
        yield date_with_words(cast(Date, value))["words"] + (
            f" ({value['edtf']})" if value["edtf"] else ""
        )
        if value["phrase"]:
            yield f"“{value['phrase']}”"
        return
    for name, part in value.items():
        text = _text(name, part, words_of).replace("\n", ", ")
        if text:
            yield text
