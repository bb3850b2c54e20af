"""The quotation of an imported statement: which source gives its words, and whether it has them."""

from __future__ import annotations

from collections.abc import Sequence

from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.quoting import COMPOSED_FORMS, check_words
from kb.record.vocabulary import Wording
from kb.text.quoting import QuotationError, compose


def with_quoted_source(row: ImportRow) -> tuple[ImportRow, list[str]]:
    """The row of a statement with one quoted source, and why its quotation cannot be stored.

    Without a mark in the file, the first source is quoted whose exact words have the text. A
    quotation without any exact words is stored as a draft, which cannot be published.
    """
    if row.form not in COMPOSED_FORMS or not row.text:
        return row.changed(sources=tuple(_described(source, row) for source in row.sources)), []
    reasons = _marking_errors(row.sources)
    if reasons:
        return row, reasons
    place = _quoted_place(row)
    sources = tuple(
        _described(source._replace(quoted=index == place), row)
        for index, source in enumerate(row.sources)
    )
    row = row.changed(sources=sources)
    if place is None:
        return row, _missing_words(row)
    quoted = sources[place]
    check = check_words(row.text, quoted.exact, quoted.words_language, row.override_reason)
    return row, [f"text: {error}" for error in check.errors]


def _marking_errors(sources: Sequence[CitedSourceRow]) -> list[str]:
    marked = [source for source in sources if source.quoted]
    if len(marked) > 1:
        return ["quoted: Only one source can give the words that are shown."]
    if any(source.via for source in marked):
        return ["quoted: A source that was not read cannot give the words that are shown."]
    if any(not source.exact for source in marked):
        return ["quoted: The exact words of the source that is shown are missing."]
    return []


def _quoted_place(row: ImportRow) -> int | None:
    """The place of the source that is quoted; None if no source has the words."""
    places = [place for place, source in enumerate(row.sources) if source.quoted]
    if places:
        return places[0]
    composed = [
        place
        for place, source in enumerate(row.sources)
        if source.exact
        and not source.via
        and source.wording != Wording.PARAPHRASE
        and _is_composed(row.text, source.exact)
    ]
    for place in composed:
        source = row.sources[place]
        if not check_words(row.text, source.exact, source.words_language or row.language).errors:
            return place
    return composed[0] if composed else None


def _is_composed(text: str, exact: str) -> bool:
    try:
        compose(text, exact)
    except QuotationError:
        return False
    return True


def _missing_words(row: ImportRow) -> list[str]:
    """Why no source has the words: what is wrong with the first one that could."""
    for source in row.sources:
        if source.exact and not source.via:
            check = check_words(row.text, source.exact, source.words_language or row.language)
            return [f"text: {error}" for error in check.errors]
    return []


def _described(source: CitedSourceRow, row: ImportRow) -> CitedSourceRow:
    """The source with the language of its words, and with the wording that the row states."""
    if not source.exact:
        return source
    language = source.words_language or row.language
    if source.quoted:
        return source._replace(words_language=language, wording=source.wording or row.wording)
    return source._replace(words_language=language)
