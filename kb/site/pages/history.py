"""The context of a record's history: its versions, and two of them compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.history import is_tombstone, versions
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.parameter_errors import unknown_parameter
from kb.record.revision_headlines import revision_headline
from kb.record.vocabulary import Change
from kb.site.http.parameters import InvalidParameters
from kb.site.pages.document_words import FieldChange, field_changes
from kb.site.pages.page_meta import Head, page_head

HISTORY_PARAMETERS = ("old", "new")
MAX_NUMBER_DIGITS = 6


class VersionLine(TypedDict):
    """One version in a list. A tombstone has no ``url``; the first version no ``compare_url``."""

    number: int
    on: datetime
    change_words: str
    is_link: bool
    note: str
    url: str
    compare_url: str


class HistoryContext(TypedDict):
    """``old`` and ``new`` are 0 if no versions are compared."""

    title: str
    path: str
    versions: list[VersionLine]
    old: int
    new: int
    changes: list[FieldChange]
    withdrawn: bool
    reason: str
    description: str
    head: Head
    nav: str


def history_context(request: HttpRequest, current: Revision) -> HistoryContext:
    """All versions of a record, newest first, and the comparison of two of them.

    Raises InvalidParameters.
    """
    revisions = list(versions(current.public_id).defer("document"))
    old, new = _compared_numbers(request.GET, revisions)
    path = record_path(current.kind, current.slug)
    headline = revision_headline(current).words
    description = _(
        "All published versions. A published version is never edited; a new version replaces it."
    )
    return {
        "title": headline,
        "path": path,
        "versions": _version_lines(revisions, path),
        "old": old,
        "new": new,
        "changes": _changes(current.public_id, old, new) if old and new else [],
        "withdrawn": is_tombstone(current),
        "reason": current.note,
        "description": description,
        "head": page_head(request, _("History: %(title)s") % {"title": headline}, description),
        "nav": "changes",
    }


def _compared_numbers(data: QueryDict, revisions: Sequence[Revision]) -> tuple[int, int]:
    """The numbers of the two versions to compare; zeros if there is nothing to compare.

    Without ``old`` it is the version before ``new``; without both, the two newest versions are
    compared. Raises InvalidParameters.
    """
    # A withdrawn record compares no versions, but links to comparisons from before lead to it. A
    # tombstone has no content to compare.
    is_withdrawn = is_tombstone(revisions[0])
    numbers = {
        revision.number for revision in revisions if is_withdrawn or not is_tombstone(revision)
    }
    newest = sorted(numbers)[-2:]
    old, new = newest if len(newest) == 2 else (0, 0)
    errors = {
        name: unknown_parameter(HISTORY_PARAMETERS)
        for name in data
        if name not in HISTORY_PARAMETERS
    }
    chosen = {
        name: _version_number(data.get(name) or "", numbers)
        for name in HISTORY_PARAMETERS
        if name in data
    }
    for name, number in chosen.items():
        if number is None:
            errors[name] = _("This version does not exist. Choose another version to compare.")
    if errors:
        raise InvalidParameters(errors, data)
    if is_withdrawn:
        return 0, 0
    new = chosen.get("new") or new
    if "new" in chosen and "old" not in chosen:
        old = max((number for number in numbers if number < new), default=0)
    return chosen.get("old") or old, new


def _version_number(text: str, numbers: Collection[int]) -> int | None:
    """The number of an existing version; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS
    return int(text) if is_number and int(text) in numbers else None


def _changes(public_id: str, old: int, new: int) -> list[FieldChange]:
    rows = versions(public_id).filter(number__in=(old, new))
    documents = dict(rows.values_list("number", "document"))
    # Earlier versions name records that were merged since.
    names = Names(list(documents.values()), at=timezone.now())
    return field_changes(documents[old], documents[new], names)


def _version_lines(revisions: Sequence[Revision], path: str) -> list[VersionLine]:
    """A line for each version, newest first; each links to a comparison with the one before."""
    numbers = [revision.number for revision in revisions if not is_tombstone(revision)]
    return [
        _version_line(
            revision, path, next((number for number in numbers if number < revision.number), 0)
        )
        for revision in revisions
    ]


def _version_line(revision: Revision, path: str, previous: int) -> VersionLine:
    has_content = not is_tombstone(revision)
    return {
        "number": revision.number,
        "on": revision.published_at,
        "change_words": str(Change(revision.change).label),
        "is_link": revision.change == Change.LINK,
        "note": revision.note,
        "url": f"{path}history/{revision.number}/" if has_content else "",
        "compare_url": f"{path}history/?old={previous}&new={revision.number}"
        if previous and has_content
        else "",
    }
