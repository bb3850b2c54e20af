"""The records that documents name, as links: each id with its title and address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kb.record.addresses import record_path
from kb.record.answers import ActorLink, Claim, EntryLink, RecordLink
from kb.record.date_words import date_with_words
from kb.record.documents import Date, Document, referenced_ids
from kb.record.headlines import entry_headline
from kb.record.models import Revision
from kb.record.request_headlines import document_headline
from kb.record.vocabulary import RecordKind


class Names:
    """The documents that some documents name, fetched in one query a step."""

    def __init__(
        self,
        documents: Iterable[Document],
        *,
        also: Collection[str] = (),
        along: Mapping[str, Document] | None = None,
    ) -> None:
        self.documents: dict[str, Document] = dict(along or {})
        public_ids = {
            public_id for document in documents for public_id in referenced_ids(document)
        } | set(also)
        self._fetch(public_ids)
        # A second step for what a source names: its publisher.
        named = list(self.documents.values())
        self._fetch({public_id for document in named for public_id in referenced_ids(document)})
        # A third for the accounts of events that are only named; mostly there is nothing to ask.
        self._fetch(
            {
                public_id
                for document in named
                for account in document.get("according_to", ())
                if (voice := self.documents.get(account["statement"] or account["source"] or ""))
                for public_id in referenced_ids(voice)
            }
        )

    def _fetch(self, public_ids: set[str]) -> None:
        missing = public_ids - self.documents.keys()
        rows = Revision.objects.live().filter(public_id__in=missing)
        self.documents |= dict(rows.values_list("public_id", "document"))

    def link(self, public_id: str | None) -> RecordLink | None:
        """Title and address of the record with this id; None if it is not live."""
        document = self.documents.get(public_id or "")
        if not document:
            return None
        is_request = document["kind"] == RecordKind.REQUEST
        return {
            "id": document["id"],
            "slug": document["slug"],
            "title": document_headline(document, self.documents)
            if is_request
            else document["title"],
            "url": record_path(document["kind"], document["slug"]),
        }

    def links(self, public_ids: Iterable[str]) -> list[RecordLink]:
        return [link for public_id in public_ids if (link := self.link(public_id))]

    def entry_link(self, public_id: str | None) -> EntryLink | None:
        """The link to an entry, with its headline; None if it is not live."""
        link = self.link(public_id)
        if not link:
            return None
        words = entry_headline(self.documents[link["id"]], self.documents).words
        return {**link, "headline": words}

    def entry_links(self, public_ids: Iterable[str]) -> list[EntryLink]:
        return [link for public_id in public_ids if (link := self.entry_link(public_id))]

    def actor(self, public_id: str | None) -> ActorLink | None:
        document = self.documents.get(public_id or "")
        if not document:
            return None
        return {
            "id": document["id"],
            "slug": document["slug"],
            "name": document["title"],
            "kind": document["actor_kind"],
            "url": record_path("actor", document["slug"]),
        }

    def actors(self, public_ids: Iterable[str]) -> list[ActorLink]:
        return [actor for public_id in public_ids if (actor := self.actor(public_id))]

    def claim(self, claim: Document) -> Claim:
        """A claim with its address on the page of its incident."""
        return {
            "id": claim["id"],
            "text": claim["title"],
            "question": claim["question"],
            "url": self.claim_url(claim),
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

    def claim_url(self, claim: Document) -> str:
        """The address of a claim on its incident's page; empty if the incident is not live."""
        incident = self.link(claim["incident"])
        return f"{incident['url']}claims/#{claim['slug']}" if incident else ""
