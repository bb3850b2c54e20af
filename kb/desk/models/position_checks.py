"""What a position on a claim must have: a value of the type asked for, and words that carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.record.claim_values import ANSWERS
from kb.record.vocabulary import Position, Question, StatementForm
from kb.text.quoting import QuotationError, compose, parse_quotation

if TYPE_CHECKING:
    from kb.desk.models.claims import Stance

# The field of a position that answers each type of question. "Whether" has none.
VALUE_FIELDS: dict[str, str] = {
    Question.WHEN: "dated",
    Question.WHICH: "option",
    Question.HOW_MANY: "number_low",
    Question.WHO: "actor",
}
_FIELD_NAMES = {"dated": "date", "option": "option", "number_low": "number", "actor": "actor"}
_MISSING = {
    "dated": "This claim asks when. Enter the date that the position gives.",
    "option": "This claim asks which. Enter one of its options: %(options)s.",
    "number_low": "This claim asks how many. Enter the number that the position gives.",
    "actor": "This claim asks who. Choose the actor that the position gives.",
}
_MAX_SHOWN = 80


def value_errors(stance: Stance) -> dict[str, str]:
    """Return what is wrong with the value of a position, by field; empty if it fits the claim.

    A position that answers has the value that the claim asks for and no other; one that does not
    has none. A denial may leave it out: its value is what it gives instead.
    """
    claim = stance.proposition
    expected = VALUE_FIELDS.get(claim.question, "")
    is_answer = stance.position in ANSWERS
    errors: dict[str, str] = {}
    for field, name in _FIELD_NAMES.items():
        if not has_value(stance, field):
            continue
        if not is_answer:
            errors[field] = (
                f"This position does not answer the claim, so it has no {name}. Clear it, or "
                "choose another position."
            )
        elif field != expected:
            errors[field] = (
                f"The claim asks {claim.get_question_display()}, so its positions have no {name}. "
                "Clear it."
            )
    if expected and is_answer and not errors:
        if has_value(stance, expected):
            errors |= _option_errors(stance) if expected == "option" else {}
        elif stance.position != Position.DENIES:
            options = "; ".join(claim.option_list) or "enter them in the claim first"
            errors[expected] = _MISSING[expected] % {"options": options}
    return errors


def has_value(stance: Stance, field: str) -> bool:
    """Whether a position has a value in this field of ``VALUE_FIELDS``."""
    if field == "dated":
        return bool(stance.dated.edtf)
    if field == "number_low":
        return stance.number_low is not None or stance.number_high is not None
    return bool(stance.actor_id if field == "actor" else stance.option)


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


def _option_errors(stance: Stance) -> dict[str, str]:
    options = stance.proposition.option_list
    if stance.option in options:
        return {}
    listed = "; ".join(options) or "none are entered yet"
    return {
        "option": f"“{stance.option}” is not an option of this claim. Its options are: {listed}."
    }


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
