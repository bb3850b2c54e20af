"""The contexts of a record's history and of one version of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.addresses import record_path
from kb.record.claim_accounts import with_live_accounts
from kb.record.document_diff import Piece, WordsOf, document_differences, document_texts
from kb.record.documents import Document, referenced_ids
from kb.record.filters import FORM_CHOICES, STANDING_CHOICES
from kb.record.headlines import ACCOUNT_STANDINGS, entry_headline
from kb.record.history import is_tombstone, versions
from kb.record.languages import language_words
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.parameter_errors import unknown_parameter
from kb.record.rendering import row_with_html
from kb.record.revision_headlines import revision_headline
from kb.record.role_words import role_words
from kb.record.rows import Row, row_for_version
from kb.record.vocabulary import (
    ACTOR_KIND_LABELS,
    ATTRIBUTION_LABELS,
    BEARING_LABELS,
    DERIVATION_LABELS,
    ENTRY_KINDS,
    NAME_KIND_LABELS,
    POSITION_LABELS,
    REQUEST_OUTCOME_LABELS,
    ROLE_LABELS,
    SAID,
    SOURCE_KIND_LABELS,
    TOMBSTONE_CHANGES,
    WORDING_LABELS,
    Certainty,
    Change,
    LinkKind,
    NumberBound,
    Question,
    RecordKind,
)
from kb.site.embed.snippets import EmbedPanel, embed_panel, entry_embed
from kb.site.http.parameters import InvalidParameters
from kb.site.pages.cite import (
    CitePage,
    CitePanel,
    CopyForm,
    cite_entry_panel,
    copy_forms,
    pop_cite_form,
)
from kb.site.pages.labels import FIELD_LABELS
from kb.site.pages.page_meta import Head, page_head

HISTORY_PARAMETERS = ("old", "new")
MAX_NUMBER_DIGITS = 6
# The labels of stored values, by the name of the field or of a part of it.
VALUE_LABELS: Mapping[str, Mapping[str, str | Promise]] = {
    "standing": STANDING_CHOICES,
    "form": FORM_CHOICES,
    "wording": WORDING_LABELS,
    "outcome": {**REQUEST_OUTCOME_LABELS, SAID: gettext_lazy("said")},
    "attribution": ATTRIBUTION_LABELS,
    "role": ROLE_LABELS,
    "bearing": BEARING_LABELS,
    "identity": dict(Certainty.choices),
    "same_speaker_certainty": dict(Certainty.choices),
    "bound": dict(NumberBound.choices),
    "position": POSITION_LABELS,
    "question": dict(Question.choices),
    "derivation": DERIVATION_LABELS,
    "actor_kind": ACTOR_KIND_LABELS,
    "source_kind": SOURCE_KIND_LABELS,
    "kind": {**NAME_KIND_LABELS, **dict(LinkKind.choices)},
    "quoted": {"quoted": gettext_lazy("the words shown")},
    "inferred": {"inferred": gettext_lazy("inferred by the editor")},
}


class VersionLine(TypedDict):
    """One version in a list. A tombstone has no ``url``; the first version no ``compare_url``."""

    number: int
    on: datetime
    change_words: str
    is_link: bool
    note: str
    url: str
    compare_url: str


class FieldChange(TypedDict):
    label: str
    pieces: list[Piece]


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


class FieldText(TypedDict):
    label: str
    text: str


class VersionContext(TypedDict):
    title: str
    path: str
    version: VersionLine
    is_current: bool
    superseded: datetime | None
    last: int
    fields: list[FieldText]
    sha256: str
    embed: EmbedPanel | None
    row: Row | None
    cite: CitePanel | None
    copy: list[CopyForm]
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
        "changes": _field_changes(current.public_id, old, new) if old and new else [],
        "withdrawn": is_tombstone(current),
        "reason": current.note,
        "description": description,
        "head": page_head(request, _("History: %(title)s") % {"title": headline}, description),
        "nav": "changes",
    }


def version_context(request: HttpRequest, current: Revision, version: Revision) -> VersionContext:
    """One version of the record, as it was published."""
    path = record_path(current.kind, current.slug)
    (document,) = _shown_documents([version.document])
    words_of = _words_of([document])
    headline = revision_headline(version).words
    description = _("Version %(number)d of %(last)d, as published.") % {
        "number": version.number,
        "last": current.number,
    }
    is_entry = current.kind in ENTRY_KINDS
    row = row_with_html(row_for_version(version)) if is_entry else None
    cite_page = CitePage(pop_cite_form(request.GET.copy()), f"{path}history/{version.number}/")
    head = page_head(request, headline, description)
    # The canonical page of a record is that of its current version.
    head["canonical"] = ""
    return {
        "title": headline,
        "path": path,
        "version": _version_line(version, path, _previous_number(version)),
        "is_current": version.superseded_at is None,
        "superseded": version.superseded_at,
        "last": current.number,
        "fields": [
            {"label": str(FIELD_LABELS.get(name, name)), "text": text}
            for name, text in document_texts(document, words_of).items()
            if text
        ],
        "sha256": version.sha256,
        "embed": embed_panel(entry_embed(headline, request.path)) if is_entry else None,
        "row": row,
        "cite": cite_entry_panel(row, cite_page) if row else None,
        "copy": copy_forms(row) if row else [],
        "head": head,
        "nav": "changes",
    }


def _previous_number(version: Revision) -> int:
    """The number of the last version before this one that is no tombstone; 0 if there is none."""
    earlier = versions(version.public_id).filter(number__lt=version.number)
    numbers = earlier.exclude(change__in=TOMBSTONE_CHANGES).values_list("number", flat=True)
    return numbers.first() or 0


def _compared_numbers(data: QueryDict, revisions: Sequence[Revision]) -> tuple[int, int]:
    """The numbers of the two versions to compare; zeros if there is nothing to compare.

    Without ``old`` it is the version before ``new``; without both, the two newest versions are
    compared. Raises InvalidParameters.
    """
    # A withdrawn record shows no versions; a tombstone has no content to compare.
    is_withdrawn = is_tombstone(revisions[0])
    numbers = {
        revision.number for revision in revisions if not is_withdrawn and not is_tombstone(revision)
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
    new = chosen.get("new") or new
    if "new" in chosen and "old" not in chosen:
        old = max((number for number in numbers if number < new), default=0)
    return chosen.get("old") or old, new


def _version_number(text: str, numbers: Collection[int]) -> int | None:
    """The number of an existing version; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS
    return int(text) if is_number and int(text) in numbers else None


def _field_changes(public_id: str, old: int, new: int) -> list[FieldChange]:
    rows = versions(public_id).filter(number__in=(old, new))
    stored = dict(rows.values_list("number", "document"))
    before, after = _shown_documents([stored[old], stored[new]])
    words_of = _words_of([before, after])
    return [
        {
            "label": str(FIELD_LABELS.get(difference.field, difference.field)),
            "pieces": difference.pieces,
        }
        for difference in document_differences(before, after, words_of)
    ]


def _shown_documents(documents: list[Document]) -> list[Document]:
    """The versions without the words of records that were withdrawn since."""
    is_claim = documents[0]["kind"] == RecordKind.PROPOSITION
    return with_live_accounts(documents) if is_claim else documents


def _words_of(documents: Sequence[Document]) -> WordsOf:
    """Titles for the public ids in the documents, labels for stored values, other text as it is."""
    names = Names(documents)
    public_ids = {public_id for document in documents for public_id in referenced_ids(document)}

    standing = next((document["standing"] for document in documents if _is_account(document)), "")

    def words_of(name: str, text: str) -> str:
        if name == "role" and standing:
            return role_words(text, standing)
        if text in public_ids and (document := names.documents.get(text)):
            is_entry = document["kind"] in ENTRY_KINDS
            headline = entry_headline(document, names.documents) if is_entry else None
            return headline.words if headline else str(document["title"])
        if name in ("language", "original_language"):
            return language_words(text)
        return str(VALUE_LABELS.get(name, {}).get(text, text))

    return words_of


def _is_account(document: Document) -> bool:
    return document.get("standing", "") in ACCOUNT_STANDINGS


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
