"""What a position needs for publication: a value of the type asked for, and words that carry it."""

from __future__ import annotations

from kb.desk.models.claims import Stance, value_errors
from kb.record.claim_values import ANSWERS
from kb.record.vocabulary import StatementForm
from kb.text.quoting import QuotationError, compose, parse_quotation

_MAX_SHOWN = 80


def words_error(stance: Stance) -> str:
    """Return why the words of a position do not carry it; "" if they do.

    Words are required of a position that answers. They must occur in the statement, or in what is
    cited from one of its sources; those of a report in what is cited from this source.
    """
    if not stance.exact.strip():
        if stance.position not in ANSWERS:
            return ""
        return (
            "The words that carry the position are missing. Copy them from the statement or the "
            "source."
        )
    try:
        parts = parse_quotation(stance.exact)
    except QuotationError as error:
        return str(error)
    if any(part.kind == "bracket" for part in parts):
        return (
            "The words that carry a position are those of the source alone. Leave out what is in "
            "brackets; write “…” for a cut."
        )
    if any(_is_composed_from(stance.exact, text) for text in _carrying_texts(stance)):
        return ""
    where = "this statement" if stance.statement else "what is cited from this source"
    return (
        f"The words {_short(stance.exact)} are not in {where}. Copy them exactly, or add them to "
        "the exact words of a citation first."
    )


def position_errors(stances: list[Stance]) -> list[str]:
    """Return why positions cannot be published, as sentences that name each; empty if they can."""
    errors = []
    for stance in stances:
        problems = [*value_errors(stance).values(), words_error(stance)]
        place = stance.statement or stance.source
        errors += [
            f"Position “{stance.get_position_display()}” of “{place}” on “{stance.proposition}”: "
            f"{problem}"
            for problem in problems
            if problem
        ]
    return errors


def _carrying_texts(stance: Stance) -> list[str]:
    statement = stance.statement
    if statement is None:
        source = stance.source
        if source is None or source.pk is None:
            return []
        return [citation.exact for citation in source.citations.all() if citation.exact]
    texts = [citation.exact for citation in statement.belonging("citations") if citation.exact]
    # The text of a paraphrase is the editor's, not the source's.
    if statement.form != StatementForm.PARAPHRASE:
        texts += [text for text in (statement.text, statement.original_text) if text]
    return texts


def _is_composed_from(words: str, text: str) -> bool:
    try:
        compose(words, text)
    except QuotationError:
        return False
    return True


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= _MAX_SHOWN else words[: _MAX_SHOWN - 1].rstrip() + '…'}”"
