"""A list as references: first the list itself, then each row, in BibTeX, RIS and CSL-JSON.

The first reference is where these formats have a place for what the list is: its words, its count,
the state of the record and the licence. Of one entry there is its own reference alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

from django.utils.translation import override

from kb.dates import UNKNOWN, FuzzyDate
from kb.formats.references import Reference, ReferenceForm, csl_item
from kb.formats.view import FormatContext, FormatRow
from kb.record.answers import EntryRow, SourceRow
from kb.record.quotation import quotation_of

Write = Callable[[FormatContext, Iterable[FormatRow]], Iterator[bytes]]


def reference_writer(form: ReferenceForm) -> Write:
    """What writes a list in one form of reference."""
    if form.name == "csl":
        return _csl

    def write(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
        for number, ref in enumerate(list_references(view, rows)):
            joint = "\r\n" if form.name == "ris" else "\n"
            yield ((joint if number else "") + form.write(ref)).encode("utf-8", "replace")

    return write


def list_references(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[Reference]:
    """The view's own reference, unless it is one entry, then each row's."""
    if not view.is_entry:
        yield view_reference(view)
    for row in rows:
        yield (
            source_row_reference(cast(SourceRow, row), view)
            if view.kind == "sources"
            else entry_reference(cast(EntryRow, row), view)
        )


def view_reference(view: FormatContext) -> Reference:
    """The list in the state that the record is in."""
    return Reference(
        kind="view",
        title=view.words,
        url=view.page,
        site=view.site.name,
        issued=_day(view.changed_at),
        note=view.about,
    )


def entry_reference(row: EntryRow, view: FormatContext) -> Reference:
    """The version of the entry that the row is."""
    return Reference(
        kind=row["kind"],
        title=row["headline"],
        url=f"{view.site.at(row['url'])}history/{row['version']}/",
        site=view.site.name,
        id=row["id"],
        version=row["version"],
        issued=_day(datetime.fromisoformat(row["published_at"])),
        note=words_note(row),
    )


def words_note(row: Mapping[str, Any]) -> str:
    """What kind of words a statement shows, in English; "" for exact words and other records."""
    with override("en"):
        return quotation_of(row).labels


def source_row_reference(row: SourceRow, view: FormatContext) -> Reference:
    """The source that a row of their index is."""
    publisher = row["publisher"]["name"] if row["publisher"] else ""
    return source_reference(
        {**row, "source_kind": row["kind"], "url": row["link"]},
        publisher=publisher,
        page=view.site.at(row["url"]),
        site=view.site.name,
    )


def source_reference(
    document: Mapping[str, Any], *, publisher: str, page: str, site: str
) -> Reference:
    """The source itself. ``page`` is the absolute address of what the record holds on it."""
    return Reference(
        kind="source",
        title=document["title"],
        url=document["url"],
        site=site,
        id=document["id"],
        issued=FuzzyDate.from_json(document["published"]),
        author=document["byline"],
        publisher=publisher,
        form=document["source_kind"],
        language=document["language"],
        accessed=_iso(document["accessed_on"]),
        archive_url=document["archive_url"],
        archived=_iso(document["archived_on"]),
        # Without an address of its own, what the record holds on it is all there is to follow.
        note="" if document["url"] else f"{site}: {page}",
    )


def _csl(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    joint = "["
    for ref in list_references(view, rows):
        item = json.dumps(csl_item(ref), ensure_ascii=False, separators=(",", ":"))
        yield f"{joint}\n{item}".encode("utf-8", "replace")
        joint = ","
    yield b"\n]\n"


def _iso(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _day(moment: datetime | None) -> FuzzyDate:
    return FuzzyDate(moment.date().isoformat()) if moment else UNKNOWN
