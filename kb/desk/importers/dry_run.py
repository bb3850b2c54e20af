"""Plans an import: what loading each row would do. Stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kb.dates import DateError
from kb.desk.documents import MODELS
from kb.desk.importers.accounts import earlier_statements, statement_names
from kb.desk.importers.claims import NamedClaims
from kb.desk.importers.cleaning import MAX_EXTERNAL_ID_LENGTH, cleaned_row
from kb.desk.importers.figures import figure_problems
from kb.desk.importers.positions import with_positions
from kb.desk.importers.quoting import with_quoted_source
from kb.desk.importers.requests import (
    fill_request,
    missing_answers,
    outcome_problems,
    request_problems,
    silence_as_request,
)
from kb.desk.importers.row_dates import (
    entry_date_warnings,
    proposed_dates,
    row_date,
    row_date_words,
)
from kb.desk.importers.rows import ImportRow, printable
from kb.desk.importers.subject_events import KnownEvents
from kb.desk.models import Event, ImportedRow, Publishable, Request, Statement
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import (
    ActorKind,
    Certainty,
    ParticipationRole,
    StatementForm,
)

ADD, CHANGE, SAME, REFUSE = "will add", "will change", "unchanged", "refused"
ACTIONS = (ADD, CHANGE, SAME, REFUSE)
Entry: TypeAlias = Event | Statement | Request
ENTRY_MODELS: dict[str, type[Entry]] = {model.kind: model for model in (Event, Statement, Request)}
PLAN_BATCH_SIZE = 500
ROLES = frozenset(ParticipationRole.values)
ACTOR_KINDS = frozenset(ActorKind.values)
Item = TypeVar("Item")


@dataclass
class ImportOutcome:
    """One row, what loading it would do, why it is refused, and what to check if it is not.

    ``row`` holds cleaned texts; ``planned`` is the entry with the row's own fields,
    not saved, or None where nothing would be stored; ``earlier`` is the row of an earlier import.
    """

    row: ImportRow
    action: str
    reasons: list[str] = field(default_factory=list)
    earlier: ImportedRow | None = None
    planned: Entry | None = None
    digest: str = ""  # of the row as it is in the file
    warnings: list[str] = field(default_factory=list)

    @property
    def details(self) -> list[str]:
        """The reasons and the warnings, as sentences."""
        return [*self.reasons, *self.warnings]

    @property
    def date_words(self) -> str:
        """How the date of the row was read, in words and EDTF; "" if it could not be read."""
        return row_date_words(self.row, self.planned)

    @property
    def entry(self) -> Entry:
        """The planned entry. Raises ValueError where nothing would be stored."""
        if self.planned is None:
            raise ValueError(f"row {self.row.line} plans no entry")
        return self.planned

    def __str__(self) -> str:
        title = (self.row.title or self.row.text)[:60]
        date = f" [{self.date_words}]" if self.date_words else ""
        line = f"Row {self.row.line}, “{title}”{date}: {self.action}."
        return printable(" ".join([line, *self.details]))


def batched(items: Iterable[Item], size: int = PLAN_BATCH_SIZE) -> Iterator[list[Item]]:
    """The same items in lists of at most ``size``."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def plan_import(rows: Iterable[ImportRow], *, origin: str) -> Iterator[ImportOutcome]:
    """What loading these rows would do, in their order.

    Reads the rows as they come, with a few queries for each chunk of them.
    """
    first_lines: dict[str, int] = {}
    claims, events = NamedClaims(), KnownEvents(origin)
    statement_ids: set[str] = set()
    for chunk in batched(rows):
        statement_ids |= {row.external_id for row in chunk if row.kind == Statement.kind}
        missing = statement_names(chunk) - statement_ids
        statement_ids |= earlier_statements(origin, missing).keys()
        earlier = earlier_rows(origin, [row.external_id for row in chunk])
        records = existing_records(earlier.values())
        missing = missing_answers(chunk)
        proposals = proposed_dates(chunk)
        claims.fetch(chunk)
        events.fetch(chunk)
        for row in chunk:
            first = first_lines.setdefault(row.external_id, row.line)
            outcome = _outcome(row, earlier.get(row.external_id), records)
            _resolve_claims(outcome, claims, events)
            if row.line in proposals and outcome.action == REFUSE:
                outcome.reasons.append(proposals[row.line])
            if unknown := statement_names([row]) - statement_ids:
                outcome.action = REFUSE
                outcome.reasons.append(
                    f"according_to: “{min(unknown)[:60]}” is neither a source of this row nor the "
                    "id of a statement above it. Correct the name, or move the statement up."
                )
            if first != row.line:
                outcome.action, outcome.warnings = REFUSE, []
                outcome.reasons.append(
                    f"The id “{row.external_id[:60]}” is already used in row {first}."
                )
            if row.answer in missing:
                outcome.action = REFUSE
                outcome.reasons.append(
                    f"No statement has the headline “{row.answer[:60]}”. Add it first, or leave "
                    "the answer empty."
                )
            yield outcome


def _resolve_claims(outcome: ImportOutcome, claims: NamedClaims, events: KnownEvents) -> None:
    """Check the claims and events that a row names, and set its positions as they are stored."""
    if outcome.planned is None:
        return
    outcome.row, reasons = with_positions(outcome.row, claims)
    outcome.reasons += reasons + events.problems(outcome.row)
    if outcome.reasons:
        outcome.action, outcome.warnings = REFUSE, []
    else:
        outcome.warnings += [
            _("Not imported: %(what)s") % {"what": sentence} for sentence in outcome.row.omissions
        ]


def earlier_rows(origin: str, ids: Iterable[str]) -> dict[str, ImportedRow]:
    """The rows of earlier imports from this origin, by external id."""
    # The database refuses a query for an id with control characters.
    valid_ids = [
        external_id
        for external_id in ids
        if external_id and external_id.isprintable() and len(external_id) <= MAX_EXTERNAL_ID_LENGTH
    ]
    rows = ImportedRow.objects.filter(origin=origin, external_id__in=valid_ids)
    return {row.external_id: row for row in rows}


def existing_records(
    rows: Iterable[ImportedRow], with_parts: Iterable[str] = ()
) -> dict[str, Publishable]:
    """The records that these rows created, by public id, where they still exist.

    ``with_parts`` names relations that all of them have, to be prefetched with their lists.
    """
    by_kind: dict[str, list[str]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.public_id)
    return {
        record.public_id: record
        for kind, ids in by_kind.items()
        for record in _prefetched(MODELS[kind].objects.filter(public_id__in=ids), with_parts)
    }


def _prefetched(rows: QuerySet[Any], parts: Iterable[str]) -> QuerySet[Any]:
    lists = (field.name for field in rows.model._meta.many_to_many)
    return rows.prefetch_related(*parts, *lists) if parts else rows


def _outcome(
    row: ImportRow, earlier: ImportedRow | None, records: Mapping[str, Publishable]
) -> ImportOutcome:
    stored = records.get(earlier.public_id) if earlier else None
    digest = row.digest
    if earlier and stored and earlier.digest == digest:
        return ImportOutcome(row, SAME, [], earlier)
    row = silence_as_request(row)
    cleaned, reasons = cleaned_row(row)
    if row.kind == "statement" and not reasons:
        cleaned, reasons = with_quoted_source(cleaned)
    reasons += row.problems
    if stored is not None and earlier is not None:
        reasons += _conflicts(row, stored, earlier)
    if row.kind not in ENTRY_MODELS:
        kinds = ", ".join(ENTRY_MODELS)
        reasons.append(f"“{row.kind[:40]}” is not a valid kind. Choose one of: {kinds}.")
    if reasons:
        return ImportOutcome(row, REFUSE, reasons, earlier)
    entry = stored if isinstance(stored, Entry) else ENTRY_MODELS[row.kind]()
    reasons = _fill(entry, cleaned) + _problems(cleaned)
    if reasons:
        return ImportOutcome(row, REFUSE, reasons, earlier)
    action = ADD if stored is None else CHANGE
    warnings = [f"Please check: {warning}" for warning in entry_date_warnings(entry, cleaned)]
    return ImportOutcome(cleaned, action, [], earlier, entry, digest, warnings)


def _conflicts(row: ImportRow, record: Publishable, earlier: ImportedRow) -> list[str]:
    """Why the record of an earlier import cannot be changed by this row."""
    if record.kind != row.kind:
        return [
            f"The row was imported as {record.kind} before and is now {row.kind[:40]}. The kind "
            "cannot change."
        ]
    if record.state == WorkflowState.IN_REVIEW:
        return [f"“{record}” is in review and cannot be changed by an import."]
    if record.version != earlier.version or record.state != WorkflowState.DRAFT:
        return [f"“{record}” was edited or published since it was imported."]
    return []


def _fill(entry: Entry, row: ImportRow) -> list[str]:
    """Set the row's own fields, without relations. Returns the errors of the fields."""
    when: Any  # the stubs expect the text of the column
    try:
        when = row_date(row)
    except DateError as problem:
        return [str(problem)]
    if isinstance(entry, Event):
        entry.title, entry.happened, entry.standing = row.title, when, row.standing
        entry.summary = row.summary
    elif isinstance(entry, Request):
        entry.asked_on = when
        if problems := fill_request(entry, row):
            return problems
    else:
        entry.headline = row.title or _beginning(row.text)
        entry.said, entry.text, entry.form = when, row.text, row.form
        entry.override_reason = row.override_reason
        entry.language = row.language or "en"
        entry.original_text, entry.original_language = row.original_text, row.original_language
        entry.role_as_of, entry.channel = row.role, row.channel
        entry.speaker_label = row.speaker_label
        entry.identity = row.identity or Certainty.CERTAIN.value
        entry.attribution = row.attribution or ("named" if row.speaker else "unnamed")
        # Set when all statements of the file are stored.
        entry.in_reply_to = entry.same_speaker = None
        if row.same_speaker:
            entry.same_speaker_certainty = row.same_speaker_certainty or Certainty.POSSIBLE.value
    if isinstance(entry, Event | Statement):
        coordinates = _coordinates(row)
        if coordinates is None:
            return ["latitude, longitude: Enter decimal degrees, such as 39.9042 and 116.4074."]
        entry.place_name, entry.place_wikidata = row.place, row.place_wikidata
        entry.latitude, entry.longitude = coordinates
    try:
        entry.clean_fields(exclude=_fields_of_desk(type(entry)))
    except ValidationError as problem:
        return [
            f"{name}: {message}"
            for name, messages in problem.message_dict.items()
            for message in messages
        ]
    return []


@cache
def _fields_of_desk(model: type[Entry]) -> set[str]:
    """The fields that are not checked in a plan.

    The desk sets them itself, or when the rows are built, as relations and the slug.
    """
    fields = (field for field in model._meta.fields if field.is_relation or not field.editable)
    return {"slug", *(field.name for field in fields)}


def _coordinates(row: ImportRow) -> tuple[Decimal | None, Decimal | None] | None:
    """Latitude and longitude, as exact as the desk stores them; None if one is no number."""
    try:
        latitude, longitude = (
            round(Decimal(text), 5) if text else None for text in (row.latitude, row.longitude)
        )
    except InvalidOperation:
        return None
    return latitude, longitude


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:119].rstrip() + "…"


def _problems(row: ImportRow) -> list[str]:
    """What is missing or unknown in a row whose fields are valid one by one."""
    problems = []
    if row.kind == "statement":
        if not row.speaker and not row.speaker_label:
            problems.append("A statement needs a speaker or a speaker label.")
            if row.text and not row.is_part_of_list:
                problems.append(
                    "The column “text” makes this row a statement. If it is the summary of an "
                    "event, map it: summary=text (--column summary=text)."
                )
        if row.attribution == "named" and not row.speaker:
            problems.append("A named speaker needs a name.")
        if not row.text:
            problems.append("A statement needs a text. Silence is a request for comment.")
        if (row.form == StatementForm.ATTRIBUTED) != bool(row.attributed_by):
            problems.append(
                "Reported speech has both the form “attributed” and an outlet in “attributed_by”."
            )
        if (row.joint_speakers or row.joint_principals) and not row.speaker:
            problems.append("A joint statement needs a speaker before the others.")
        problems += outcome_problems(row)
    elif row.kind == "request":
        problems += request_problems(row)
    if row.kind != "event" and row.according_to:
        problems.append("Only an event has “according_to”. Empty it.")
    else:
        roles = {role for _name, role in row.actors} - ROLES
        if roles:
            problems.append(f"“{', '.join(sorted(roles))[:80]}” is not a valid role.")
        if not all(name for name, _role in row.actors):
            problems.append("A participant has no name.")
    problems += figure_problems(row)
    kinds = {kind for _name, kind in row.actor_kinds if kind} - ACTOR_KINDS
    if kinds:
        problems.append(f"“{', '.join(sorted(kinds))[:80]}” is not a valid actor kind.")
    return problems


def counts_summary(counts: Mapping[str, int], *, done: bool = False) -> str:
    """How many rows of each action: "12 will add, 1 refused"; once ``done``, "12 added"."""
    words = {ADD: "added", CHANGE: "changed"} if done else {}
    return ", ".join(
        f"{counts[action]:,} {words.get(action, action)}"
        for action in ACTIONS
        if counts.get(action)
    )


def count_by_action(outcomes: Iterable[ImportOutcome]) -> Counter[str]:
    """How many outcomes there are of each action."""
    return Counter(outcome.action for outcome in outcomes)
