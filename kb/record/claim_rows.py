"""A claim and its positions as readers and programs get them: every id a name and a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from kb.dates import FuzzyDate
from kb.record.addresses import record_path
from kb.record.answers import ClaimDetails, EntryLink, PositionRow, RecordLink
from kb.record.date_words import date_with_words
from kb.record.documents import Account, Date, Document
from kb.record.models import Entry, Revision
from kb.record.named_records import Names
from kb.record.number_words import number_words
from kb.record.query import TimelineQuery
from kb.record.quotation import Quotation, printed_words, quotation_of, quoted_citation
from kb.record.rows import Row, rows_for_entries
from kb.record.voice_words import voice_names


def claim_details(revision: Revision, is_contested: bool, names: Names) -> ClaimDetails:
    """A claim itself, from its live revision."""
    document = revision.document
    return {
        **names.claim(document),
        "slug": revision.slug,
        "options": document["options"],
        "unit": document["unit"],
        "incident": names.link(document["incident"]),
        "events": names.entry_links(document["events"]),
        "contested": is_contested,
        "version": revision.number,
        "published_at": revision.published_at.isoformat(),
    }


def position_rows(
    claim: Document,
    accounts: Sequence[Account],
    names: Names,
    known_since: Mapping[str, date | None],
    known: FuzzyDate | None = None,
) -> list[PositionRow]:
    """The rows of positions on a claim, in the same order.

    ``names`` are of the claim with these positions. Costs seven queries, however many there are.
    """
    entries = statement_entries(accounts)
    rows = {row["id"]: row for row in rows_for_entries(entries, TimelineQuery(known=known), names)}
    return [
        _position_row(account, claim, rows.get(account["statement"] or ""), names, known_since)
        for account in accounts
    ]


def statement_entries(accounts: Sequence[Account]) -> list[Entry]:
    """The statements with these positions, with their revisions, in the order of time."""
    ids = {account["statement"] for account in accounts if account["statement"]}
    return list(Entry.objects.filter(public_id__in=ids).select_related("revision"))


def answer_words(account: Account, claim: Document, names: Names) -> str:
    """The value that a position gives as answer, in words; "" for yes, no and none."""
    if account["date"]["edtf"]:
        return str(FuzzyDate.from_json(dict(account["date"])).words())
    if account["number"]:
        return number_words(account["number"], claim["unit"])
    actor = names.actor(account["actor"])
    return actor["name"] if actor else account["option"]


def account_quotation(account: Account, row: Row | None) -> Quotation:
    """The words that carry a position, or else all of its statement, with their kind."""
    if row is None:
        return printed_words(account["exact"])
    quotation = quotation_of(row)
    return quotation.with_words(account["exact"]) if account["exact"] else quotation


def _position_row(
    account: Account,
    claim: Document,
    row: Row | None,
    names: Names,
    known_since: Mapping[str, date | None],
) -> PositionRow:
    source = names.documents.get(account["source"] or "")
    publisher = names.actor(source["publisher"]) if source else None
    since = known_since.get(account["statement"] or account["source"] or "")
    quotation = account_quotation(account, row)
    cited = quoted_citation(row) if row else None
    number = account["number"]
    return {
        "position": account["position"],
        "answer": answer_words(account, claim, names),
        "date": date_with_words(account["date"]) if account["date"]["edtf"] else None,
        "option": account["option"],
        "number": {
            **number,
            "unit": claim["unit"],
            "words": number_words(number, claim["unit"]),
        }
        if number
        else None,
        "actor": names.actor(account["actor"]),
        "exact": account["exact"],
        "quotation": {
            "words": quotation.words,
            "kind": quotation.kind,
            "label": quotation.label,
            "note": quotation.note,
            "cited": cited["source"]["id"] if cited else account["source"],
        }
        if quotation.words
        else None,
        "holder": names.actor(account["holder"]),
        "speaker": voice_names(row["voice"]) if row else publisher["name"] if publisher else "",
        "role": row["voice"]["role"] if row else "",
        "stated": _stated(row, source),
        "known_since": since.isoformat() if since else None,
        "statement": _entry_link(row) if row else None,
        "sources": _sources(account, row, names),
        "note": account["note"],
    }


def _stated(row: Row | None, source: Document | None) -> Date | None:
    if row:
        return row["date"]
    return date_with_words(source["published"]) if source else None


def _entry_link(row: Row) -> EntryLink:
    return {
        "id": row["id"],
        "slug": row["slug"],
        "title": row["title"],
        "url": row["url"],
        "headline": row["headline"],
    }


def _sources(account: Account, row: Row | None, names: Names) -> list[RecordLink]:
    """The sources that a statement cites, each once; or the source that reports."""
    if row is None:
        return names.links([account["source"] or ""])
    sources = {citation["source"]["id"]: citation["source"] for citation in row["citations"]}
    return [
        {
            "id": source["id"],
            "slug": source["slug"],
            "title": source["title"],
            "url": record_path("source", source["slug"]),
        }
        for source in sources.values()
    ]
