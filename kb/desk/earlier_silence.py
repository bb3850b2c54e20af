"""Statements with the outcome “declined” or “no reply”, in exports of edition 1, as requests.

Migration ``desk.0015`` does the same to the rows of a database. It exists twice because that one
moves rows of the models of its time, and this one changes rows before they are stored, which the
constraints of today would refuse. The documents are converted by the same functions.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import F
from django.utils import timezone

from kb.desk.models import ImportedRow, Proposition, Request, Statement
from kb.record.documents.field import stored_document
from kb.record.migrations._silent_statements import (
    SILENT_OUTCOMES,
    silent_request_document,
    silent_request_revision,
)
from kb.record.models import Epoch, Revision
from kb.record.vocabulary import SAID, TOMBSTONE_CHANGES, RecordKind

_COPIED = (
    "public_id",
    "slug",
    "version",
    "state",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "outcome",
    "about",
    "incidents",
    "topics",
)
_PARTS_OF_DATE = ("", "_phrase", "_zone", "_time")


class EarlierSilenceError(ValueError):
    """A statement without words cannot become a request; the message says what to do."""


class EarlierRow(NamedTuple):
    """A row of the file: its table, its key, and its fields."""

    table: str
    key: Any
    fields: dict[str, Any]


class SilentStatements:
    """Converts rows one by one, in the order of the file, and the rest when all are stored."""

    def __init__(self) -> None:
        self.requests: dict[Any, int] = {}  # the key of each request by that of its statement
        self.public_ids: list[str] = []
        self.claims: dict[int, list[Any]] = defaultdict(list)

    def converted(self, row: EarlierRow) -> EarlierRow | None:
        """Return the row as it is stored today; None for one that a request cannot have.

        Raises EarlierSilenceError.
        """
        fields = row.fields
        if row.table == "desk.snapshot":
            return row._replace(fields=_snapshot(fields))
        if row.table == "desk.statement" and "outcome" in fields:
            if fields["outcome"] in SILENT_OUTCOMES:
                return self._request(row)
            _check_outcome(fields)
            remaining = {name: value for name, value in fields.items() if name != "outcome"}
            return row._replace(fields=remaining)
        if row.table == "desk.entrylink":
            return row._replace(fields=self._moved(self._moved(fields), "to_"))
        if fields.get("statement") not in self.requests:
            return row
        return self._part(row)

    def finish(self) -> None:
        """Change the rows that name such a statement, and publish the requests."""
        for request in Request.objects.filter(pk__in=self.claims):
            request.claims.add(*self.claims[request.pk])
        claims = {claim for claims in self.claims.values() for claim in claims}
        Proposition.objects.filter(pk__in=claims).update(version=F("version") + 1)
        # A request has no replies, and no speaker.
        statements = Statement.objects
        statements.filter(in_reply_to__in=self.requests).update(in_reply_to=None)
        statements.filter(same_speaker__in=self.requests).update(same_speaker=None)
        ImportedRow.objects.filter(kind=RecordKind.STATEMENT, public_id__in=self.public_ids).update(
            kind=RecordKind.REQUEST
        )
        _publish_requests()

    def _request(self, row: EarlierRow) -> EarlierRow:
        fields = row.fields
        party = fields["speaker"] or fields["on_behalf_of"]
        text = fields["text"] or ("" if party else fields["speaker_label"])
        if not party and not text:
            raise EarlierSilenceError(
                f"the statement “{fields['headline']}” has the outcome {fields['outcome']!r} but "
                "does not say who was asked. Name the speaker in the release that exported the "
                "file, and export it again."
            )
        key = self.requests[row.key] = len(self.requests) + 1
        self.public_ids.append(fields["public_id"])
        request = {name: fields[name] for name in _COPIED}
        request |= {f"asked_on{part}": fields.get(f"said{part}", "") for part in _PARTS_OF_DATE}
        request |= {
            "asked_by": min(fields["addressees"], default=None),
            "asked": [party] if party else [],
            "text": text,
        }
        return EarlierRow("desk.request", key, request)

    def _part(self, row: EarlierRow) -> EarlierRow | None:
        """A row that belongs to such a statement; None for accounts and positions."""
        if row.table == "desk.citation":
            return row._replace(fields=self._moved(row.fields) | {"quoted": False})
        request = self.requests[row.fields["statement"]]
        if row.table == "desk.stance" and row.fields["proposition"] not in self.claims[request]:
            self.claims[request].append(row.fields["proposition"])
        return None

    def _moved(self, fields: dict[str, Any], prefix: str = "") -> dict[str, Any]:
        """The fields with the request in place of its statement."""
        request = self.requests.get(fields[f"{prefix}statement"])
        if request is None:
            return fields
        return fields | {f"{prefix}statement": None, f"{prefix}request": request}


def _check_outcome(fields: dict[str, Any]) -> None:
    if fields["outcome"] != SAID:
        raise EarlierSilenceError(
            f"the statement “{fields['headline']}” has the outcome {fields['outcome']!r}, which is "
            f"not a valid value. Choose one of {', '.join((SAID, *SILENT_OUTCOMES))} in the "
            "release that exported the file, and export it again."
        )


def _snapshot(fields: dict[str, Any]) -> dict[str, Any]:
    document = fields["document"]
    is_silent = (
        fields["kind"] == RecordKind.STATEMENT and document.get("outcome") in SILENT_OUTCOMES
    )
    if not is_silent:
        return fields
    return fields | {
        "kind": RecordKind.REQUEST.value,
        "document": silent_request_document(document),
    }


def _publish_requests() -> None:
    """Publish a request in place of each published statement without words."""
    silent = (
        Revision.objects.current()
        .filter(kind=RecordKind.STATEMENT, document__outcome__in=SILENT_OUTCOMES)
        .exclude(change__in=TOMBSTONE_CHANGES)
        .order_by("pk")
    )
    now = timezone.now()
    revisions = list(silent)
    Revision.objects.filter(pk__in=[revision.pk for revision in revisions]).update(
        superseded_at=now
    )
    Revision.objects.bulk_create(
        Revision(
            **silent_request_revision(stored_document(revision.document), revision.number, now)
        )
        for revision in revisions
    )
    if revisions:
        epoch, _is_new = Epoch.objects.get_or_create(pk=1)
        epoch.number, epoch.changed_at = epoch.number + 1, now
        epoch.save()
