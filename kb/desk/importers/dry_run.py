"""Plans an import: what loading each row would do. Stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from kb.dates import DateError, FuzzyDate, parse
from kb.dates.columns import MAX_ZONE
from kb.dates.reading import MAX_TEXT
from kb.dates.times import MAX_TYPED_TIME, clean_time
from kb.dates.zones import clean_zone
from kb.desk.documents import MODELS
from kb.desk.importers.rows import CitedSourceRow, ImportRow, printable
from kb.desk.models import Event, ImportedRow, Publishable, Statement
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import ActorKind, Bearing, ParticipationRole, SourceKind
from kb.text.clean import TextError, clean_line, clean_text
from kb.text.links import LinkError, canonical_url, is_private_url

ADD, CHANGE, SAME, REFUSE = "will add", "will change", "unchanged", "refused"
ACTIONS = (ADD, CHANGE, SAME, REFUSE)
ENTRY_MODELS: dict[str, type[Event] | type[Statement]] = {"event": Event, "statement": Statement}
PLAN_BATCH_SIZE = 500
MAX_EXTERNAL_ID_LENGTH = 200
# For the names of records that are added along with a row.
MAX_NAME_LENGTH, MAX_TOPIC_LENGTH, MAX_SOURCE_LENGTH = 200, 80, 300
BEARINGS = frozenset(Bearing.values)
ROLES = frozenset(ParticipationRole.values)
SOURCE_KINDS = frozenset(SourceKind.values)
ACTOR_KINDS = frozenset(ActorKind.values)
Item = TypeVar("Item")


@dataclass
class ImportOutcome:
    """One row, what loading it would do, and why.

    ``row`` holds cleaned texts; ``planned`` is the event or statement with the row's own fields,
    not saved, or None where nothing would be stored; ``earlier`` is the row of an earlier import.
    """

    row: ImportRow
    action: str
    reasons: list[str] = field(default_factory=list)
    earlier: ImportedRow | None = None
    planned: Event | Statement | None = None
    digest: str = ""  # of the row as it is in the file

    @property
    def entry(self) -> Event | Statement:
        """The planned entry. Raises ValueError where nothing would be stored."""
        if self.planned is None:
            raise ValueError(f"row {self.row.line} plans no entry")
        return self.planned

    def __str__(self) -> str:
        title = (self.row.title or self.row.text)[:60]
        line = f"Row {self.row.line}, “{title}”: {self.action}"
        return printable(line + (f". {' '.join(self.reasons)}" if self.reasons else "."))


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
    for chunk in batched(rows):
        earlier = earlier_rows(origin, [row.external_id for row in chunk])
        records = existing_records(earlier.values())
        for row in chunk:
            first = first_lines.setdefault(row.external_id, row.line)
            outcome = _outcome(row, earlier.get(row.external_id), records)
            if first != row.line:
                outcome.action = REFUSE
                outcome.reasons.append(
                    f"The id “{row.external_id[:60]}” is already used in row {first}."
                )
            yield outcome


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
    if earlier and stored and earlier.digest == row.digest:
        return ImportOutcome(row, SAME, [], earlier)
    cleaned, reasons = _cleaned(row)
    if stored is not None and earlier is not None:
        reasons += _conflicts(row, stored, earlier)
    if row.kind not in ENTRY_MODELS:
        reasons.append(f"“{row.kind[:40]}” is not a valid kind. Choose one of: event, statement.")
    if reasons:
        return ImportOutcome(row, REFUSE, reasons, earlier)
    entry = stored if isinstance(stored, Event | Statement) else ENTRY_MODELS[row.kind]()
    reasons = _fill(entry, cleaned) + _problems(cleaned)
    if reasons:
        return ImportOutcome(row, REFUSE, reasons, earlier)
    action = ADD if stored is None else CHANGE
    return ImportOutcome(cleaned, action, [], earlier, entry, row.digest)


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


class _Cleaner:
    """Cleans the texts of one row, and collects the reasons why some cannot be stored."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def line(self, name: str, text: str, max_length: int = 0) -> str:
        """A text of one line. ``name`` is the field that a reason names."""
        cleaned = self._clean(name, text, clean_line)
        if max_length and len(cleaned) > max_length:
            self.reasons.append(
                f"{name}: “{cleaned[:40]}…” is too long. The maximum is {max_length} characters."
            )
        return cleaned

    def text(self, name: str, text: str) -> str:
        """A text of several lines."""
        return self._clean(name, text, clean_text)

    def lines(self, name: str, texts: Iterable[str], max_length: int) -> tuple[str, ...]:
        """Each distinct line that is not empty."""
        cleaned = (self.line(name, text, max_length) for text in texts)
        return tuple(dict.fromkeys(text for text in cleaned if text))

    def _clean(self, name: str, text: str, clean: Callable[[str], str]) -> str:
        try:
            return clean(text) if text else ""
        except TextError as problem:
            self.reasons.append(f"{name}: {problem}")
            return ""


def _cleaned(row: ImportRow) -> tuple[ImportRow, list[str]]:
    """The row with cleaned texts, and the reasons why some of them cannot be stored."""
    cleaner = _Cleaner()
    line, text = cleaner.line, cleaner.text
    clean = replace(
        row,
        title=line("title", row.title),
        as_written=line("as_written", row.as_written),
        zone=line("zone", row.zone),
        time=line("time", row.time),
        speaker=line("speaker", row.speaker),
        speaker_label=line("speaker_label", row.speaker_label),
        role=line("role", row.role),
        on_behalf_of=line("on_behalf_of", row.on_behalf_of),
        channel=line("channel", row.channel),
        language=line("language", row.language),
        original_language=line("original_language", row.original_language),
        summary=text("summary", row.summary),
        text=text("text", row.text),
        original_text=text("original_text", row.original_text),
        to=cleaner.lines("to", row.to, MAX_NAME_LENGTH),
        actors=tuple(
            dict.fromkeys(
                (line("actors", name, MAX_NAME_LENGTH), role) for name, role in row.actors
            )
        ),
        incidents=cleaner.lines("incidents", row.incidents, MAX_NAME_LENGTH),
        topics=cleaner.lines("topics", row.topics, MAX_TOPIC_LENGTH),
        sources=tuple(_cleaned_source(source, cleaner) for source in row.sources),
    )
    line("id", row.external_id, MAX_EXTERNAL_ID_LENGTH)
    for name in ("speaker", "speaker_label", "on_behalf_of"):
        line(name, getattr(clean, name), MAX_NAME_LENGTH)
    return clean, cleaner.reasons


def _cleaned_source(source: CitedSourceRow, cleaner: _Cleaner) -> CitedSourceRow:
    line, text, reasons = cleaner.line, cleaner.text, cleaner.reasons
    url = ""
    try:
        url = canonical_url(source.url) if source.url else ""
    except LinkError as problem:
        reasons.append(f"source_urls: {source.url[:80]}: {problem}")
    if url and is_private_url(url, settings.FETCH_ALLOWED):
        reasons.append(
            f"source_urls: {url[:80]} points to a private network; readers cannot open it."
        )
    if source.bearing not in BEARINGS:
        reasons.append(
            f"“{source.bearing[:40]}” is not a valid relation between a source and an entry."
        )
    if source.kind not in SOURCE_KINDS:
        reasons.append(f"“{source.kind[:80]}” is not a valid source kind.")
    if not source.title and not url:
        reasons.append("A source needs a title or a URL.")
    try:
        source_publication_date(source)
    except DateError as problem:
        reasons.append(f"published: {problem}")
    return source._replace(
        published_phrase=line("published", source.published_phrase, MAX_TEXT),
        published_zone=line("published", source.published_zone, MAX_ZONE),
        published_time=line("published", source.published_time, MAX_TYPED_TIME),
        title=line("sources", source.title, MAX_SOURCE_LENGTH),
        url=url,
        exact=text("exact", source.exact),
        note=text("note", source.note),
        locator=line("locator", source.locator, 80),
        publisher=line("publisher", source.publisher, MAX_NAME_LENGTH),
        language=line("language", source.language, 35),
    )


def source_publication_date(source: CitedSourceRow) -> FuzzyDate:
    """When a source was published. Raises DateError."""
    return _when(
        source.published, source.published_phrase, source.published_zone, source.published_time
    )


def _when(text: str, phrase: str, zone: str, time: str) -> FuzzyDate:
    """A date with the phrase, zone and time of the file, or else those of the text itself.

    Raises DateError, also if the text states another time or zone.
    """
    date = parse(text, phrase=phrase)
    zone, time = clean_zone(zone), clean_time(time)
    for stated, other in ((date.zone, zone), (date.time, time)):
        if stated and other and stated != other:
            raise DateError(f"The date says “{stated}” and its own column “{other}”. Keep one.")
    return FuzzyDate(date.edtf, date.phrase, zone or date.zone, time or date.time)


def _fill(entry: Event | Statement, row: ImportRow) -> list[str]:
    """Set the row's own fields, without relations. Returns the errors of the fields."""
    when: Any  # the stubs expect the text of the column
    try:
        when = FuzzyDate("")
        if row.date or row.time:
            when = _when(row.date, row.as_written, row.zone, row.time)
    except DateError as problem:
        return [str(problem)]
    if isinstance(entry, Event):
        entry.title, entry.happened, entry.standing = row.title, when, row.standing
        entry.summary = row.summary
    else:
        entry.headline = row.title or _beginning(row.text)
        entry.said, entry.text, entry.form, entry.wording = when, row.text, row.form, row.wording
        entry.language = row.language or "en"
        entry.original_text, entry.original_language = row.original_text, row.original_language
        entry.role_as_of, entry.channel, entry.outcome = row.role, row.channel, row.outcome
        entry.speaker_label = row.speaker_label
        entry.attribution = row.attribution or ("named" if row.speaker else "unnamed")
    # Relations and the slug are set when the rows are built.
    relations = {field.name for field in entry._meta.fields if field.is_relation}
    try:
        entry.clean_fields(exclude=relations | {"slug", "public_id"})
    except ValidationError as problem:
        return [
            f"{name}: {message}"
            for name, messages in problem.message_dict.items()
            for message in messages
        ]
    return []


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:119].rstrip() + "…"


def _problems(row: ImportRow) -> list[str]:
    """What is missing or unknown in a row whose fields are valid one by one."""
    problems = []
    if row.kind == "statement":
        if not row.speaker and not row.speaker_label:
            problems.append("A statement needs a speaker or a speaker label.")
        if row.attribution == "named" and not row.speaker:
            problems.append("A named speaker needs a name.")
        if row.outcome == "said" and not row.text:
            problems.append("A statement needs a text or another outcome.")
        if not row.title and not row.text:
            problems.append("A statement without a text needs a title.")
    else:
        roles = {role for _name, role in row.actors} - ROLES
        if roles:
            problems.append(f"“{', '.join(sorted(roles))[:80]}” is not a valid role.")
        if not all(name for name, _role in row.actors):
            problems.append("A participant has no name.")
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
