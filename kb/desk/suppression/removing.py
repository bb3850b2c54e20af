"""Removing published words by order: asked for by one person, confirmed by another.

The steps that remove less are offered first (``kb.desk.admin.suppression``). What was removed is
public as ids and codes in ``/removed.json``, and no word of it is stored anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.desk.documents import MODELS
from kb.desk.models import Publishable, Snapshot, SuppressionRequest
from kb.desk.models.log import Action
from kb.desk.suppression.rows import clear_row, row_words
from kb.desk.suppression.storage import (
    clean_database,
    delete_export_files,
    overwriting_deleted_words,
)
from kb.desk.suppression.surfaces import OUT_OF_REACH, ROUTES, TABLES, Way
from kb.desk.suppression.sweeping import (
    Counts,
    sweep_copies,
    sweep_other_rows,
    sweep_own_row,
    with_json_texts,
    words_condition,
)
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.record.chunks import in_chunks
from kb.record.late_replicas import late_replicas
from kb.record.models import Revision, Suppression
from kb.record.past.files import forget_past_records
from kb.record.pending_index import drain
from kb.record.publication_version import bump_version, require_version
from kb.record.removal_marker import removal_marker, removal_slug
from kb.record.suppression.revisions import (
    RemovedWords,
    index_again,
    remove_from_revisions,
    replacement_title,
    sweep_revisions,
)
from kb.record.suppression.rewriting import Replacer, is_long_enough, with_runs
from kb.record.suppression_vocabulary import PARTS, SuppressedPart, SuppressionForm

MAX_OTHERS = 50


class Receipt(TypedDict):
    """What a removal reached: numbers and ids, and no words.

    ``tables`` has the changed rows by table, ``surfaces`` the groups of what readers get and
    ``others`` the ids of other records that still have the same words. ``short`` is the number of
    texts that were too short to be looked for elsewhere. ``left`` and ``late`` say in English what
    of this installation was not reached, and ``unreachable`` are keys of what cannot be.
    """

    version: int
    revisions: int
    tables: Counts
    surfaces: list[str]
    export_files: int
    others: list[str]
    short: int
    left: list[str]
    late: list[str]
    unreachable: list[str]
    seconds: float


def ask_for_suppression(
    row: Publishable,
    *,
    by: Any,
    part: str,
    reason: str,
    version: int | None = None,
    form: str = SuppressionForm.MARKER,
    replacement: str = "",
    everywhere: bool = False,
) -> SuppressionRequest:
    """Store a request, which changes nothing yet. Raises ActionRefused."""
    reasons = _request_errors(row, part, version, form, replacement)
    if reasons:
        raise ActionRefused(reasons)
    return SuppressionRequest.objects.create(
        public_id=row.public_id,
        kind=row.kind,
        part=part,
        version=version,
        reason=reason,
        form=form,
        replacement=replacement.strip() if form == SuppressionForm.ROLE else "",
        everywhere=everywhere,
        asked_by=by,
    )


def confirm_suppression(request: SuppressionRequest, *, by: Any) -> Receipt:
    """Remove the words, and store and return the receipt.

    ``by`` is the second person; None for a command, which needs no second one. Raises ActionRefused
    for the person who asked, and for a request that has been decided; then nothing has changed.
    """
    start = time.monotonic()
    with overwriting_deleted_words(), transaction.atomic():
        number = bump_version()
        request = SuppressionRequest.objects.select_for_update().get(pk=request.pk)
        _refuse_wrong_person(request, by)
        order = Suppression.objects.create(
            public_id=request.public_id,
            kind=request.kind,
            part=request.part,
            version=request.version,
            reason=request.reason,
            form=request.form,
            replacement=request.replacement,
            everywhere=request.everywhere,
            removed_at=timezone.now(),
        )
        receipt = remove_words(order)
        receipt["version"] = number
        require_version(number)
        SuppressionRequest.objects.filter(pk=request.pk).update(
            confirmed_at=order.removed_at, confirmed_by=by
        )
        if row := row_of_record(order.kind, order.public_id):
            record([row], Action.REMOVED, by=by)
    drain()
    receipt["late"] = late_replicas(number)
    receipt["export_files"] = delete_export_files()
    forget_past_records()
    receipt["left"] = clean_database([*receipt["tables"], *_REWRITTEN])
    receipt["seconds"] = round(time.monotonic() - start, 3)
    SuppressionRequest.objects.filter(pk=request.pk).update(receipt=receipt)
    return receipt


_REWRITTEN = [
    name for name, surface in TABLES.items() if surface.way in (Way.REWRITTEN, Way.REMADE)
]


def clean_again() -> list[str]:
    """Remove old bytes that earlier removals had to leave; return what is still left, in English.

    The receipts of these removals are changed: they say what is left now.
    """
    requests = list(SuppressionRequest.objects.exclude(confirmed_at=None))
    requests = [request for request in requests if request.receipt.get("left")]
    if not requests:
        return []
    tables = {table for request in requests for table in request.receipt["tables"]}
    left = clean_database([*tables, *_REWRITTEN])
    for request in requests:
        receipt = {**request.receipt, "left": left}
        SuppressionRequest.objects.filter(pk=request.pk).update(receipt=receipt)
    return left


def decline_suppression(request: SuppressionRequest, *, by: Any) -> None:
    """Close a request without removing anything. Raises ActionRefused if it has been decided."""
    with transaction.atomic():
        request = SuppressionRequest.objects.select_for_update().get(pk=request.pk)
        if not request.is_open:
            raise ActionRefused([_("This request has already been decided.")])
        SuppressionRequest.objects.filter(pk=request.pk).update(
            declined_at=timezone.now(), declined_by=by
        )


def remove_words(order: Suppression) -> Receipt:
    """Remove the words of one part from all tables, in the caller's transaction.

    Call it after ``bump_version``. What is in files and on other machines comes after the commit.
    """
    row = row_of_record(order.kind, order.public_id)
    words = row_words(row, order) if row and order.version is None else set()
    removed = remove_from_revisions(order)
    if row and order.version is None and order.part != SuppressedPart.NOINDEX:
        clear_row(row, order)
    words = with_runs(words | removed.words)
    replacer = Replacer(_replacements(order, words))
    if row and order.version is None:
        sweep_own_row(row, replacer)
    counts: Counts = {"record_revision": removed.revisions}
    counts |= _sweep_revisions_of_others(order, removed, replacer)
    for name, count in sweep_copies(
        replacer, order.public_id, removed.slugs, removal_slug(order.public_id)
    ).items():
        counts[name] = counts.get(name, 0) + count
    return Receipt(
        version=0,
        revisions=removed.revisions,
        tables=counts,
        surfaces=list(ROUTES),
        export_files=0,
        others=_records_with(replacer, order.public_id),
        short=sum(not is_long_enough(word) for word in words),
        left=[],
        late=[],
        unreachable=list(OUT_OF_REACH),
        seconds=0.0,
    )


def remove_again(orders: Iterable[Suppression]) -> int:
    """Remove again what a backup or an import has brought back; return the number of removals.

    Runs in the caller's transaction, before the read index is made. An order that is not stored
    here is stored with its own moment.
    """
    known = {order.identity() for order in Suppression.objects.all()}
    count = 0
    for order in orders:
        if order.identity() not in known:
            order.pk = None
            order.save(force_insert=True)
        remove_words(order)
        count += 1
    return count


def clear_imported(rows: Iterable[Publishable]) -> None:
    """Remove again from rows that an import has overwritten what was removed from their records."""
    by_id = {row.public_id: row for row in rows}
    for chunk in in_chunks(by_id):
        orders = Suppression.objects.filter(public_id__in=chunk, version=None).order_by("pk")
        for order in orders.exclude(part=SuppressedPart.NOINDEX):
            clear_row(by_id[order.public_id], order)


def row_of_record(kind: str, public_id: str) -> Publishable | None:
    """The row of the desk with this id; None if there is none."""
    return MODELS[kind]._default_manager.filter(public_id=public_id).first()


def _request_errors(
    row: Publishable, part: str, version: int | None, form: str, replacement: str
) -> list[str]:
    reasons = []
    if part not in (*PARTS[row.kind], SuppressedPart.ALL, SuppressedPart.NOINDEX):
        reasons.append(_("Choose what is removed."))
    if form != SuppressionForm.MARKER and not (
        row.kind == "actor" and part == SuppressedPart.NAMES
    ):
        reasons.append(_("Only a name can have initials or a role in its place."))
    if form == SuppressionForm.ROLE and not replacement.strip():
        reasons.append(_("Enter the role that is shown instead of the name."))
    if version is not None:
        current = Revision.objects.current().filter(public_id=row.public_id).first()
        if current is None or not 0 < version <= current.number:
            reasons.append(_("This version does not exist."))
        elif version == current.number:
            reasons.append(
                _(
                    "This is the current version. Publish one without the words first, or remove "
                    "them from all versions."
                )
            )
    return reasons


def _refuse_wrong_person(request: SuppressionRequest, by: Any) -> None:
    if not request.is_open:
        raise ActionRefused([_("This request has already been decided.")])
    if by is not None and request.asked_by_id == by.pk:
        raise ActionRefused([_("You asked for this removal. A second person has to confirm it.")])


def _replacements(order: Suppression, words: Iterable[str]) -> dict[str, str]:
    """What stands in the place of each word: of a name, its own initials or the role."""
    marker = removal_marker(order.day)
    return {word: replacement_title(order, word) or marker for word in words}


def _sweep_revisions_of_others(
    order: Suppression, removed: RemovedWords, replacer: Replacer
) -> Counts:
    """Other records: claims that repeat words of a statement, and all if the order says so."""
    if not replacer.searched:
        return {}
    rows = Revision.objects.exclude(public_id=order.public_id).order_by("pk")
    if not order.everywhere:
        if not removed.related:
            return {}
        rows = rows.filter(public_id__in=removed.related)
        changed = sweep_revisions(rows, replacer)
        index_again(changed)
        return {"record_revision": removed.revisions + len(changed)} | _sweep_snapshots(
            removed.related, replacer
        )
    columns = ("document", "title", "note")
    words = words_condition(Revision, columns, replacer.searched)
    matching = with_json_texts(Revision.objects.all(), columns).filter(words)
    keys = list(matching.values_list("pk", flat=True))
    changed = sweep_revisions(rows.filter(pk__in=keys), replacer)
    counts = sweep_other_rows(replacer, order.public_id)
    index_again(changed)
    return counts | {"record_revision": removed.revisions + len(changed)}


def _sweep_snapshots(public_ids: Iterable[str], replacer: Replacer) -> Counts:
    """Replace the words in the snapshots of these records."""
    count = 0
    for snapshot in Snapshot.objects.filter(public_id__in=public_ids):
        new = replacer.in_value(snapshot.document)
        if new != snapshot.document:
            Snapshot.objects.filter(pk=snapshot.pk).update(document=new)
            count += 1
    return {"desk_snapshot": count} if count else {}


def _records_with(replacer: Replacer, public_id: str) -> list[str]:
    """The ids of other live records that still have the words, at most MAX_OTHERS."""
    if not replacer.searched:
        return []
    rows = with_json_texts(Revision.objects.live().exclude(public_id=public_id), ("document",))
    condition = words_condition(Revision, ("document",), replacer.searched)
    ids = rows.filter(condition).order_by("public_id").values_list("public_id", flat=True)
    return list(ids[:MAX_OTHERS])
