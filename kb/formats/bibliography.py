"""What is cited, for pages and files; and a list as references in BibTeX, RIS and CSL-JSON.

In a list, the first reference is that of the list itself, then each row has its own. There these
formats have a place for what the list is: its words, its count, the state of the record and the
licence. Of one entry there is its own reference alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, cast

from django.utils.translation import override

from kb.dates import UNKNOWN, FuzzyDate
from kb.formats.cited_work import Carrier, Reference, Speech
from kb.formats.references import ReferenceForm, csl_item
from kb.formats.view import FormatContext, FormatRow, SiteIdentity
from kb.record.addresses import data_path
from kb.record.answers import Citation, EntryRow, SourceRow, Voice
from kb.record.citation_words import relay_name
from kb.record.quotation import carrier_citation, quotation_of
from kb.record.vocabulary import Certainty
from kb.record.voice_words import ascribed_words
from kb.text.bylines import byline_names

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
            else entry_reference(cast(EntryRow, row), view.site)
        )


def view_reference(view: FormatContext) -> Reference:
    """The list in the state that the record is in: a compilation of this site."""
    return compilation_reference(
        "view",
        view.words,
        url=view.page,
        site=view.site.name,
        version=view.epoch,
        issued=_day(view.changed_at),
        note=view.about,
    )


def compilation_reference(
    kind: str,
    title: str,
    *,
    url: str,
    site: str,
    id: str = "",
    version: int,
    issued: FuzzyDate,
    note: str = "",
) -> Reference:
    """An incident, a claim or a list: what this site has put together itself."""
    return Reference(
        kind=kind,
        title=title,
        url=url,
        site=site,
        id=id,
        version=version,
        issued=issued,
        authors=(site,),
        note=note,
    )


def entry_reference(row: EntryRow, site: SiteIdentity) -> Reference:
    """The version of an entry that the row is.

    The speakers are the authors of a statement. The author of anything else is its carrier: who
    signed it, or who published it.
    """
    citation = carrier_citation(row)
    carrier = _carrier(row, citation)
    voice = row.get("voice")
    authors: tuple[str, ...] = ()
    issued = FuzzyDate.from_json(row["date"])
    if voice:
        authors = tuple(speaker["name"] for speaker in voice["speakers"])
        authors = authors or ((voice["label"],) if voice["label"] else ())
    elif citation:
        source = citation["source"]
        authors = byline_names(source["byline"]) or ((carrier.name,) if carrier else ())
        issued = FuzzyDate.from_json(dict(source["published"]))
    return Reference(
        kind=row["kind"],
        title=row["headline"],
        url=f"{site.at(data_path(row['url']))}history/{row['version']}/",
        site=site.name,
        id=row["id"],
        version=row["version"],
        issued=issued,
        authors=authors,
        carrier=carrier,
        speech=_speech(row, voice) if voice else None,
        language=_words_language(row, citation),
        note=words_note(row),
    )


def _carrier(row: EntryRow, citation: Citation | None) -> Carrier | None:
    if citation is None:
        return None
    source, via = citation["source"], citation["via"]
    publisher = source["publisher"]
    return Carrier(
        name=publisher["name"] if publisher else source["title"],
        title=source["title"] if publisher else "",
        place=citation["locator"],
        relay=relay_name(via) if via else "",
        link=source["link"],
        others=len(
            {other["source"]["id"] for other in row["citations"] if not other["via"]}
            - {source["id"]}
        ),
    )


def _speech(row: EntryRow, voice: Voice) -> Speech:
    ascribed = voice["attributed_to"]
    return Speech(
        kind=quotation_of(row).kind,
        label=voice["label"] if voice["speakers"] else "",
        role=voice["role"],
        principals=tuple(actor["name"] for actor in voice["principals"]),
        to=tuple(actor["name"] for actor in voice["to"]),
        ascribed=ascribed_words(ascribed) if ascribed else "",
        is_certain=voice["identity"] != Certainty.POSSIBLE,
    )


def _words_language(row: EntryRow, citation: Citation | None) -> str:
    """The language of the words that are cited."""
    return row.get("language") or (citation["source"]["language"] if citation else "")


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
        version=row["version"],
        site=view.site.name,
    )


def source_reference(
    document: Mapping[str, Any], *, publisher: str, page: str, version: int, site: str
) -> Reference:
    """The source itself. ``page`` is the absolute address of what the record holds on it."""
    return Reference(
        kind="source",
        title=document["title"],
        url=document["url"],
        site=site,
        id=document["id"],
        version=version,
        record_url=f"{page}history/{version}/",
        issued=FuzzyDate.from_json(document["published"]),
        authors=byline_names(document["byline"]),
        publisher=publisher,
        form=document["source_kind"],
        language=document["language"],
        accessed=_iso(document["accessed_on"]),
        archive_url=document["archive_url"],
        archived=_iso(document["archived_on"]),
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
