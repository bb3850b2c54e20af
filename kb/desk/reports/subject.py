"""What a report is about: the record that the address of the form names."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.addresses import PLURALS, record_path
from kb.record.history import is_tombstone
from kb.record.models import Revision
from kb.record.revision_headlines import revision_headline
from kb.record.vocabulary import ENTRY_KINDS, RecordKind

_PUBLIC_ID = re.compile(r"[a-z0-9]{1,12}")
# The list in which records of a kind are found: the name of its address.
_LISTS = {
    RecordKind.ACTOR: "actors",
    RecordKind.SOURCE: "sources",
    RecordKind.INCIDENT: "incidents",
    RecordKind.PROPOSITION: "incidents",
}


class ReportSubject(NamedTuple):
    """A published record, as it is named on the page of a report."""

    public_id: str
    kind: str
    version: int
    title: str
    url: str
    list_url: str
    list_title: str


def report_subject(public_id: str, version: str = "") -> ReportSubject | None:
    """The record with this id, and the version that a reader saw; None if readers see none.

    A version that does not exist is the current one. The title of a withdrawn record is its id.
    """
    if not _PUBLIC_ID.fullmatch(public_id):
        return None
    revision = Revision.objects.current().filter(public_id=public_id, kind__in=PLURALS).first()
    if revision is None:
        return None
    is_number = version.isascii() and version.isdecimal() and len(version) < 9
    number = int(version) if is_number and 1 <= int(version) <= revision.number else revision.number
    title = public_id if is_tombstone(revision) else revision_headline(revision).words
    name = "timeline" if revision.kind in ENTRY_KINDS else _LISTS[RecordKind(revision.kind)]
    return ReportSubject(
        public_id,
        revision.kind,
        number,
        title,
        record_path(revision.kind, revision.slug),
        reverse(name),
        _list_title(name),
    )


def _list_title(name: str) -> str:
    titles = {
        "timeline": _("Timeline"),
        "actors": _("Actors"),
        "sources": _("Sources"),
        "incidents": _("Incidents"),
    }
    return titles[name]
