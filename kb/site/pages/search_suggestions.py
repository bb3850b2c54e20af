"""What a reader may have meant, for a search without results: only what has results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypedDict

from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.closest_names import ClosestName, closest_names
from kb.record.name_lists import join_names
from kb.record.record_search import SearchRequest, count_results
from kb.record.vocabulary import ACTOR_KIND_LABELS, RecordKind
from kb.text.words import word_runs

MAX_WORDS = 8  # for which the page counts the results without them


class Suggestion(TypedDict):
    """A search with results; ``without`` is the word that it leaves out, "" if none."""

    q: str
    url: str
    without: str
    count: int


class CloseName(TypedDict):
    """A record with a name that is close to what was typed."""

    title: str
    url: str
    kind: str
    also: str


class SearchSuggestions(TypedDict):
    """``sentence`` says which words failed together; ``best`` are the words of the best search."""

    sentence: str
    searches: list[Suggestion]
    names: list[CloseName]
    best: str


def search_suggestions(
    search: SearchRequest, url_of: Callable[[SearchRequest], str]
) -> SearchSuggestions:
    """Return searches like this one, each with its results: corrected, and without each word.

    Costs three queries for each word, of at most eight.
    """
    words = words_as_typed(search.q)
    names = closest_names(search.q)
    corrected = _corrected(words[:MAX_WORDS], names)
    searches: list[Suggestion] = []

    def add(parts: list[str], without: str) -> None:
        request = replace(search, q=" ".join(parts), kind="")
        if request.q and all(request.q != other["q"] for other in searches):
            count = count_results(request)
            if count:
                url = url_of(request)
                searches.append({"q": request.q, "url": url, "without": without, "count": count})

    if corrected != words[:MAX_WORDS]:
        add(corrected, "")
    if len(words) > 1:
        for place, word in enumerate(words[:MAX_WORDS]):
            add(corrected[:place] + corrected[place + 1 :], word)
    whole = [option for option in searches if not option["without"]]
    best = max(whole or searches, key=lambda option: option["count"], default=None)
    return {
        "sentence": _sentence(words),
        "searches": searches,
        "names": [_close_name(name) for name in names],
        "best": best["q"] if best else "",
    }


def words_as_typed(q: str) -> list[str]:
    """The words and quoted phrases of a search."""
    words, is_quoted, word = [], False, ""
    for character in q:
        if character == '"':
            is_quoted = not is_quoted
        if character.isspace() and not is_quoted:
            words.append(word)
            word = ""
        else:
            word += character
    return [word for word in [*words, word] if word.strip('" ')]


def _corrected(words: list[str], names: list[ClosestName]) -> list[str]:
    """The words, those that are close to a name as the name has them."""
    words_of_names: dict[str, str] = {}
    for name in names:
        words_of_names.setdefault(name.typed, name.word)
    corrected = []
    for word in words:
        runs = word_runs(word)
        is_close = any(run in words_of_names for run in runs)
        parts = [words_of_names.get(run, run) for run in runs]
        hyphen = "-" if word.startswith("-") else ""
        corrected.append(hyphen + " ".join(parts) if is_close else word)
    return corrected


def _sentence(words: list[str]) -> str:
    """Which words have no results together."""
    if len(words) > MAX_WORDS or not words:
        return _("Nothing has all of these words")
    quoted = [_("“%(word)s”") % {"word": word.strip('"')} for word in words]
    if len(quoted) == 1:
        return _("Nothing has %(word)s") % {"word": quoted[0]}
    if len(quoted) == 2:
        return _("Nothing has both %(words)s") % {"words": join_names(quoted)}
    return _("Nothing has all of %(words)s") % {"words": join_names(quoted)}


def _close_name(name: ClosestName) -> CloseName:
    record = name.record
    label = ACTOR_KIND_LABELS.get(record.own_kind) or RecordKind(record.kind).label
    return {
        "title": record.title,
        "url": record_path(record.kind, record.slug),
        "kind": str(label).lower(),
        "also": join_names(record.also),
    }
