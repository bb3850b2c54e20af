"""The passage of a text that a fact is made from, as an address or a form names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import override

from kb.desk.admin.forms import is_primary_key
from kb.desk.models import SourceText
from kb.text.article_text import article_paragraphs, article_words, paragraph_at


class PassageError(ValueError):
    """The text has no such passage. The message tells the editor why."""


@dataclass(frozen=True)
class Passage:
    """Some words of a stored text."""

    text: SourceText
    start: int
    end: int

    @property
    def exact(self) -> str:
        return self.text.body[self.start : self.end]

    @cached_property
    def paragraph(self) -> int:
        """The number of the paragraph that it begins in."""
        return paragraph_at(article_paragraphs(self.text.body), self.start).number

    @property
    def word_count(self) -> int:
        return len(article_words(self.text.body, self.start, self.end))


def paragraph_locator(passage: Passage) -> str:
    """Where a passage is in its source, as a citation stores it."""
    with override("en"):  # stored, so not in the language of the editor
        return _("paragraph %(number)d") % {"number": passage.paragraph}


def sentence_around(body: str, sentence: str, start: int, end: int) -> tuple[int, int]:
    """The position of a sentence that has the words from start to end; else of these alone."""
    length = len(sentence)
    place = body.rfind(sentence, 0, start + length)
    if length and 0 <= place <= start and end <= place + length:
        return place, place + length
    return start, end


def read_passage(text: SourceText, data: Mapping[str, str]) -> Passage:
    """Return the passage between ``start`` and ``end``, or in words of a ``paragraph``.

    ``from_word`` and ``to_word`` are numbers of words in the paragraph, or the words themselves;
    without them it is the whole paragraph. Raises PassageError.
    """
    start, end = data.get("start", ""), data.get("end", "")
    if is_primary_key(start) and is_primary_key(end):
        return _checked(text, int(start), int(end))
    paragraphs = article_paragraphs(text.body)
    number = data.get("paragraph", "").strip()
    if not is_primary_key(number) or not 0 < int(number) <= len(paragraphs):
        message = _("Enter the number of a paragraph from 1 to %(count)d.")
        raise PassageError(message % {"count": len(paragraphs)})
    _number, start_of, end_of = paragraphs[int(number) - 1]
    words = article_words(text.body, start_of, end_of)
    first = _word_place(text, words, data.get("from_word", ""), 0, 0)
    last = _word_place(text, words, data.get("to_word", ""), len(words) - 1, first)
    return _checked(text, words[first][0], words[last][1])


def _checked(text: SourceText, start: int, end: int) -> Passage:
    end = min(end, len(text.body))
    exact = text.body[start:end]
    if not exact.strip():
        raise PassageError(_("Select some words of the text."))
    start += len(exact) - len(exact.lstrip())
    return Passage(text, start, start + len(exact.strip()))


def _word_place(
    text: SourceText, words: list[tuple[int, int]], typed: str, default: int, earliest: int
) -> int:
    """Return the place of a word that is typed as a number or as itself, from ``earliest`` on."""
    typed = typed.strip()
    if not typed:
        return default
    if is_primary_key(typed) and earliest < int(typed) <= len(words):
        return int(typed) - 1
    for place in range(earliest, len(words)):
        if typed.casefold() in text.body[slice(*words[place])].casefold():
            return place
    raise PassageError(_("The paragraph has no word “%(word)s” there.") % {"word": typed})
