"""What the entries of a file are about: events of the file or the desk, and claims."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kb.desk.importers.claims import NamedClaims
from kb.desk.importers.link_rows import imported_entries
from kb.desk.importers.rows import ImportRow
from kb.desk.importers.subject_events import events_titled
from kb.desk.models import Event, ImportBatch, Proposition, Publishable, Request, Statement
from kb.desk.verbs.exceptions import ActionRefused


def has_subjects(row: ImportRow) -> bool:
    """Whether a row says what its entry is about, or names another statement."""
    return bool(row.about or row.about_claims or row.in_reply_to or row.same_speaker)


def store_subjects(
    rows: Collection[ImportRow], claims: NamedClaims, batch: ImportBatch
) -> list[Publishable]:
    """Store what statements and requests are about, when all entries and claims are.

    With the statements that statements name: what they reply to, and another one by the same
    speaker. Returns the entries. Raises ActionRefused for a claim that is not there any more.
    """
    entries = imported_entries({name for row in rows for name in _names(row)}, batch.origin)
    titled = events_titled(name for row in rows for name in row.about if name not in entries)
    changed: list[Publishable] = []
    for row in rows:
        entry = entries[row.external_id]
        if not isinstance(entry, Request | Statement):
            continue
        about = [entries.get(name) or titled.get(name) for name in row.about]
        entry.about.set([event for event in about if isinstance(event, Event)])
        if isinstance(entry, Request):
            entry.claims.set(_claims(row, claims))
        else:
            _name_statements(entry, row, entries)
        changed.append(entry)
    return changed


def _names(row: ImportRow) -> set[str]:
    return {row.external_id, *row.about, *filter(None, (row.in_reply_to, row.same_speaker))}


def _name_statements(
    statement: Statement, row: ImportRow, entries: Mapping[str, Publishable]
) -> None:
    """Set the other statements that a statement names, as far as the file has them."""
    for field, name in (("in_reply_to", row.in_reply_to), ("same_speaker", row.same_speaker)):
        other = entries.get(name)
        if isinstance(other, Statement) and other.pk != statement.pk:
            setattr(statement, field, other)
    if statement.in_reply_to_id or statement.same_speaker_id:
        statement.save(update_fields=["in_reply_to", "same_speaker"])


def _claims(row: ImportRow, claims: NamedClaims) -> list[Proposition]:
    named = []
    for stated in row.about_claims:
        if problems := claims.problems(row, stated):
            raise ActionRefused([f"Row {row.line}, {problem}" for problem in problems])
        if claim := claims.find(row, stated):
            named.append(claim)
    return named
