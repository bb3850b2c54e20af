"""Packages: several rows that are published, approved or sent for review together.

A plan says what goes, what goes along with it, and what is refused and why. Carrying it out takes
the rows as they were displayed: what has changed since is left out, and said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kb.desk.documents import MODELS, build_document
from kb.desk.models import Publishable, Snapshot
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.dependencies import rows_with_documents
from kb.desk.verbs.displayed import DisplayedRow, DisplayedRows
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish_errors, send_for_review
from kb.desk.verbs.reviewing import approve, author_keys, lacks_approval, request_changes
from kb.record.documents import Document, digest

Refusals = list[tuple[Publishable, list[str]]]


@dataclass
class PlannedRow:
    """A row of a package: its document, and what stands against publishing it.

    ``errors`` belong to the row that has to be mended: the row itself, or one that would be
    published with it. ``unapproved`` are those of these rows that a second person must approve
    and that the account of the plan cannot. ``approval`` is why this row itself must be approved
    first, "" if it need not be; ``is_own`` says that the account is an author of it.
    """

    row: Publishable
    document: Document
    approval: str
    is_own: bool
    errors: Refusals = field(default_factory=list)
    unapproved: Refusals = field(default_factory=list)

    @property
    def reasons(self) -> Refusals:
        """Everything that stands against publishing this row."""
        return [*self.errors, *self.unapproved]

    @property
    def all_reasons(self) -> list[str]:
        """Every reason as a sentence, with the name of the other row where it is another's."""
        return [
            reason
            if row is self.row
            else _("%(row)s would be published as well, but: %(reason)s")
            % {"row": row, "reason": reason}
            for row, reasons in self.reasons
            for reason in reasons
        ]


@dataclass
class PackagePlan:
    """What would be published: the rows asked for, what goes along, and what is refused.

    ``by`` is the account that looks at the plan, or None for a command. With ``approves``, an
    approval that this account can give is no reason against a row.
    """

    by: Any = None
    approves: bool = False
    going: list[PlannedRow] = field(default_factory=list)
    along: list[PlannedRow] = field(default_factory=list)
    refused: list[PlannedRow] = field(default_factory=list)
    _passing: dict[str, Publishable] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of documents that would be published."""
        return len(self.going) + len(self.along)

    @property
    def rows(self) -> list[PlannedRow]:
        """Everything that goes, what others name first."""
        return [*self.along, *self.going]

    def add(self, row: Publishable) -> None:
        """Plan one more row. Add claims after the statements that take a position on them."""
        if row.public_id in self._passing:
            # It goes along with an earlier row, and was asked for too.
            lines = [line for line in self.along if line.row.public_id == row.public_id]
            self.along = [line for line in self.along if line not in lines]
            self.going += lines
            return
        carried, documents = rows_with_documents([row])
        others = [other for other in carried if other.public_id not in self._passing]
        lines = [self._planned(other, documents) for other in (row, *others)]
        along = {row.public_id: row, **self._passing}
        errors = [(row, publish_errors(row, along=along.values()) + _state_errors(row, documents))]
        errors += [(other, publish_errors(other)) for other in others]
        lines[0].errors = [(mended, texts) for mended, texts in errors if texts]
        lines[0].unapproved = [
            (line.row, [line.approval])
            for line in lines
            if line.approval and (line.is_own or not self.approves)
        ]
        if lines[0].reasons:
            self.refused.append(lines[0])
            return
        self.going.append(lines[0])
        self.along += lines[1:]
        self._passing |= {line.row.public_id: line.row for line in lines}

    def _planned(self, row: Publishable, documents: Mapping[str, Document]) -> PlannedRow:
        document = documents[row.public_id]
        is_own = self.by is not None and self.by.pk in author_keys(row)
        return PlannedRow(row, document, lacks_approval(row, document), is_own)


def _state_errors(row: Publishable, documents: Mapping[str, Document]) -> list[str]:
    """Return why a row has nothing to publish in a package."""
    if row.state == WorkflowState.WITHDRAWN:
        return [_("It was withdrawn. Publish it again on its page “Review”, with a note.")]
    if row.state == WorkflowState.PUBLISHED:
        published = Snapshot.objects.filter(public_id=row.public_id).first()
        if published and digest(published.document) == digest(documents[row.public_id]):
            return [_("Readers already see this version.")]
    return []


@dataclass
class ReviewResult:
    """The number of rows approved or sent back, and why each of the others was not."""

    done: int = 0
    refused: Refusals = field(default_factory=list)


def approve_displayed(displayed: DisplayedRows, *, by: Any) -> ReviewResult:
    """Approve every displayed row that needs it, each by itself."""
    result = ReviewResult()
    for row in rows_of(displayed):
        if not lacks_approval(row, build_document(row)):
            continue
        shown = displayed[row.kind, row.pk]
        try:
            approve(row, by=by, version=shown.version, sha256=shown.sha256)
            result.done += 1
        except ActionRefused as refusal:
            result.refused.append((row, refusal.reasons))
    return result


def approve_with_dependencies(
    thing: Publishable, *, by: Any, displayed: DisplayedRow, along: DisplayedRows
) -> list[Publishable]:
    """Approve a row and, in the same transaction, what was displayed as going along with it.

    What the account wrote itself is left for somebody else; so is what is no longer a draft.
    Returns the other rows that were approved. Raises ActionRefused, and then approves nothing.
    """
    with transaction.atomic():
        approve(thing, by=by, version=displayed.version, sha256=displayed.sha256)
        others = []
        for row in rows_of(along):
            shown = along[row.kind, row.pk]
            if by.pk in author_keys(row) or not lacks_approval(row, build_document(row)):
                continue
            try:
                approve(row, by=by, version=shown.version, sha256=shown.sha256)
            except ActionRefused as refusal:
                reasons = [f"“{row}”: {reason}" for reason in refusal.reasons]
                raise ActionRefused(reasons) from refusal
            others.append(row)
    return others


def send_displayed(displayed: DisplayedRows, *, by: Any) -> int:
    """Send every displayed draft for review that was not sent yet. Returns their number."""
    sent = 0
    for row in rows_of(displayed):
        if row.state == WorkflowState.DRAFT:
            send_for_review(row, by=by)
            sent += 1
    return sent


def send_back_displayed(displayed: DisplayedRows, *, text: str, by: Any) -> ReviewResult:
    """Send the displayed rows that wait for review back to their authors, with one remark.

    Each by itself.
    """
    result = ReviewResult()
    for row in rows_of(displayed):
        try:
            request_changes(row, text=text, by=by)
            result.done += 1
        except ActionRefused as refusal:
            result.refused.append((row, refusal.reasons))
    return result


def rows_of(displayed: Iterable[tuple[str, int]]) -> list[Publishable]:
    """The rows of these kinds and keys that still exist, in the order of the kinds."""
    keys: dict[str, list[int]] = {}
    for kind, key in displayed:
        keys.setdefault(kind, []).append(key)
    return [
        row
        for kind, kind_keys in keys.items()
        for row in MODELS[kind]._default_manager.filter(pk__in=kind_keys).order_by("pk")
    ]
