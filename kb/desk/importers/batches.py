"""What loading a file would do, row by row; doing it, all or nothing; and undoing it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from kb.dates import DateError, FuzzyDate, parse
from kb.desk.documents import MODELS
from kb.desk.importers.rows import Row
from kb.desk.models import (
    Actor,
    Citation,
    Event,
    ImportBatch,
    ImportedRow,
    Incident,
    Participation,
    Publishable,
    Source,
    Statement,
    Topic,
)
from kb.desk.models.base import State
from kb.desk.models.citations import Bearing
from kb.desk.models.events import ParticipationRole
from kb.desk.models.log import Done
from kb.desk.verbs.keeping import keep
from kb.desk.verbs.merging import now_merged
from kb.desk.verbs.refusing import Refused
from kb.text.links import LinkError, canonical_url
from kb.text.slugs import SLUG_LENGTH, slugify

ADD, CHANGE, SAME, REFUSE = "will add", "will change", "unchanged", "refused"
KINDS = {"event": Event, "statement": Statement}


@dataclass
class Outcome:
    """One row, what would become of it, and why."""

    row: Row
    action: str
    reasons: list[str] = field(default_factory=list)
    earlier: ImportedRow | None = None
    thing: Any = None


def plan(rows: Sequence[Row], *, origin: str) -> list[Outcome]:
    """What loading these rows would do. Stores nothing."""
    ids = [one.external_id for one in rows]
    times = Counter(ids)
    earlier = {
        one.external_id: one for one in ImportedRow.objects.filter(origin=origin).exclude(
            external_id=""
        )
    }  # fmt: skip
    return [_outcome(row, earlier.get(row.external_id), times[row.external_id]) for row in rows]


def _outcome(row: Row, earlier: ImportedRow | None, times: int) -> Outcome:
    reasons = _problems(row)
    if times > 1:
        reasons.append(f"The id “{row.external_id}” stands {times} times in the file.")
    if reasons or earlier is None:
        return Outcome(row, REFUSE if reasons else ADD, reasons)
    if earlier.digest == row.digest:
        return Outcome(row, SAME, [], earlier)
    thing = MODELS[earlier.kind].objects.filter(public_id=earlier.public_id).first()
    if thing is None:
        return Outcome(row, ADD, [], earlier)
    if thing.kind != row.kind:
        reasons.append(f"It was imported as {earlier.kind}, and is {row.kind} now.")
    if thing.version != earlier.version or thing.state not in (State.DRAFT, State.IN_REVIEW):
        reasons.append(f"“{thing}” was edited or published since it was imported.")
    return Outcome(row, REFUSE if reasons else CHANGE, reasons, earlier, thing)


def _problems(row: Row) -> list[str]:
    if row.kind not in KINDS:
        return [f"The kind is “{row.kind}”; it must be event or statement."]
    found = []
    try:
        thing = _filled(KINDS[row.kind](), row)
    except DateError as problem:
        return [str(problem)]
    relations = {one.name for one in thing._meta.fields if one.is_relation}
    try:
        thing.clean_fields(exclude=relations | {"slug", "attribution"})
    except ValidationError as problem:
        for name, messages in problem.message_dict.items():
            found += [f"{name}: {one}" for one in messages]
    if row.kind == "statement" and not (row.speaker and row.text):
        found.append("A statement needs a speaker and a text.")
    roles = {role for _name, role in row.actors} - set(ParticipationRole.values)
    if row.kind == "event" and roles:
        found.append(f"No part is called {', '.join(sorted(roles))}.")
    for _title, url in row.sources:
        try:
            url and canonical_url(url)
        except LinkError as problem:
            found.append(f"{url[:80]}: {problem}")
    names = (*(name for name, _ in row.actors), row.speaker, row.on_behalf_of, *row.incidents)
    found += [f"“{one[:40]}…” is too long for a name." for one in names if len(one) > 200]
    return found


def _filled(thing: Any, row: Row) -> Any:
    """The thing with the row's own fields; relations come with saving. Raises DateError."""
    when = parse(row.date, phrase=row.as_written) if row.date else FuzzyDate("")
    if isinstance(thing, Event):
        thing.title, thing.happened, thing.standing = row.title, when, row.standing
        thing.summary = row.summary
    else:
        thing.headline = row.title or row.text[:120]
        thing.said, thing.text, thing.form, thing.wording = when, row.text, row.form, row.wording
        thing.language = row.language or "en"
        thing.role_as_of, thing.channel = row.role, row.channel
    return thing


def load(
    outcomes: Sequence[Outcome],
    *,
    origin: str,
    name: str,
    content: bytes,
    by: Any = None,
    progress: Callable[[int], None] = lambda done: None,
) -> ImportBatch:
    """Make the drafts that a plan says, in one transaction. Raises Refused if a row was refused."""
    refused = [one for one in outcomes if one.action == REFUSE]
    if refused:
        raise Refused(report(refused))
    with transaction.atomic():
        sha256 = hashlib.sha256(content).hexdigest()
        batch = ImportBatch.objects.create(
            origin=origin, name=name[:200], sha256=sha256, loaded_by=by
        )
        making = _Making(batch, by)
        for done, one in enumerate(outcomes, start=1):
            if one.action != SAME:
                making.store(one)
            progress(done)
        keep(making.stored, Done.IMPORTED, by=by, note=f"from {batch.name}")
    return batch


class _Making:
    """Stores rows, and makes once what several of them name."""

    def __init__(self, batch: ImportBatch, by: Any) -> None:
        self.batch, self.by = batch, by
        self.found: dict[tuple[str, str], Publishable] = {}
        self.stored: list[Publishable] = []

    def store(self, outcome: Outcome) -> None:
        row = outcome.row
        thing = _filled(outcome.thing or KINDS[row.kind](), row)
        if isinstance(thing, Statement):
            self._give_voice(thing, row)
        if thing.pk:
            thing.version += 1
        self._save(thing, row.title or row.text)
        thing.incidents.set([self._named(Incident, "title", one) for one in row.incidents])
        thing.topics.set([self._named(Topic, "name", one) for one in row.topics])
        if isinstance(thing, Statement):
            thing.addressees.set([self._actor(one) for one in row.to])
        else:
            thing.participations.all().delete()
            for name, role in dict.fromkeys(row.actors):
                Participation.objects.create(event=thing, actor=self._actor(name), role=role)
        thing.citations.all().delete()
        for title, url in row.sources:
            Citation.objects.create(
                **{thing.kind: thing}, source=self._source(title, url), bearing=Bearing.SUPPORTS
            )
        if outcome.earlier:
            outcome.earlier.delete()
        self._remember(thing, row.external_id, row.digest, is_new=outcome.action == ADD)

    def _give_voice(self, thing: Statement, row: Row) -> None:
        thing.speaker = self._actor(row.speaker, "person")
        thing.attribution = "named"
        thing.on_behalf_of = self._actor(row.on_behalf_of) if row.on_behalf_of else None

    def _actor(self, name: str, kind: str = "organisation") -> Actor:
        known = Actor.objects.filter(other_names__name__iexact=name).first()
        return known or self._named(Actor, "name", name, actor_kind=kind)

    def _source(self, title: str, url: str) -> Source:
        if not url:
            return self._named(Source, "title", title, source_kind="article")
        address = canonical_url(url)
        given = {"title": title or address[:300], "source_kind": "article"}
        return self._named(Source, "url", address, **given)

    def _named(self, model: Any, by: str, text: str, **given: Any) -> Any:
        key = (model.kind, text.casefold())
        if key not in self.found:
            thing = model.objects.filter(**{f"{by}__iexact": text}).order_by("pk").first()
            thing = now_merged(thing)
            if thing is None:
                thing = model(**{**given, by: text})
                self._save(thing, given.get("title", text))
                self._remember(thing)
            self.found[key] = thing
        return self.found[key]

    def _save(self, thing: Any, named: str) -> None:
        thing.updated_by = self.by
        if not thing.pk:
            thing.created_by = self.by
            slug = slugify(named, fallback=thing.public_id)
            if type(thing).objects.filter(slug=slug).exists():
                own = thing.public_id
                slug = f"{slug[: SLUG_LENGTH - len(own) - 1].rstrip('-')}-{own}"
            thing.slug = slug
        thing.save()
        self.stored.append(thing)

    def _remember(
        self, thing: Any, external_id: str = "", digest: str = "", *, is_new: bool = True
    ) -> None:
        ImportedRow.objects.create(
            batch=self.batch,
            origin=self.batch.origin,
            external_id=external_id,
            kind=thing.kind,
            public_id=thing.public_id,
            version=thing.version,
            digest=digest,
            is_new=is_new,
        )


def undo(batch: ImportBatch) -> int:
    """Delete every draft that a batch made; return how many. All or nothing.

    Raises Refused, naming them, where one was edited, published or built upon since.
    """
    with transaction.atomic():
        if batch.undone_at:
            raise Refused(["This batch is undone already."])
        rows = [(one, _thing(one)) for one in batch.rows.order_by("-pk")]
        reasons = [
            f"“{thing}” was edited or published since: withdraw or delete it by hand first."
            for row, thing in rows
            if thing and (thing.version != row.version or thing.state != State.DRAFT)
        ]
        reasons += [
            f"“{thing}” was there from an earlier import, and was changed by this one."
            for row, thing in rows
            if thing and not row.is_new
        ]
        if reasons:
            raise Refused(reasons)
        entries = [thing for _row, thing in rows if isinstance(thing, Event | Statement)]
        others = [thing for _row, thing in rows if thing and thing not in entries]
        keep([*entries, *others], Done.DELETED, by=None, note=f"import of {batch.name} undone")
        for thing in (*entries, *others):
            try:
                thing.delete()
            except models.ProtectedError as problem:
                raise Refused([f"Something rests on “{thing}” by now."]) from problem
        batch.rows.all().delete()
        batch.undone_at = timezone.now()
        batch.save()
    return len(entries) + len(others)


def _thing(row: ImportedRow) -> Any:
    return MODELS[row.kind].objects.filter(public_id=row.public_id).first()


def report(outcomes: Sequence[Outcome]) -> list[str]:
    """A sentence for each row."""
    return [
        f"Row {one.row.line}, “{(one.row.title or one.row.text)[:60]}”: {one.action}"
        + (f". {' '.join(one.reasons)}" if one.reasons else ".")
        for one in outcomes
    ]


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many rows of each kind: "12 will add, 1 refused"."""
    counts = Counter(one.action for one in outcomes)
    return ", ".join(f"{counts[one]} {one}" for one in (ADD, CHANGE, SAME, REFUSE) if counts[one])
