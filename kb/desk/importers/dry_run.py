"""What loading rows would do, row by row. Stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError

from kb.dates import DateError, FuzzyDate, parse
from kb.dates.fields import MAX_ZONE
from kb.dates.reading import MAX_TEXT
from kb.desk.documents import MODELS
from kb.desk.importers.rows import CitedSourceRow, ImportRow, printable
from kb.desk.models import Event, ImportedRow, Publishable, Statement
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import ActorKind, Attribution, Bearing, ParticipationRole, SourceKind
from kb.text.clean import TextError, clean_line, clean_text
from kb.text.links import LinkError, canonical_url, is_private_url

ADD, CHANGE, SAME, REFUSE = "will add", "will change", "unchanged", "refused"
ACTIONS = (ADD, CHANGE, SAME, REFUSE)
KINDS: dict[str, type[Any]] = {"event": Event, "statement": Statement}
PLAN_BATCH_SIZE = 500
MAX_EXTERNAL_ID_LENGTH = 200
# How long the names of things may be that come into being along with a row.
LONGEST_NAME, LONGEST_TOPIC, LONGEST_SOURCE = 200, 80, 300
_LINES = ("title", "as_written", "zone", "speaker", "speaker_label", "role", "on_behalf_of",
          "channel", "language", "original_language")  # fmt: skip
_TEXTS = ("summary", "text", "original_text")
BEARINGS = frozenset(Bearing.values)
ROLES = frozenset(ParticipationRole.values)
SOURCE_KINDS = frozenset(SourceKind.values)
ACTOR_KINDS = frozenset(ActorKind.values)
_Some = TypeVar("_Some")


@dataclass
class ImportOutcome:
    """One row, what would become of it, and why.

    ``row`` is in the form that the desk keeps; ``thing`` is the event or statement with the row's
    own fields, not saved, or None where nothing is stored; ``earlier`` is what an earlier import
    remembers of it.
    """

    row: ImportRow
    action: str
    reasons: list[str] = field(default_factory=list)
    earlier: ImportedRow | None = None
    thing: Any = None
    digest: str = ""  # of the row as it stood in the file

    def __str__(self) -> str:
        named = (self.row.title or self.row.text)[:60]
        said = f"Row {self.row.line}, “{named}”: {self.action}"
        return printable(said + (f". {' '.join(self.reasons)}" if self.reasons else "."))


def batched(things: Iterable[_Some], size: int = PLAN_BATCH_SIZE) -> Iterator[list[_Some]]:
    """The same things, some at a time."""
    rest = iter(things)
    while chunk := list(islice(rest, size)):
        yield chunk


def plan_import(rows: Iterable[ImportRow], *, origin: str) -> Iterator[ImportOutcome]:
    """What loading these rows would do, in their order and as they come.

    Some queries for every 500 rows, however many there are.
    """
    lines: dict[str, int] = {}
    for chunk in batched(rows):
        earlier = earlier_rows(origin, [one.external_id for one in chunk])
        things = existing_records(earlier.values())
        for row in chunk:
            first = lines.setdefault(row.external_id, row.line)
            known = earlier.get(row.external_id)
            outcome = _outcome(row, known, things)
            if first != row.line:
                outcome.action = REFUSE
                outcome.reasons.append(
                    f"The id “{row.external_id[:60]}” stands in row {first} already."
                )
            yield outcome


def earlier_rows(origin: str, ids: Iterable[str]) -> dict[str, ImportedRow]:
    """What earlier imports remember of these external ids, by id."""
    # An id with such a character could not be asked for.
    wanted = [
        one for one in ids if one and one.isprintable() and len(one) <= MAX_EXTERNAL_ID_LENGTH
    ]
    found = ImportedRow.objects.filter(origin=origin, external_id__in=wanted)
    return {one.external_id: one for one in found}


def existing_records(
    rows: Iterable[ImportedRow], beside: Iterable[str] = ()
) -> dict[str, Publishable]:
    """The things that these rows made, by public id, where they are still there.

    ``beside`` names relations that all of them have, to be fetched along with their lists.
    """
    by_kind: dict[str, list[str]] = {}
    for one in rows:
        by_kind.setdefault(one.kind, []).append(one.public_id)
    return {
        thing.public_id: thing
        for kind, ids in by_kind.items()
        for thing in _with(MODELS[kind].objects.filter(public_id__in=ids), beside)
    }


def _with(rows: Any, beside: Iterable[str]) -> Any:
    lists = (one.name for one in rows.model._meta.many_to_many)
    return rows.prefetch_related(*beside, *lists) if beside else rows


def _outcome(
    row: ImportRow, earlier: ImportedRow | None, things: Mapping[str, Publishable]
) -> ImportOutcome:
    before = things.get(earlier.public_id) if earlier else None
    if earlier and before and earlier.digest == row.digest:
        return ImportOutcome(row, SAME, [], earlier)
    cleaned, reasons = _cleaned(row)
    if before is not None and earlier is not None:
        reasons += _conflicts(row, before, earlier)
    if row.kind not in KINDS:
        reasons.append(f"The kind is “{row.kind[:40]}”; it must be event or statement.")
    if reasons:
        return ImportOutcome(row, REFUSE, reasons, earlier)
    thing: Any = before if before is not None else KINDS[row.kind]()
    reasons = _fill(thing, cleaned) + _problems(cleaned)
    if reasons:
        return ImportOutcome(row, REFUSE, reasons, earlier)
    action = ADD if before is None else CHANGE
    return ImportOutcome(cleaned, action, [], earlier, thing, row.digest)


def _conflicts(row: ImportRow, thing: Publishable, earlier: ImportedRow) -> list[str]:
    if thing.kind != row.kind:
        return [f"It was imported as {thing.kind}, and is {row.kind[:40]} now."]
    if thing.state == WorkflowState.IN_REVIEW:
        return [f"“{thing}” waits for review: what is read there is not changed meanwhile."]
    if thing.version != earlier.version or thing.state != WorkflowState.DRAFT:
        return [f"“{thing}” was edited or published since it was imported."]
    return []


def _cleaned(row: ImportRow) -> tuple[ImportRow, list[str]]:
    """The row with its texts in the form that the desk keeps, and why some cannot be kept."""
    reasons: list[str] = []

    def kept(name: str, text: str, clean: Any, longest: int = 0) -> str:
        try:
            cleaned = clean(text) if text else ""
        except TextError as problem:
            reasons.append(f"{name}: {problem}")
            return ""
        if longest and len(cleaned) > longest:
            reasons.append(f"{name}: “{cleaned[:40]}…” is too long for a name ({longest}).")
        return cleaned

    def line(name: str, text: str, longest: int = 0) -> str:
        return kept(name, text, clean_line, longest)

    clean = replace(
        row,
        **{name: line(name, getattr(row, name)) for name in _LINES},
        **{name: kept(name, getattr(row, name), clean_text) for name in _TEXTS},
        to=_distinct(line("to", one, LONGEST_NAME) for one in row.to),
        actors=tuple(
            dict.fromkeys((line("actors", name, LONGEST_NAME), role) for name, role in row.actors)
        ),
        incidents=_distinct(line("incidents", one, LONGEST_NAME) for one in row.incidents),
        topics=_distinct(line("topics", one, LONGEST_TOPIC) for one in row.topics),
        sources=tuple(_cleaned_source(one, line, kept, reasons) for one in row.sources),
    )
    line("id", row.external_id, MAX_EXTERNAL_ID_LENGTH)
    for name in ("speaker", "speaker_label", "on_behalf_of"):
        line(name, getattr(clean, name), LONGEST_NAME)
    return clean, reasons


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in names if one))


def _cleaned_source(
    source: CitedSourceRow, line: Any, kept: Any, reasons: list[str]
) -> CitedSourceRow:
    url = ""
    try:
        url = canonical_url(source.url) if source.url else ""
    except LinkError as problem:
        reasons.append(f"source_urls: {source.url[:80]}: {problem}")
    if url and is_private_url(url, settings.FETCH_ALLOWED):
        reasons.append(f"source_urls: {url[:80]} leads into a network: no reader could follow it.")
    if source.bearing not in BEARINGS:
        reasons.append(f"A source cannot be “{source.bearing[:40]}” of an entry.")
    if source.kind not in SOURCE_KINDS:
        reasons.append(f"No source is of the kind {source.kind[:80]}.")
    if not source.title and not url:
        reasons.append("A source has neither a title nor an address.")
    try:
        source_publication_date(source)
    except DateError as problem:
        reasons.append(f"published: {problem}")
    return source._replace(
        published_phrase=line("published", source.published_phrase, MAX_TEXT),
        published_zone=line("published", source.published_zone, MAX_ZONE),
        title=line("sources", source.title, LONGEST_SOURCE),
        url=url,
        exact=kept("exact", source.exact, clean_text),
        note=kept("note", source.note, clean_text),
        locator=line("locator", source.locator, 80),
        publisher=line("publisher", source.publisher, LONGEST_NAME),
        language=line("language", source.language, 35),
    )


def source_publication_date(source: CitedSourceRow) -> FuzzyDate:
    """When a source was published. Raises DateError."""
    return _when(source.published, source.published_phrase, source.published_zone)


def _when(text: str, phrase: str, zone: str) -> FuzzyDate:
    """A date with what the file says of it, or else what the text itself says."""
    found = parse(text, phrase=phrase)
    return FuzzyDate(found.edtf, found.phrase, zone or found.zone)


def _fill(thing: Any, row: ImportRow) -> list[str]:
    """Give the thing the row's own fields, relations apart; say what does not fit."""
    try:
        when = _when(row.date, row.as_written, row.zone) if row.date else FuzzyDate("")
    except DateError as problem:
        return [str(problem)]
    if isinstance(thing, Event):
        thing.title, thing.happened, thing.standing = row.title, when, row.standing
        thing.summary = row.summary
    else:
        thing.headline = row.title or _beginning(row.text)
        thing.said, thing.text, thing.form, thing.wording = when, row.text, row.form, row.wording
        thing.language = row.language or "en"
        thing.original_text, thing.original_language = row.original_text, row.original_language
        thing.role_as_of, thing.channel, thing.outcome = row.role, row.channel, row.outcome
        thing.speaker_label = row.speaker_label
        thing.attribution = row.attribution or (
            Attribution.NAMED if row.speaker else Attribution.UNNAMED
        )
    # Relations come with storing, and the slug with them.
    left = {one.name for one in thing._meta.fields if one.is_relation} | {"slug", "public_id"}
    try:
        thing.clean_fields(exclude=left)
    except ValidationError as problem:
        return [f"{name}: {one}" for name, found in problem.message_dict.items() for one in found]
    return []


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:119].rstrip() + "…"


def _problems(row: ImportRow) -> list[str]:
    found = []
    if row.kind == "statement":
        if not row.speaker and not row.speaker_label:
            found.append("A statement needs a speaker, or what the source calls them.")
        if row.attribution == "named" and not row.speaker:
            found.append("A named speaker needs a name.")
        if row.outcome == "said" and not row.text:
            found.append("A statement needs a text, or another outcome.")
        if not row.title and not row.text:
            found.append("A statement without a text needs a title.")
    else:
        roles = {role for _name, role in row.actors} - ROLES
        if roles:
            found.append(f"No part is called {', '.join(sorted(roles))[:80]}.")
        if not all(name for name, _role in row.actors):
            found.append("Somebody who took part has no name.")
    kinds = {kind for _name, kind in row.actor_kinds if kind} - ACTOR_KINDS
    if kinds:
        found.append(f"No actor is of the kind {', '.join(sorted(kinds))[:80]}.")
    return found


def counts_summary(counts: Mapping[str, int], *, done: bool = False) -> str:
    """How many rows of each action: "12 will add, 1 refused"; once ``done``, "12 added"."""
    words = {ADD: "added", CHANGE: "changed"} if done else {}
    return ", ".join(f"{counts[one]:,} {words.get(one, one)}" for one in ACTIONS if counts.get(one))


def count_by_action(outcomes: Iterable[ImportOutcome]) -> Counter[str]:
    """How many outcomes there are of each action."""
    return Counter(one.action for one in outcomes)
