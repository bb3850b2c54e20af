"""The positions of imported statements and reports on claims, checked as in the form of a claim."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kb.dates import DateError
from kb.desk.importers.accounts import cited_account
from kb.desk.importers.claims import NamedClaims
from kb.desk.importers.row_dates import stated_date
from kb.desk.importers.row_parts import PositionRow
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import Event, Proposition, Request, Stance, Statement
from kb.desk.models.claims import VALUE_FIELDS
from kb.desk.models.position_checks import position_number, statement_texts, words_problem
from kb.record.claim_values import ANSWERS
from kb.text.numbers import NumberError

# The columns of CSV, by field.
_COLUMNS = {"position": "positions", "exact": "position_words", "note": "position_notes"}
_ANSWERS = "position_answers"
# What is stored at other times, and checked there.
STANCE_RELATIONS = {field.name for field in Stance._meta.fields if field.is_relation}
# Stands for an actor who is stored later.
_LATER = -1


def with_positions(row: ImportRow, claims: NamedClaims) -> tuple[ImportRow, list[str]]:
    """The row with its positions as they are stored, and why they cannot be.

    Each answer gets the field that its claim asks for, and the words of the source fill in for
    words that are missing. Of a published list, what cannot be stored is left out and said.
    """
    reasons: list[str] = []
    if row.positions and row.kind not in (Event.kind, Statement.kind):
        reasons.append("positions: Only a statement or an event has positions. Empty the columns.")
    is_statement_of_list = row.kind == Statement.kind and row.is_part_of_list
    has_subjects = row.about_claims or (row.about and not is_statement_of_list)
    if has_subjects and row.kind != Request.kind:
        reasons.append("about_events, about_claims: Only a request is about these. Empty them.")
    if reasons or not (row.positions or row.about_claims):
        return row, reasons
    positions, omissions = [], list(row.omissions)
    for stated in row.positions:
        problems = claims.problems(row, stated.claim)
        if not problems and (claim := claims.find(row, stated.claim)):
            stated = _resolved(row, stated, claim)
            problems = list(_position_problems(row, stated, claim))
        if not stated.claim.is_listed:
            reasons += problems
        elif problems:
            omissions += [_omission(problem) for problem in problems]
            continue
        positions.append(stated)
    about_claims = []
    for named in row.about_claims:
        problems = claims.problems(row, named)
        if not named.is_listed:
            reasons += problems
        else:
            omissions += [_omission(problem) for problem in problems]
        if not problems:
            about_claims.append(named)
    changed = row.changed(
        positions=tuple(positions), about_claims=tuple(about_claims), omissions=tuple(omissions)
    )
    return changed, reasons


def _omission(problem: str) -> str:
    return _("%(problem)s It is left out. Add it in the claim.") % {"problem": problem}


def position_source(row: ImportRow, stated: PositionRow) -> CitedSourceRow | None:
    """The source of a row that takes a position: the one it names, or the first with words."""
    if stated.source:
        return cited_account(row, stated.source)
    read = [source for source in row.sources if not source.via]
    worded = [source for source in read if source.exact]
    quoted = [source for source in worded if source.quoted]
    return next(iter((*quoted, *worded, *read)), None)


def _resolved(row: ImportRow, stated: PositionRow, claim: Proposition) -> PositionRow:
    expected = VALUE_FIELDS.get(claim.question, "option")
    answers = tuple((field or expected, text) for field, text in stated.answers)
    exact = stated.exact
    if not exact and stated.position in ANSWERS and not stated.claim.is_listed:
        cited = position_source(row, stated)
        exact = cited.exact if cited else ""
    return stated._replace(answers=answers, exact=exact)


def _position_problems(row: ImportRow, stated: PositionRow, claim: Proposition) -> Iterator[str]:
    cited = position_source(row, stated)
    if stated.source and cited is None:
        yield (
            f"position_sources: “{stated.source[:60]}” is not a source of this row. Correct the "
            "title or URL."
        )
        return
    if row.kind == Event.kind and cited is None:
        yield "position_sources: The position of a report needs a source that was read. Add it."
        return
    try:
        stance = position_on(claim, row, stated)
        stance.clean_fields(exclude=STANCE_RELATIONS)
        stance.clean()
    except ValidationError as problem:
        for name, messages in problem.message_dict.items():
            yield from (f"{_COLUMNS.get(name, _ANSWERS)}: {message}" for message in messages)
        return
    if sentence := words_problem(stance, *_carrying(row, cited)):
        yield f"position_words: {sentence}"


def position_on(claim: Proposition, row: ImportRow, stated: PositionRow) -> Stance:
    """A position without its voice and its actor. Raises ValidationError for an unread answer."""
    stance = Stance(
        proposition=claim, position=stated.position, exact=stated.exact, note=stated.note
    )
    for field, text in stated.answers:
        try:
            if field == "dated":
                words = [source.exact for source in row.sources]
                # `setattr`: the stubs expect the text of the column.
                when = stated_date(
                    text, stated.phrase, stated.zone, stated.time, words, row.figures
                )
                setattr(stance, field, when)
            elif field == "number_low":
                number = position_number(claim, text)
                stance.number_low, stance.number_high = number.low, number.high
                stance.number_bound = number.bound
            elif field == "actor":
                stance.actor_id = _LATER
            else:
                stance.option = text
        except (DateError, NumberError) as problem:
            raise ValidationError({field: str(problem)}) from problem
        except ValidationError as problem:
            raise ValidationError({field: problem.messages}) from problem
    return stance


def _carrying(row: ImportRow, cited: CitedSourceRow | None) -> tuple[list[str], str]:
    """The texts that may have the words of a position, and what they are called."""
    if row.kind == Event.kind:
        return [cited.exact] if cited else [], "the exact words of this source"
    words = [source.exact for source in row.sources]
    return statement_texts(row.form, words, row.text, row.original_text), "this statement"
