"""The fields of a row that only a request for comment has."""

from __future__ import annotations

from kb.record.answers import AnswerLink, EntryRow
from kb.record.documents import Document
from kb.record.named_records import Names
from kb.record.request_headlines import document_headline


def add_request(row: EntryRow, document: Document, names: Names) -> None:
    """Add the fields of RequestEntry. The title is the headline in the language of the page."""
    row["title"] = document_headline(document, names.documents)
    row["asked_by"] = names.actor(document["asked_by"])
    row["asked"] = names.actors(document["asked"])
    row["outcome"] = document["outcome"]
    row["no_reply_by"] = names.worded_date(document["no_reply_by"])
    row["answer"] = _answer(document, names)
    row["text"] = document["text"]
    row["about"] = names.entry_links(document["about"])
    row["claims"] = names.claims(document["claims"])


def request_parts(document: Document) -> list[tuple[str | None, str]]:
    """The actors of a request with their roles."""
    asked = [(public_id, "asked") for public_id in document["asked"]]
    return [(document["asked_by"], "asked_by"), *asked]


def _answer(document: Document, names: Names) -> AnswerLink | None:
    link = names.link(document["answer"])
    date = names.worded_date(names.documents[link["id"]]["date"]) if link else None
    return {**link, "date": date} if link and date else None
