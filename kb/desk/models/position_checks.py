"""What a position needs for publication: a value of the type asked for, and words that carry it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import DecimalField
from django.utils.translation import gettext as _

from kb.desk.models.claims import Proposition, Stance, value_errors
from kb.record.claim_values import ANSWERS
from kb.record.vocabulary import NumberBound, StatementForm
from kb.text.numbers import NumberError, NumberRange, read_number
from kb.text.quoting import QuotationError, compose, parse_quotation

_MAX_SHOWN = 80
_BOUND_WORDS: dict[str, str] = {
    NumberBound.ABOUT: "about ",
    NumberBound.AT_LEAST: "at least ",
    NumberBound.AT_MOST: "at most ",
    NumberBound.MORE_THAN: "more than ",
    NumberBound.LESS_THAN: "less than ",
}


def words_error(stance: Stance) -> str:
    """Return why the words of a position do not carry it; "" if they do.

    Words are required of a position that answers. They must occur in the statement, or in what is
    cited from one of its sources; those of a report in what is cited from this source.
    """
    where = _("this statement") if stance.statement else _("what is cited from this source")
    return words_problem(stance, _carrying_texts(stance), where)


def words_problem(stance: Stance, texts: Iterable[str], where: str) -> str:
    """Return why the words of a position do not carry it; "" if they do.

    They must occur in one of ``texts``; ``where`` is what these are called.
    """
    if not stance.exact.strip():
        if stance.position not in ANSWERS:
            return ""
        return _(
            "The words that carry the position are missing. Copy them from "
            "the statement or the source."
        )
    try:
        parts = parse_quotation(stance.exact)
    except QuotationError as error:
        return str(error)
    if any(part.kind == "bracket" for part in parts):
        return _(
            "The words that carry a position are those of the source alone. "
            "Leave out what is in brackets; write “…” for a cut."
        )
    if any(_is_composed_from(stance.exact, text) for text in texts):
        return ""
    return _(
        "The words %(words)s are not in %(where)s. Copy them exactly, or "
        "add them to the exact words of a citation first."
    ) % {"words": _short(stance.exact), "where": where}


def position_errors(stances: list[Stance]) -> list[str]:
    """Return why positions cannot be published, as sentences that name each; empty if they can."""
    errors = []
    for stance in stances:
        problems = [*value_errors(stance).values(), words_error(stance)]
        place = stance.statement or stance.source
        errors += [
            _("Position “%(position)s” of “%(place)s” on “%(claim)s”: %(problem)s")
            % {
                "position": stance.get_position_display(),
                "place": place,
                "claim": stance.proposition,
                "problem": problem,
            }
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
    words = [citation.exact for citation in statement.belonging("citations")]
    return statement_texts(statement.form, words, statement.text, statement.original_text)


def statement_texts(form: str, words: Iterable[str], text: str, original_text: str) -> list[str]:
    """Return the texts of a statement that may carry a position; ``words`` are those cited."""
    texts = [exact for exact in words if exact]
    # The text of a paraphrase is the editor's, not the source's.
    if form != StatementForm.PARAPHRASE:
        texts += [own for own in (text, original_text) if own]
    return texts


def position_number(claim: Proposition | None, text: str) -> NumberRange:
    """Return the number that a position on this claim gives.

    Raises NumberError or ValidationError for a text without one reading, another unit than that of
    the claim, and numbers that the desk cannot store.
    """
    number = read_number(text)
    if number.unit and claim and number.unit.casefold() != claim.unit.casefold():
        counted = f"“{claim.unit}”" if claim.unit else _("what its unit says")
        raise NumberError(
            _("The claim counts %(counted)s, not “%(unit)s”. Enter the number alone.")
            % {"counted": counted, "unit": number.unit}
        )
    # One of the fields stands for both: they have the same limits.
    field = cast("DecimalField[Any, Any]", Stance._meta.get_field("number_high"))
    for value in (number.low, number.high):
        field.clean(value, None)
    return number


def typed_number(low: str, high: str, bound: str) -> str:
    """A number as one would type it, so that it is read again as the same; "" without one."""
    if not low:
        return ""
    return _BOUND_WORDS.get(bound, "") + (low if high in ("", low) else f"{low}–{high}")


def _is_composed_from(words: str, text: str) -> bool:
    try:
        compose(words, text)
    except QuotationError:
        return False
    return True


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= _MAX_SHOWN else words[: _MAX_SHOWN - 1].rstrip() + '…'}”"
