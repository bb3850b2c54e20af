"""What passes the door: publish, withdraw, send for review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from kb.desk.documents import MODELS, document_of
from kb.desk.models import (
    Citation,
    Event,
    Publishable,
    Reference,
    ReviewRequest,
    Snapshot,
    Source,
    Statement,
)
from kb.desk.models.base import State
from kb.desk.models.citations import Bearing
from kb.desk.verbs.refusing import Refused
from kb.desk.verbs.reviewing import lacks_approval
from kb.desk.verbs.saving import claim
from kb.record import publish as door
from kb.record.documents import Document, references
from kb.record.epoch import raise_epoch
from kb.record.models import Change, Revision
from kb.text.markdown import MarkdownError, render

# These go along with an entry that names them; entries and propositions never do.
CARRIED_KINDS = ("actor", "source", "incident", "topic")
_REASON_NEEDED = (Change.CORRECTION, Change.WITHDRAWAL, Change.MERGE)


@dataclass(frozen=True)
class Published:
    """What a publication did: the new revision (None: nothing had changed), what went along."""

    revision: Revision | None
    carried: list[Publishable]


def publish(
    thing: Publishable,
    *,
    by: Any,
    note: str = "",
    change: str | None = None,
    version: int | None = None,
) -> Published:
    """Put a saved desk row on the record, with what it names and is not there yet.

    ``by`` is the user, or None for a command; ``change`` is update (the default) or correction;
    ``version``, when given, is the one that the editor saw. Raises Refused with the reasons,
    or StaleVersion; then nothing has changed.
    """
    with transaction.atomic():
        raise_epoch()
        if version is not None:
            claim(thing, version)
        carried = to_carry([thing])
        reasons = refusals(thing, change=change, note=note)
        for one in carried:
            reasons += [f"{one} goes along, but: {reason}" for reason in refusals(one)]
        # Made once: what is compared with the approval is, byte for byte, what passes.
        documents = [document_of(one) for one in (*carried, thing)]
        if by is not None:
            reasons += _second_reader([*carried, thing], documents)
        if reasons:
            raise Refused(reasons)
        passing = [
            _snapshot(one, Change.UPDATE, "", document)
            for one, document in zip(carried, documents, strict=False)
        ]
        passing.append(_snapshot(thing, change or Change.UPDATE, note.strip(), documents[-1]))
        made = door.append(passing)
        _relink({one.document["id"] for one in passing})
        for one in (*carried, thing):
            _stand(one, State.PUBLISHED, by)
    revision = next((one for one in made if one.public_id == thing.public_id), None)
    return Published(revision, carried)


def publish_all(things: Iterable[Publishable], *, by: Any) -> list[Revision]:
    """Publish many rows in one transaction and one epoch, each free to name any other."""
    things = list(things)
    with transaction.atomic():
        raise_epoch()
        together = [*to_carry(things), *things]
        reasons = [
            f"{one._meta.verbose_name} “{one}”: {reason}"
            for one in together
            for reason in refusals(one)
        ]
        if reasons:
            raise Refused(reasons)
        made = door.append(
            [_snapshot(one, Change.UPDATE, "", document_of(one)) for one in together]
        )
        _relink({one.public_id for one in together})
        for one in together:
            _stand(one, State.PUBLISHED, by)
    return made


def withdraw(thing: Publishable, *, by: Any, note: str) -> Revision:
    """Replace a record by a tombstone that says why. Refused while anything rests on it."""
    with transaction.atomic():
        raise_epoch()
        reasons = [] if note.strip() else ["Say why it is withdrawn: readers are told."]
        if thing.state != State.PUBLISHED:
            reasons.append("Only what is published can be withdrawn.")
        if isinstance(thing, Source):
            reasons += [
                f"“{entry}” rests on this source alone: give it another, or withdraw it first."
                for entry in resting_alone_on(thing)
            ]
        if reasons:
            raise Refused(reasons)
        revision = door.bury(thing.public_id, Change.WITHDRAWAL, note.strip())
        Snapshot.objects.filter(public_id=thing.public_id).delete()
        _relink({thing.public_id})
        _stand(thing, State.WITHDRAWN, by)
    return revision


def send_for_review(thing: Publishable, *, by: Any) -> None:
    """Mark a draft, or changes to what is published, as ready to be read by somebody else.

    What is published stays published.
    """
    if thing.state == State.DRAFT:
        _stand(thing, State.IN_REVIEW, by)
    elif thing.state == State.PUBLISHED:
        ReviewRequest.objects.update_or_create(public_id=thing.public_id, defaults={"asked_by": by})


def _second_reader(things: Iterable[Publishable], documents: Iterable[Document]) -> list[str]:
    """What nobody but its author has read. A command, which has no account, answers for itself."""
    pairs = zip(things, documents, strict=True)
    found = ((one, lacks_approval(one, document)) for one, document in pairs)
    return [f"“{one}”: {reason}" for one, reason in found if reason]


def refusals(thing: Publishable, *, change: str | None = None, note: str = "") -> list[str]:
    """Why this row may not pass the door, in sentences; empty when it may."""
    reasons = []
    if change in _REASON_NEEDED and not note.strip():
        reasons.append("A correction needs a note that says what was wrong.")
    if isinstance(thing, Event | Statement):
        supporting = thing.citations.filter(bearing=Bearing.SUPPORTS)
        if not supporting.exists():
            reasons.append("It has no supporting citation: add the source that says so.")
    for field in ("summary", "note"):
        try:
            render(getattr(thing, field, ""))
        except MarkdownError as problem:
            reasons.append(f"The {field} cannot be shown: {problem}")
    return reasons


def resting_alone_on(source: Source) -> list[Event | Statement]:
    """The published entries whose only supporting citations are to this source."""
    alone: list[Event | Statement] = []
    for model in (Event, Statement):
        rows = model.objects.published().filter(
            citations__source=source, citations__bearing=Bearing.SUPPORTS
        )
        for entry in rows.distinct():
            others = Citation.objects.filter(
                **{model.kind: entry},
                bearing=Bearing.SUPPORTS,
                source__state=State.PUBLISHED,
            ).exclude(source=source)
            if not others.exists():
                alone.append(entry)
    return alone


def to_carry(things: Iterable[Publishable]) -> list[Publishable]:
    """The unpublished actors, sources, incidents and topics that these name, however far."""
    seen = {one.public_id for one in things}
    carried: list[Publishable] = []
    names = {name for one in things for name in references(document_of(one))} - seen
    while names:
        seen |= names
        found = [
            one
            for kind in CARRIED_KINDS
            for one in MODELS[kind].objects.filter(
                public_id__in=names, state__in=[State.DRAFT, State.IN_REVIEW]
            )
        ]
        carried += found
        names = {name for one in found for name in references(document_of(one))} - seen
    return carried


def _snapshot(thing: Publishable, change: str, note: str, document: Document) -> door.Passing:
    """Keep the whole document on the desk; return it for the door."""
    snapshot, _ = Snapshot.objects.update_or_create(
        public_id=thing.public_id, defaults={"kind": thing.kind, "document": document}
    )
    snapshot.references.all().delete()
    Reference.objects.bulk_create(
        Reference(snapshot=snapshot, target=one) for one in sorted(references(document))
    )
    return door.Passing(document, change, note)


def _relink(public_ids: set[str]) -> None:
    """Let published documents that name these say so now, or stop saying so.

    From the snapshots, never from desk rows: those may hold edits that nobody has published.
    """
    documents: list[Document] = list(
        Snapshot.objects.filter(references__target__in=public_ids)
        .exclude(public_id__in=public_ids)
        .distinct()
        .values_list("document", flat=True)
    )
    door.append([door.Passing(one, Change.LINK) for one in documents])


def _stand(thing: Publishable, state: str, by: Any) -> None:
    thing.state = state
    if state != State.IN_REVIEW:
        ReviewRequest.objects.filter(public_id=thing.public_id).delete()
    type(thing)._default_manager.filter(pk=thing.pk).update(state=state, updated_by=by)
