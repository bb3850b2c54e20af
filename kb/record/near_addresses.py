"""Records whose address looks like an address that does not exist.

A table holds the slug of each live record, forwards and backwards. Its neighbours in these two
orders share its beginning or its end, and a slug with one mistake in it always shares one of them
with the right one. So four short range scans find the candidates, however many records there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from django.db.models import Exists, OuterRef

from kb.record.addresses import PLURALS
from kb.record.chunks import in_chunks
from kb.record.models import AddressIndex, Revision, RevisionQuerySet
from kb.text.slugs import SLUG_LENGTH

MAX_MATCHES = 5
NEIGHBOURS = 8  # in each direction of each order
CANDIDATES = 4 * NEIGHBOURS
MIN_SIMILARITY = 0.5  # as difflib measures it


def near_addresses(slug: str, kind: str = "") -> list[Revision]:
    """Live records with a slug like this one, the most similar first.

    They are of the given kind, or of any kind that has pages. Costs five queries at most, and
    compares at most ``CANDIDATES`` slugs.
    """
    slug = slug[:SLUG_LENGTH]
    rows = AddressIndex.objects.filter(kind=kind) if kind else AddressIndex.objects.all()
    candidates: dict[str, set[str]] = {}
    for column, text in (("slug", slug), ("reversed_slug", slug[::-1])):
        after = rows.filter(**{f"{column}__gte": text}).order_by(column)
        before = rows.filter(**{f"{column}__lt": text}).order_by(f"-{column}")
        for neighbours in (after, before):
            for public_id, near in neighbours.values_list("public_id", "slug")[:NEIGHBOURS]:
                candidates.setdefault(near, set()).add(public_id)
    matches = get_close_matches(slug, candidates, n=MAX_MATCHES, cutoff=MIN_SIMILARITY)
    ids = [public_id for match in matches for public_id in sorted(candidates[match])]
    if not ids:
        return []
    revisions = {
        revision.public_id: revision
        for revision in Revision.objects.live().filter(public_id__in=ids)
    }
    return [revisions[public_id] for public_id in ids if public_id in revisions][:MAX_MATCHES]


def kind_like(part: str) -> str:
    """The kind of record whose addresses begin like this part of a path; "" if none does."""
    plurals = {plural: kind for kind, plural in PLURALS.items()}
    matches = get_close_matches(part[:SLUG_LENGTH], plurals, n=1, cutoff=0.7)
    return plurals[matches[0]] if matches else ""


def with_wrong_addresses(revisions: RevisionQuerySet) -> RevisionQuerySet:
    """Those of these revisions of which the index lacks the address."""
    stored = AddressIndex.objects.filter(
        public_id=OuterRef("public_id"), kind=OuterRef("kind"), slug=OuterRef("slug")
    )
    return revisions.filter(~Exists(stored), kind__in=PLURALS)


def index_addresses(revisions: Iterable[Revision]) -> None:
    """Add the addresses of these live revisions to the index, in place of earlier ones."""
    for chunk in in_chunks(row for row in revisions if row.kind in PLURALS):
        ids = [revision.public_id for revision in chunk]
        rows = AddressIndex.objects.filter(public_id__in=ids)
        stored = {row[0]: row[1:] for row in rows.values_list("public_id", "kind", "slug")}
        changed = [row for row in chunk if stored.get(row.public_id) != (row.kind, row.slug)]
        AddressIndex.objects.bulk_create(
            (
                AddressIndex(
                    public_id=revision.public_id,
                    kind=revision.kind,
                    slug=revision.slug,
                    reversed_slug=revision.slug[::-1],
                )
                for revision in changed
            ),
            update_conflicts=True,
            unique_fields=["public_id"],
            update_fields=["kind", "slug", "reversed_slug"],
        )


def remove_addresses(public_ids: Collection[str]) -> None:
    """Remove the addresses of records that are no longer live."""
    AddressIndex.objects.filter(public_id__in=public_ids).delete()
