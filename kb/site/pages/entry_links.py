"""The links of an entry's page, in both directions: what it is to others, and they to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict

from kb.record.answers import EntryLink, EntryRelation, RecordLink
from kb.record.entry_values import LINKED
from kb.record.models import Entry
from kb.record.named_records import Names
from kb.record.rows import Row, entry_relations
from kb.record.vocabulary import LINK_LABELS, REVERSE_LINK_LABELS

MAX_LINKS = 50  # in each direction


class LinkLine(TypedDict):
    """One link: what it is in words, the other entry, and what it rests on."""

    label: str
    entry: EntryLink
    source: RecordLink | None
    exact: str
    inferred: bool


def link_lines(row: Row) -> list[LinkLine]:
    """The links of the entry of a row, then those of others to it. Three queries at most."""
    entries = Entry.objects.filter(facets__name=LINKED, facets__value=row["id"])
    return [
        *own_link_lines(row),
        *_links_to(row["id"], list(entries.select_related("revision")[:MAX_LINKS])),
    ]


def own_link_lines(row: Row) -> list[LinkLine]:
    """The links of the entry of a row."""
    lines = [_line(link, str(LINK_LABELS[link["kind"]]), link["entry"]) for link in row["links"]]
    return lines[:MAX_LINKS]


def _links_to(public_id: str, entries: Sequence[Entry]) -> Iterator[LinkLine]:
    documents = [entry.revision.document for entry in entries]
    if not documents:
        return
    names = Names(documents, also=[document["id"] for document in documents])
    for document in documents:
        other = names.entry_link(document["id"])
        for link in entry_relations(document, names):
            if other and link["entry"]["id"] == public_id:
                yield _line(link, str(REVERSE_LINK_LABELS[link["kind"]]), other)


def _line(link: EntryRelation, label: str, entry: EntryLink) -> LinkLine:
    return {
        "label": label,
        "entry": entry,
        "source": link["source"],
        "exact": link["exact"],
        "inferred": link["inferred"],
    }
