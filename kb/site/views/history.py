"""The versions of a record: all of them, two compared in words, and one as it was."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.document_diff import WordsOf, document_differences, document_texts
from kb.record.documents import Document, referenced_ids
from kb.record.history import is_tombstone, revision_at, versions
from kb.record.models import Revision
from kb.record.rows import Names
from kb.record.vocabulary import (
    ACTOR_KIND_LABELS,
    ATTRIBUTION_LABELS,
    BEARING_LABELS,
    DERIVATION_LABELS,
    NAME_KIND_LABELS,
    OUTCOME_LABELS,
    POSITION_LABELS,
    RELIABILITY_LABELS,
    ROLE_LABELS,
    SOURCE_KIND_LABELS,
    STATEMENT_FORM_LABELS,
    TOMBSTONE_CHANGES,
    WORDING_LABELS,
    Change,
)
from kb.site.embed.snippets import embed_panel, entry_embed
from kb.site.http.decorators import reader_page
from kb.site.http.errors import tombstone_context
from kb.site.http.parameters import InvalidParameters
from kb.site.pages.labels import FIELD_LABELS, language_words
from kb.site.pages.page_meta import page_head

HISTORY_KINDS = ("actor", "source", "incident", "event", "statement")
EMBEDDED = ("event", "statement")
# What the codes in a document are called, by the name of the field or of its part.
CODES = {
    "standing": RELIABILITY_LABELS,
    "form": STATEMENT_FORM_LABELS,
    "wording": WORDING_LABELS,
    "outcome": OUTCOME_LABELS,
    "attribution": ATTRIBUTION_LABELS,
    "role": ROLE_LABELS,
    "bearing": BEARING_LABELS,
    "position": POSITION_LABELS,
    "derivation": DERIVATION_LABELS,
    "actor_kind": ACTOR_KIND_LABELS,
    "source_kind": SOURCE_KIND_LABELS,
    "kind": NAME_KIND_LABELS,
}


@reader_page
def record_history(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """All versions, newest first; ``old`` and ``new`` choose the two that are compared.

    Without ``old`` it is the text before ``new``.
    """
    current = revision_at(kind, slug)
    if current is None:
        return render(request, "errors/404.html", {}, status=404)
    found = list(versions(current.public_id).defer("document"))
    old, new = _chosen(request, found)
    path = record_path(kind, current.slug)
    said = _(
        "All published versions. A published version is never edited; a new version replaces it."
    )
    ctx = {
        "title": current.title,
        "path": path,
        "versions": _lines(found, path),
        "old": old,
        "new": new,
        "changes": _changes(current.public_id, old, new) if old and new else [],
        "withdrawn": is_tombstone(current),
        "reason": current.note,
        "said": said,
        "head": page_head(request, _("History: %(title)s") % {"title": current.title}, said),
        "nav": "changes",
    }
    return render(request, "history/history.html", ctx)


@reader_page
def record_version(request: HttpRequest, kind: str, slug: str, number: int) -> HttpResponse:
    """One version as it was published: what citations lead to."""
    current = revision_at(kind, slug)
    found = current and versions(current.public_id).filter(number=number).first()
    if current is None or found is None:
        return render(request, "errors/404.html", {}, status=404)
    gone = next((one for one in (current, found) if is_tombstone(one)), None)
    if gone is not None:
        return render(request, "errors/410.html", tombstone_context(gone), status=410)
    words_of = _words_of([found.document])
    said = _("Version %(number)d of %(last)d, as published.") % {
        "number": found.number,
        "last": current.number,
    }
    ctx = {
        "title": found.title,
        "path": record_path(kind, current.slug),
        "version": _line(found, record_path(kind, current.slug), _text_before(found)),
        "is_current": found.superseded_at is None,
        "superseded": found.superseded_at,
        "last": current.number,
        "fields": [
            {"label": FIELD_LABELS.get(name, name), "text": text}
            for name, text in document_texts(found.document, words_of).items()
            if text
        ],
        "sha256": found.sha256,
        "embed": embed_panel(entry_embed(found.title, request.path)) if kind in EMBEDDED else None,
        "head": page_head(request, found.title, said) | {"canonical": ""},
        "nav": "changes",
    }
    return render(request, "history/version.html", ctx)


def _text_before(version: Revision) -> int:
    """The number of the last version before this that was no tombstone; 0 if there is none."""
    earlier = versions(version.public_id).filter(number__lt=version.number)
    return (
        earlier.exclude(change__in=TOMBSTONE_CHANGES).values_list("number", flat=True).first() or 0
    )


def _chosen(request: HttpRequest, found: list[Revision]) -> tuple[int, int]:
    """The numbers of the two versions to compare; zeros where there is nothing to compare."""
    is_buried = is_tombstone(found[0])
    # A tombstone that was taken back says nothing that could be compared.
    there = {one.number for one in found if not is_buried and not is_tombstone(one)}
    errors = {
        name: _("No parameter has this name. Choose one of: old, new.")
        for name in request.GET
        if name not in ("old", "new")
    }
    newest = sorted(there)[-2:]
    old, new = newest if len(newest) == 2 else (0, 0)
    given = {"old": old, "new": new}
    for name in given:
        text = request.GET.get(name)
        if text is None:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text) in there):
            errors[name] = _("This version does not exist. Choose another version to compare.")
        else:
            given[name] = int(text)
    if errors:
        raise InvalidParameters(errors, request.GET)
    if "new" in request.GET and "old" not in request.GET:
        given["old"] = max((one for one in there if one < given["new"]), default=0)
    return given["old"], given["new"]


def _changes(public_id: str, old: int, new: int) -> list[dict]:
    rows = versions(public_id).filter(number__in=(old, new))
    documents = dict(rows.values_list("number", "document"))
    pair = (documents[old], documents[new])
    return [
        {"label": FIELD_LABELS.get(one.field, one.field), "pieces": one.pieces}
        for one in document_differences(*pair, _words_of(pair))
    ]


def _words_of(documents: tuple[Document, ...] | list[Document]) -> WordsOf:
    """Titles for the public ids that the documents name, words for codes; any other as it is."""
    names = Names(documents)
    known = {one for document in documents for one in referenced_ids(document)}

    def words_of(name: str, text: str) -> str:
        if text in known and (found := names.documents.get(text)):
            return str(found["title"])
        if name in ("language", "original_language"):
            return language_words(text)
        return str(CODES.get(name, {}).get(text, text))

    return words_of


def _lines(found: list[Revision], path: str) -> list[dict]:
    """A line for each version, the newest first; each is compared with the text before it."""
    texts = [one.number for one in found if not is_tombstone(one)]
    return [
        _line(one, path, next((number for number in texts if number < one.number), 0))
        for one in found
    ]


def _line(revision: Revision, path: str, before: int) -> dict:
    is_text = not is_tombstone(revision)
    return {
        "number": revision.number,
        "on": revision.published_at,
        "change_words": Change(revision.change).label,
        "is_link": revision.change == Change.LINK,
        "note": revision.note,
        "url": f"{path}history/{revision.number}/" if is_text else "",
        "compare_url": f"{path}history/?old={before}&new={revision.number}"
        if before and is_text
        else "",
    }
