"""Quotations that are names: titles of works and programmes, slogans, nicknames, headlines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.text.attribution.runs import Run
from kb.text.attribution.sentences import Word
from kb.text.attribution.word_lists import word_set

MAX_TITLE_WORDS = 12
MIN_LONG_LETTERS = 4  # shorter words of a title can be small: The Art of the Deal
_WORKS = word_set(
    """show shows book books memoir novel song songs album film films movie movies series program
    programme podcast column essay article magazine newspaper ad ads video play musical sitcom
    documentary hit hits single segment newsletter sheet game exhibition pseudonym alias
    nickname titled entitled headlined subtitled including include includes star stars actor
    actress host co-host reboot franchise app reads on called"""
)
_WORKS_AFTER = _WORKS - {"on", "reads", "include", "called"}
# Words of a title that can be small although they are long.
_SMALL_WORDS = word_set("with from into over that this than when your their what about after upon")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def is_title(words: Sequence[Word], spot: int, run: Run) -> bool:
    """Whether a quotation is a name and not somebody's words, from its capitals and what is near.

    ``spot`` is its place in the words of the sentence.
    """
    if _is_byline_next(words, spot) or _is_summary(words, spot) or _is_dated(words, spot):
        return True
    if run.is_single and len(words) == 1:
        return True  # a heading
    if not has_title_case(run.text):
        return False
    if spot > 0 and _names_work(words, spot - 1):
        return True
    following = words[spot + 1] if spot + 1 < len(words) else None
    return following is not None and following.lower in _WORKS - {
        "on",
        "reads",
        "include",
        "called",
    }


def has_title_case(text: str) -> bool:
    """Whether all long words of a short text begin with a capital letter."""
    words = text.split()
    long_words = [
        word
        for word in words
        if len(word) >= MIN_LONG_LETTERS and word[0].isalpha() and word not in _SMALL_WORDS
    ]
    return 0 < len(words) <= MAX_TITLE_WORDS and all(
        word[0].isupper() for word in long_words or words
    )


def _names_work(words: Sequence[Word], place: int) -> bool:
    """Whether the words before a quotation name what it is the title of: the film, NBC's."""
    word = words[place]
    if word.text in (",", "("):
        return place > 0 and words[place - 1].lower in _WORKS
    if word.lower == "the" and place > 0:
        return words[place - 1].lower in ("on", "in", "of", "for", "at")
    return word.lower in _WORKS or (word.is_capital and word.lower.endswith("'s"))


def _is_byline_next(words: Sequence[Word], spot: int) -> bool:
    """Whether an author follows: “New gallery opens,” by Anna Bell."""
    after = words[spot + 1 : spot + 3]
    return len(after) == 2 and after[0].lower == "by" and after[1].is_capital


def _is_summary(words: Sequence[Word], spot: int) -> bool:
    """Whether a title and its author come before: “New gallery opens,” by Anna Bell: “…”."""
    if spot < 4 or words[spot - 1].text != ":":
        return False
    return any(
        words[place].kind == "run" and _is_byline_next(words, place) for place in range(spot - 3)
    )


def _is_dated(words: Sequence[Word], spot: int) -> bool:
    """Whether a year in brackets follows, as after a slogan or a title: “No tolls” (2007)."""
    after = words[spot + 1 : spot + 4]
    is_bracket = len(after) == 3 and after[0].text == "(" and after[2].text == ")"
    return is_bracket and _YEAR.fullmatch(after[1].text) is not None


def is_name(words: Sequence[Word], spot: int, run: Run) -> bool:
    """Whether words after an article are a name that nobody says: launched the “safe sea plan”."""
    has_article = spot > 0 and words[spot - 1].lower in ("the", "a", "an", "its", "their", "this")
    return has_article and run.text[-1].isalnum()
