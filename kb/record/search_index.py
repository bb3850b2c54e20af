"""The read index, made from documents alone: entries, their facets, and what is contested."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from kb.dates import FuzzyDate
from kb.record.claim_values import ANSWERS, account_values, actor_parts
from kb.record.differences import QuestionKind, disputed
from kb.record.documents import Document, referenced_ids, upgrade
from kb.record.entry_order import (
    AFTER,
    LINKED,
    key_alone,
    neighbours,
    order_all_entries,
    order_entries,
)
from kb.record.entry_origins import origin_facets, with_ancestors
from kb.record.graph import Edge
from kb.record.index_changes import note_changes, note_everything, note_rows, noting_changes
from kb.record.known_since import known_since
from kb.record.models import AddressIndex, Entry, Facet, Revision
from kb.record.months import month_number
from kb.record.near_addresses import index_addresses, remove_addresses
from kb.record.order_values import links_of
from kb.record.vocabulary import CONTESTED, ENTRY_KINDS, RecordKind, VoiceRole
from kb.record.voices import actors_of_statement
from kb.text.normalise import fold_name, search_text

INDEXED_KINDS = (*ENTRY_KINDS, RecordKind.PROPOSITION)


def position_count(document: Document) -> int:
    """How many statements and reports answer a proposition; one party may give several."""
    return sum(account["position"] in ANSWERS for account in document["accounts"])


def is_contested(document: Document, parts: Collection[Edge] = ()) -> bool:
    """Whether two accounts of a proposition differ, which is: cannot both be true.

    ``parts`` are those of ``actor_parts``, for claims that ask who.
    """
    return bool(disputed(account_values(document), parts))


def index_records(public_ids: Collection[str]) -> None:
    """Update the read index from the current revisions of these ids.

    Entries that name one of them are indexed again too: they are found by the publishers, dates
    and names of other records.
    """
    with transaction.atomic(), noting_changes():
        revisions = {
            revision.public_id: revision
            for revision in Revision.objects.live().filter(public_id__in=public_ids)
        }
        neighbours_before = neighbours(public_ids)
        _remove([public_id for public_id in public_ids if public_id not in revisions])
        index_addresses(revisions.values())
        dependants = (
            set(
                Facet.objects.filter(value__in=public_ids)
                .exclude(name=CONTESTED)
                .values_list("entry__public_id", flat=True)
            )
            - revisions.keys()
        )
        entries = [revision for revision in revisions.values() if revision.kind in ENTRY_KINDS]
        entries += Revision.objects.live().filter(public_id__in=dependants)
        _index_entries(entries)
        order_entries({revision.public_id for revision in entries}, before=neighbours_before)
        for revision in revisions.values():
            if revision.kind == "proposition":
                _index_proposition(revision)
        if any(revision.kind == "actor" for revision in revisions.values()):
            # What the actor is part of may have changed.
            claims = Revision.objects.live().filter(
                kind="proposition", document__question=QuestionKind.WHO.value
            )
            for revision in claims.exclude(public_id__in=revisions):
                _index_proposition(revision)


def rebuild_index() -> int:
    """Delete the index and make it from the revisions; return the number of entries in it."""
    with transaction.atomic(), noting_changes(everything=True):
        Entry.objects.all().delete()
        AddressIndex.objects.all().delete()
        others = Revision.objects.live().exclude(kind__in=INDEXED_KINDS).defer("document")
        index_addresses(list(others))
        indexed = Revision.objects.live().filter(kind__in=INDEXED_KINDS)
        ids = list(indexed.order_by("kind", "public_id").values_list("public_id", flat=True))
        for start in range(0, len(ids), 500):
            index_records(ids[start : start + 500])
        # Propositions once more: the events of the first chunks may not have stood yet.
        for revision in Revision.objects.live().filter(kind="proposition"):
            _index_proposition(revision)
        order_all_entries()
        analyze_tables()
    return Entry.objects.count()


def _remove(public_ids: Collection[str]) -> None:
    if not public_ids:
        return
    remove_addresses(public_ids)
    note_changes(public_ids)
    Entry.objects.filter(public_id__in=public_ids).delete()
    gone = Facet.objects.filter(name=CONTESTED, value__in=public_ids)
    events = set(gone.values_list("entry_id", flat=True))
    gone.delete()
    _set_contested(events)


def _index_entries(revisions: Iterable[Revision]) -> None:
    revisions = list(revisions)
    named = _documents_named(revisions)
    note_changes({revision.public_id for revision in revisions})
    for revision in revisions:
        entry, _ = Entry.objects.update_or_create(
            public_id=revision.public_id, defaults=_columns(revision, named)
        )
        entry.facets.exclude(name=CONTESTED).delete()
        Facet.objects.bulk_create(_facet_rows(entry, revision.document, named))
        _set_contested([entry.pk])


def index_in_bulk(revisions: Collection[Revision]) -> None:
    """Index events and statements that were never indexed before and that nothing names.

    Costs eight queries; for records that are made and not published, such as those of `bench/`.
    """
    index_addresses(revisions)
    for revision in revisions:  # as it is read, whatever its edition
        revision.document = upgrade(revision.document)
    named = _documents_named(revisions)
    note_everything()
    entries = Entry.objects.bulk_create(
        Entry(public_id=revision.public_id, **_columns(revision, named)) for revision in revisions
    )
    Facet.objects.bulk_create(
        row
        for entry, revision in zip(entries, revisions, strict=True)
        for row in _facet_rows(entry, revision.document, named)
    )


def analyze_tables() -> None:
    """Let PostgreSQL count what has come in bulk; on its own it does so a minute later.

    Until then it plans for an empty index, and a list that takes milliseconds can take minutes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Revision, Entry, Facet, AddressIndex):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _columns(revision: Revision, named: dict[str, Document]) -> dict[str, Any]:
    """What the row of an entry holds besides its id."""
    document = revision.document
    when = FuzzyDate.from_json(document["date"])
    return {
        "revision": revision,
        "kind": revision.kind,
        "earliest": when.earliest,
        "latest": when.latest,
        "first_month": month_number(when.earliest),
        "last_month": month_number(when.latest),
        "dated": not when.is_unknown,
        "sort_key": key_alone(document),
        "known_since": known_since(document, named),
        "standing": document.get("standing", ""),
        "search_text": _search_text(document, named),
    }


def _facet_rows(entry: Entry, document: Document, named: dict[str, Document]) -> list[Facet]:
    values = sorted(set(_facets(document, named)))
    return [Facet(entry=entry, name=name, value=value) for name, value in values]


def _documents_named(revisions: Collection[Revision]) -> dict[str, Document]:
    """The current documents of all that these name, of what those name, and of all origins."""
    documents: dict[str, Document] = {}
    public_ids = {
        public_id for revision in revisions for public_id in referenced_ids(revision.document)
    }
    for _ in range(2):
        rows = Revision.objects.live().filter(public_id__in=public_ids - documents.keys())
        new = dict(rows.values_list("public_id", "document"))
        documents |= new
        public_ids = {
            public_id for document in new.values() for public_id in referenced_ids(document)
        }
    return with_ancestors(documents)


def _facets(document: Document, named: dict[str, Document]) -> Iterator[tuple[str, str]]:
    yield "kind", document["kind"]
    yield from ((LINKED, link["to"]) for link in document["links"])
    yield from ((AFTER, link.earlier) for link in links_of(document))
    yield from (("incident", incident) for incident in document["incidents"])
    yield from (("topic", topic) for topic in document["topics"])
    for citation in document["citations"]:
        yield "source", citation["source"]
        source = named.get(citation["source"])
        publisher = source.get("publisher") if source else None
        if publisher:
            yield "publisher", publisher
    if place := document.get("place"):
        yield "place", fold_name(place["name"])
    yield from origin_facets(document, named)
    if document["kind"] == "event":
        yield "standing", document["standing"]
        yield from (("actor", participant["actor"]) for participant in document["actors"])
    elif document["kind"] == RecordKind.REQUEST:
        yield from _request_facets(document, named)
    else:
        yield from _statement_facets(document, named)


def _statement_facets(document: Document, named: dict[str, Document]) -> Iterator[tuple[str, str]]:
    roles = [(part, actor) for actor, part in actors_of_statement(document)]
    own = {actor for part, actor in roles if part in (VoiceRole.BY, VoiceRole.FOR)}
    for event in document["about"]:
        yield "event", event
        parts = named[event].get("actors", []) if event in named else []
        # Speaking of oneself is not being spoken of.
        roles += [
            ("about", participant["actor"])
            for participant in parts
            if participant["actor"] not in own
        ]
    for name, actor in roles:
        yield name, actor
        yield "actor", actor
    if document["in_reply_to"]:
        yield "reply_to", document["in_reply_to"]
    yield "form", document["form"]
    yield "language", document["language"]


def _request_facets(document: Document, named: dict[str, Document]) -> Iterator[tuple[str, str]]:
    """Never "by": who was asked has said nothing in the request."""
    roles = [("asked", actor) for actor in document["asked"]]
    if document["asked_by"]:
        roles.append(("asked_by", document["asked_by"]))
    for name, actor in roles:
        yield name, actor
        yield "actor", actor
    for event in document["about"]:
        yield "event", event
        parts = named[event].get("actors", []) if event in named else []
        yield from (("actor", participant["actor"]) for participant in parts)
    yield from (("claim", claim) for claim in document["claims"])
    if document["answer"]:
        yield "answer", document["answer"]


def _search_text(document: Document, named: dict[str, Document]) -> str:
    original = document.get("original") or {"text": ""}
    parts = [document["title"], document.get("summary", ""), document.get("text", "")]
    parts += [original["text"], document.get("voice", {}).get("label", "")]
    for public_id in sorted(referenced_ids(document)):
        other = named.get(public_id)
        if other and other["kind"] in ("actor", "topic"):
            parts.append(other["title"])
            parts += [name["name"] for name in other.get("other_names", [])]
    return search_text(*parts)


def _index_proposition(revision: Revision) -> None:
    facets = Facet.objects.filter(name=CONTESTED, value=revision.public_id)
    before = set(facets.values_list("entry_id", flat=True))
    facets.delete()
    after: set[int] = set()
    document = revision.document
    if is_contested(document, actor_parts([document])):
        events = Entry.objects.filter(public_id__in=document["events"])
        after = set(events.values_list("pk", flat=True))
        Facet.objects.bulk_create(
            Facet(entry_id=pk, name=CONTESTED, value=revision.public_id) for pk in sorted(after)
        )
    _set_contested(before | after)


def _set_contested(entries: Collection[int]) -> None:
    """Update ``standing=contested`` of these entries from the propositions."""
    if not entries:
        return
    note_rows(entries)
    contested = set(
        Facet.objects.filter(entry__in=entries, name=CONTESTED).values_list("entry_id", flat=True)
    )
    Facet.objects.filter(entry__in=entries, name="standing", value=CONTESTED).delete()
    Facet.objects.bulk_create(
        Facet(entry_id=pk, name="standing", value=CONTESTED) for pk in sorted(contested)
    )
