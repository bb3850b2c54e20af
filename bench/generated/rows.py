"""The rows of generated records: revisions, entries with their facets, and addresses.

They are what ``kb.record.search_index.rebuild_index`` makes of the same revisions. A test compares
all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from bench.generated.names import Source
from bench.generated.scenes import Claim, Draft
from bench.generated.templates import canonical
from kb.dates import FuzzyDate
from kb.record.addresses import PLURALS
from kb.record.contested import is_contested
from kb.record.contested_days import contested_since, since_value
from kb.record.documents import EDITION
from kb.record.ordering import BeforeLink, encode_key, order_keys
from kb.record.vocabulary import ORDERING_LINKS

FIRST_DAY = datetime(2022, 1, 1, 12)
PUBLISHED_FOR = timedelta(days=730)
# What a position has that gives no answer of a type.
NO_VALUE = {
    "date": FuzzyDate().to_json(), "option": "", "number": None, "actor": None, "note": "",
}  # fmt: skip
MAX_TITLE_LENGTH = 300
CORRECTION_NOTE = "The title was wrong."

# In the order of the columns below.
RevisionRow: TypeAlias = tuple[int, str, str, str, str, int, str, str, str, str, str | None, str]
EntryRow: TypeAlias = tuple[
    int,
    int,
    str,
    str,
    str | None,
    str | None,
    int | None,
    int | None,
    bool,
    str,
    str | None,
    str,
    str,
]
FacetRow: TypeAlias = tuple[int, str, str]
AddressRow: TypeAlias = tuple[str, str, str, str]
InputRow: TypeAlias = tuple[str, str]
COLUMNS = {
    "record_revision": (
        "id", "public_id", "kind", "slug", "title", "number", "document", "change", "note",
        "published_at", "superseded_at", "sha256",
    ),
    "record_entry": (
        "id", "revision_id", "public_id", "kind", "earliest", "latest", "first_month",
        "last_month", "dated", "sort_key", "known_since", "standing", "search_text",
    ),
    "record_facet": ("entry_id", "name", "value"),
    "record_addressindex": ("public_id", "kind", "slug", "reversed_slug"),
    "record_claiminput": ("claim", "record"),
}  # fmt: skip


class Rows(NamedTuple):
    """The rows of some records, by table."""

    revisions: list[RevisionRow]
    entries: list[EntryRow]
    facets: list[FacetRow]
    addresses: list[AddressRow]
    inputs: list[InputRow]

    def by_table(self) -> dict[str, list[Any]]:
        """The rows under the names of their tables, in the order in which to store them."""
        return dict(zip(COLUMNS, self, strict=True))


def empty_rows() -> Rows:
    return Rows([], [], [], [], [])


def add_revision(
    rows: Rows, key: int, kind: str, slug: str, title: str, document: str, public_id: str, when: str
) -> None:
    """Add the only revision of a record, and its address if it has a page."""
    digest = hashlib.sha256(document.encode()).hexdigest()
    rows.revisions.append(
        (key, public_id, kind, slug, title[:MAX_TITLE_LENGTH], 1, document, "first", "", when, None,
         digest)
    )  # fmt: skip
    if kind in PLURALS:
        rows.addresses.append((public_id, kind, slug, slug[::-1]))


def add_correction(rows: Rows, key: int, earlier_document: str, earlier_title: str) -> None:
    """Make the last revision a correction of one with this document, a day before."""
    last = rows.revisions.pop()
    _, public_id, kind, slug, title, _, document, _, _, when, _, digest = last
    before = str(datetime.fromisoformat(when) - timedelta(days=1))
    earlier_digest = hashlib.sha256(earlier_document.encode()).hexdigest()
    rows.revisions.append(
        (key, public_id, kind, slug, earlier_title[:MAX_TITLE_LENGTH], 1, earlier_document, "first",
         "", before, when, earlier_digest)
    )  # fmt: skip
    rows.revisions.append(
        (last[0], public_id, kind, slug, title, 2, document, "correction", CORRECTION_NOTE, when,
         None, digest)
    )  # fmt: skip


def named_rows(documents: Iterable[dict[str, Any]]) -> Rows:
    """The rows of actors, incidents, topics and sources; their keys begin at 1."""
    rows, when = empty_rows(), str(FIRST_DAY)
    for key, document in enumerate(documents, 1):
        add_revision(
            rows, key, document["kind"], document["slug"], document["title"], canonical(document),
            document["id"], when,
        )  # fmt: skip
    return rows


def sort_keys(entries: list[Draft]) -> dict[str, str]:
    """The sort keys of the entries of a scene that ordering links connect; the others are alone."""
    connected: dict[str, Draft] = {}
    links = []
    for entry in entries:
        if entry.linked and entry.link_kind in ORDERING_LINKS:
            connected[entry.id], connected[entry.linked.id] = entry, entry.linked
            links.append(BeforeLink(entry.linked.id, entry.id, entry.link_kind))
    if not links:
        return {}
    ordered = []
    for entry in connected.values():
        carrier, position = listed_by(entry)
        ordered.append(entry.when.ordered_as(entry.id, carrier.id if carrier else "", position))
    return {public_id: encode_key(key) for public_id, key in order_keys(ordered, links).items()}


def listed_by(entry: Draft) -> tuple[Source | None, int | None]:
    """The first supporting source that has the entry in a list, and its place there."""
    for citation in entry.citations:
        if citation.position is not None and citation.bearing == "supports":
            return citation.source, citation.position
    return None, None


def key_alone(entry: Draft) -> str:
    """The sort key of an entry that no link connects with another."""
    carrier, position = listed_by(entry)
    listed = f"{carrier.id}0000.{position:06d}" if carrier else "000000000000.000000"
    return f"{entry.when.place}.000000.{listed}.{entry.id}0000"


def origin_count(sources: list[Source]) -> int:
    """How many of these sources are independent of each other."""
    groups: list[set[str]] = []
    for source in sources:
        group = set(source.family)
        for other in [other for other in groups if other & group]:
            group |= other
            groups.remove(other)
        groups.append(group)
    return len(groups)


def claim_document(claim: Claim) -> dict[str, Any]:
    """The document of a claim, with the positions of the statements."""
    return {
        "id": claim.id, "kind": "proposition", "edition": EDITION,
        "slug": f"made-claim-{claim.number}", "title": claim.text.shown[:MAX_TITLE_LENGTH],
        "aspect": "fact", "question": "whether", "options": [], "unit": "",
        "incident": claim.incident, "events": [claim.event.id],
        "accounts": [
            {"statement": answer.id, "source": None,
             "holder": answer.holder.id if answer.holder else None,
             "position": answer.position, "exact": answer.text.shown, **NO_VALUE}
            for answer in claim.answers
        ],
    }  # fmt: skip


def add_claim(rows: Rows, key: int, claim: Claim, when: str) -> None:
    """Add the revision of a claim, and make its event contested if its positions differ."""
    document: Any = claim_document(claim)
    if is_contested(document):
        claim.event.contested_by = claim.id
        known = [answer.known_since for answer in claim.answers]
        days = [date.fromisoformat(day) if day else None for day in known]
        if since := contested_since(document, days):
            claim.event.contested_since = since_value(since, claim.id)
        rows.inputs.extend((claim.id, answer.id) for answer in claim.answers)
    add_revision(
        rows, key, "proposition", document["slug"], document["title"], canonical(document),
        claim.id, when,
    )  # fmt: skip
