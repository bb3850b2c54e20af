"""One folding for search on every database: NFKC, case, accents, and Chinese in pairs.

The result is words and pairs separated by single spaces, of letters and digits only, so a
tokenizer that knows nothing of languages finds the same terms wherever it runs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

LONGEST_QUERY = 200
_PHRASE = re.compile(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|(\S+)')
_CJK = (
    ("\u2e80", "\u9fff"),
    ("\uac00", "\ud7af"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


@dataclass(frozen=True)
class Term:
    """Words that must stand next to each other, in this order."""

    words: tuple[str, ...]


def search_text(*parts: str) -> str:
    """The parts as folded words, in order."""
    return " ".join(word for part in parts for word in folded_words(part))


def folded_words(text: str) -> list[str]:
    """The words of a text: lower case, without accents; runs of Chinese as overlapping pairs."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(one for one in folded if not unicodedata.combining(one))
    kept = unicodedata.normalize("NFC", kept)
    words: list[str] = []
    for kind, run in groupby(kept, key=_kind):
        word = "".join(run)
        if kind == "word":
            words.append(word)
        elif kind == "cjk":
            words += [word[i : i + 2] for i in range(len(word) - 1)] or [word]
    return words


def _kind(character: str) -> str:
    if any(first <= character <= last for first, last in _CJK):
        return "cjk" if character.isalnum() else ""
    return "word" if character.isalnum() else ""


def query_terms(q: str) -> list[Term]:
    """The terms of a reader's words: each word by itself, quoted words together."""
    terms = []
    for match in _PHRASE.finditer(q[:LONGEST_QUERY]):
        words = tuple(folded_words(next(one for one in match.groups() if one is not None)))
        if words:
            terms.append(Term(words))
    return terms


def matches(text: str, terms: list[Term]) -> bool:
    """Whether a folded text holds every term: what the databases must agree with."""
    padded = f" {text} "
    return all(f" {' '.join(term.words)} " in padded for term in terms)
