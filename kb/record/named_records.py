"""The records that documents name, as links: each id with its title and address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from kb.record.addresses import record_path
from kb.record.answers import ActorLink, CitedSource, Claim, EntryLink, RecordLink
from kb.record.date_words import date_with_words
from kb.record.documents import Date, Document, referenced_ids
from kb.record.headlines import account_holders, entry_headline
from kb.record.past_records import documents_at
from kb.record.request_headlines import document_headline
from kb.record.vocabulary import RecordKind


def _ids_for_link(document: Document) -> set[str]:
    """The records that a link to a document is made of.

    Of a claim not all of its positions, of which there may be hundreds: only the sources that
    report some, by which a past day is decided.
    """
    if document["kind"] != RecordKind.PROPOSITION:
        return referenced_ids(document)
    accounts = [account for account in document["accounts"] if not account["statement"]]
    return {account["source"] for account in accounts if account["source"]}


class Names:
    """The documents that some documents name, fetched in one query a step.

    ``along`` are documents that are not on the record. Links are remembered, so the names belong
    to one language and one state of the record: that of today, or just before the moment ``at``
    (``documents_at``), where a step costs two queries.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        *,
        also: Collection[str] = (),
        along: Mapping[str, Document] | None = None,
        at: datetime | None = None,
    ) -> None:
        self.moment = at
        self.documents: dict[str, Document] = dict(along or {})
        self._asked: set[str] = set(self.documents)
        # The documents for which everything has been fetched that their links are made of.
        self._complete: set[str] = set()
        self._links: dict[str, RecordLink] = {}
        self._headlines: dict[str, str] = {}
        self._actors: dict[str, ActorLink] = {}
        self._sources: dict[str, CitedSource] = {}
        self.add(documents, also=self._asked.union(also))

    def add(self, documents: Iterable[Document], *, also: Collection[str] = ()) -> None:
        """Fetch what these documents name, and the records ``also``; at most three queries."""
        public_ids = set(also)
        for document in documents:
            public_ids |= referenced_ids(document)
        self._fetch(public_ids)
        # A second step for what a source names: its publisher.
        added = public_ids - self._complete
        named = [self.documents[public_id] for public_id in added if public_id in self.documents]
        self._fetch({public_id for document in named for public_id in _ids_for_link(document)})
        # A third for whose account an event is that is only named; mostly there is nothing to ask.
        self._fetch(
            {
                public_id
                for document in named
                for holder in account_holders(document)
                if holder in self.documents
                for public_id in referenced_ids(self.documents[holder])
            }
        )
        self._complete |= added

    def dependencies(self, document: Document, *, also: Collection[str] = ()) -> set[str]:
        """The ids of all records that ``add`` fetches for this one document, live or not."""
        public_ids = referenced_ids(document).union(also)
        named = [self.documents[public_id] for public_id in public_ids & self.documents.keys()]
        second = {public_id for other in named for public_id in _ids_for_link(other)}
        holders = {holder for other in named for holder in account_holders(other)}
        third = {
            public_id
            for holder in holders & self.documents.keys()
            for public_id in referenced_ids(self.documents[holder])
        }
        return public_ids | second | third

    def fetch(self, public_ids: Collection[str]) -> None:
        """Fetch these records alone, as far as they were not asked for; at most one query a step.

        A link to one of them is made of what is there.
        """
        self._fetch(set(public_ids))

    def _fetch(self, public_ids: set[str]) -> None:
        missing = public_ids - self._asked
        self.documents |= documents_at(missing, self.moment)
        self._asked |= missing

    def link(self, public_id: str | None) -> RecordLink | None:
        """Title and address of the record with this id; None if it is not live."""
        if link := self._links.get(public_id or ""):
            return link.copy()
        document = self.documents.get(public_id or "")
        if not document:
            return None
        is_request = document["kind"] == RecordKind.REQUEST
        link = {
            "id": document["id"],
            "slug": document["slug"],
            "title": document_headline(document, self.documents)
            if is_request
            else document["title"],
            "url": record_path(document["kind"], document["slug"]),
        }
        if public_id in self._complete:
            self._links[link["id"]] = link
        return link.copy()

    def links(self, public_ids: Iterable[str]) -> list[RecordLink]:
        return [link for public_id in public_ids if (link := self.link(public_id))]

    def entry_link(self, public_id: str | None) -> EntryLink | None:
        """The link to an entry, with its headline; None if it is not live."""
        link = self.link(public_id)
        if not link:
            return None
        words = self._headlines.get(link["id"])
        if words is None:
            words = entry_headline(self.documents[link["id"]], self.documents).words
            if link["id"] in self._complete:
                self._headlines[link["id"]] = words
        return {**link, "headline": words}

    def entry_links(self, public_ids: Iterable[str]) -> list[EntryLink]:
        return [link for public_id in public_ids if (link := self.entry_link(public_id))]

    def actor(self, public_id: str | None) -> ActorLink | None:
        """Name and address of the actor with this id; None if it is not live."""
        if actor := self._actors.get(public_id or ""):
            return actor.copy()
        document = self.documents.get(public_id or "")
        if not document:
            return None
        actor = {
            "id": document["id"],
            "slug": document["slug"],
            "name": document["title"],
            "kind": document["actor_kind"],
            "url": record_path("actor", document["slug"]),
        }
        self._actors[actor["id"]] = actor
        return actor.copy()

    def source(self, public_id: str) -> CitedSource:
        """A live source that one of the documents cites."""
        if source := self._sources.get(public_id):
            return source.copy()
        document = self.documents[public_id]
        source = {
            "id": document["id"],
            "slug": document["slug"],
            "title": document["title"],
            "url": record_path("source", document["slug"]),
            "link": document["url"],
            "publisher": self.actor(document["publisher"]),
            "published": date_with_words(document["published"]),
            "archive_url": document["archive_url"],
            "language": document["language"],
            "kind": document["source_kind"],
            "byline": document["byline"],
        }
        if public_id in self._complete:
            self._sources[public_id] = source
        return source.copy()

    def actors(self, public_ids: Iterable[str]) -> list[ActorLink]:
        return [actor for public_id in public_ids if (actor := self.actor(public_id))]

    def claim(self, claim: Document) -> Claim:
        """A claim with its address."""
        return {
            "id": claim["id"],
            "text": claim["title"],
            "question": claim["question"],
            "options": claim["options"],
            "unit": claim["unit"],
            "url": record_path(claim["kind"], claim["slug"]),
        }

    def claims(self, public_ids: Iterable[str]) -> list[Claim]:
        return [
            self.claim(claim)
            for public_id in public_ids
            if (claim := self.documents.get(public_id))
        ]

    def worded_date(self, when: Date | None) -> Date | None:
        """A stored date with its words in the language of the page."""
        return date_with_words(when) if when else None
