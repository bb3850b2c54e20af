"""The tables of the record: the published revisions, and the index that finds them."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from kb.record.documents.field import DocumentField

# Django looks for tables in this module.
from kb.record.frozen_view import FrozenView as FrozenView
from kb.record.log_models import Commitments as Commitments
from kb.record.log_models import LogHead as LogHead
from kb.record.log_models import LogLeaf as LogLeaf
from kb.record.log_models import LogNode as LogNode
from kb.record.report_models import HandledReport as HandledReport
from kb.record.suppression_models import Suppression as Suppression
from kb.record.vocabulary import TOMBSTONE_CHANGES, Change, RecordKind


class AppendOnly(RuntimeError):
    """Code tried to change or delete what was published."""


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Revisions, by whether they are current."""

    def current(self) -> Self:
        return self.filter(superseded_at=None)

    def live(self) -> Self:
        """Current and neither withdrawn nor merged away."""
        return self.current().exclude(change__in=TOMBSTONE_CHANGES)

    def update(self, **values: Any) -> int:
        if set(values) != {"superseded_at"}:
            raise AppendOnly("A revision cannot be edited. Publish a new one instead.")
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A revision cannot be deleted. Withdraw the record instead.")


class Revision(models.Model):
    """One published version of one thing. Never edited, never deleted; only superseded."""

    public_id = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, choices=RecordKind.choices)
    slug = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    number = models.PositiveIntegerField()
    document = DocumentField()
    change = models.CharField(max_length=12, choices=Change.choices)
    note = models.TextField(blank=True)
    published_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["public_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["public_id", "number"], name="record_revision_number_once"
            ),
            models.UniqueConstraint(
                fields=["public_id"],
                condition=models.Q(superseded_at=None),
                name="record_revision_one_current",
            ),
            models.UniqueConstraint(
                fields=["kind", "slug"],
                condition=models.Q(superseded_at=None),
                name="record_revision_slug_once",
            ),
            models.CheckConstraint(
                name="record_revision_reason_given",
                condition=~models.Q(change__in=["correction", "withdrawal", "republished", "merge"])
                | ~models.Q(note=""),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "slug"], name="record_revision_address"),
            models.Index(fields=["-published_at", "-id"], name="record_revision_latest"),
            models.Index(fields=["change"], name="record_revision_change"),
            # Earlier versions of one kind, of which there are far fewer than live ones.
            models.Index(
                fields=["kind"],
                condition=models.Q(superseded_at__isnull=False),
                name="record_revision_superseded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("A revision cannot be edited. Publish a new one instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A revision cannot be deleted. Withdraw the record instead.")


class Entry(models.Model):
    """One row for each live event or statement: lists are read from this table.

    ``sort_key`` is one string that sorts as the timeline does (``kb.record.ordering``), so a page
    begins where one comparison says. Undated entries have the highest keys.

    ``first_month`` and ``last_month`` are the months of ``earliest`` and ``latest`` as numbers
    (``kb.record.months``), for counts by month, quarter, year and decade.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12)
    earliest = models.DateField(null=True)
    latest = models.DateField(null=True)
    first_month = models.PositiveIntegerField(null=True)
    last_month = models.PositiveIntegerField(null=True)
    dated = models.BooleanField()
    sort_key = models.CharField(max_length=80, unique=True)
    known_since = models.DateField(null=True, db_index=True)
    standing = models.CharField(max_length=12, blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        ordering = ["sort_key"]
        indexes = [
            models.Index(fields=["earliest", "latest"], name="record_entry_bounds"),
            # Newest first: dated entries backwards, then the undated.
            models.Index(fields=["dated", "sort_key"], name="record_entry_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Facet(models.Model):
    """One value that one entry can be found by. This table serves every filter and every count."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="facets")
    name = models.CharField(max_length=16)
    value = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "value", "entry"], name="record_facet_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class ClaimInput(models.Model):
    """A record on which it depends whether a claim is contested, or since which day.

    It is an actor that a position gives as the answer, or that such an actor is part of; or, of a
    contested claim, the statement or the source of a position.
    """

    claim = models.CharField(max_length=12)
    record = models.CharField(max_length=12, db_index=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "record"], name="record_claiminput_once")
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.record}"


class PendingDependants(models.Model):
    """Entries with one facet, which name a record that has changed and are to be indexed again.

    They are indexed in the order of their keys, and are done up to ``last_entry``. The row of such
    an entry is correct but for what depends on that record, such as the words it is found by.
    """

    name = models.CharField(max_length=16)
    value = models.CharField(max_length=120)
    last_entry = models.BigIntegerField(default=0)
    # The process that indexes them, and when it last did: others leave them to it for a while.
    worker = models.CharField(max_length=80, blank=True)
    worked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "value"], name="record_pendingdependants_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.value}, after {self.last_entry}"


class EntryChange(models.Model):
    """A line of the change log: the index rows of one entry changed, or with no id, those of any.

    Written in the transaction that changes the rows, so a copy of the index that knows up to which
    line it is current can be brought up to date (``kb.record.reading``).
    """

    version = models.PositiveBigIntegerField()
    public_id = models.CharField(max_length=12, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.version}: {self.public_id or 'everything'}"


class AddressIndex(models.Model):
    """The slug of one live record, forwards and backwards: what similar addresses are found by."""

    public_id = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12)
    slug = models.CharField(max_length=80)
    reversed_slug = models.CharField(max_length=80)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["kind", "slug"], name="record_address_kind_slug"),
            models.Index(fields=["kind", "reversed_slug"], name="record_address_kind_reversed"),
            models.Index(fields=["slug"], name="record_address_slug"),
            models.Index(fields=["reversed_slug"], name="record_address_reversed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class ListedRecord(models.Model):
    """One row for each live actor, source and incident: their lists are read from this table.

    ``name_key`` is the folded name and the public id as bytes, which both databases compare alike;
    no two records have the same. ``initial`` is the letter under which the name is listed
    (``kb.record.initials``). ``newest`` is a number that is greater for what a list shows first:
    the moment of the last change, of a source the day on which it was published. ``owner`` is the
    publisher of a source, or what an actor is part of. ``entries`` is the number of entries that
    have the record as a facet; ``is_unused`` is 1 if there are none, and 0 otherwise.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12)
    own_kind = models.CharField(max_length=16, blank=True)
    owner = models.CharField(max_length=12, blank=True)
    name_key = models.BinaryField()
    initial = models.CharField(max_length=5)
    newest = models.BigIntegerField()
    entries = models.IntegerField(default=0)
    is_unused = models.GeneratedField(
        expression=models.Case(models.When(entries=0, then=1), default=0),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    search_text = models.TextField(blank=True)

    class Meta:
        ordering = ["kind", "name_key"]
        indexes = [
            models.Index(fields=["kind", "is_unused", "name_key"], name="record_listed_name"),
            models.Index(
                fields=["kind", "initial", "is_unused", "name_key"], name="record_listed_initial"
            ),
            models.Index(fields=["kind", "-newest", "name_key"], name="record_listed_newest"),
            models.Index(fields=["kind", "-entries", "name_key"], name="record_listed_entries"),
            models.Index(
                fields=["kind", "own_kind", "is_unused", "name_key"],
                name="record_listed_kind_name",
            ),
            models.Index(
                fields=["kind", "own_kind", "-newest", "name_key"],
                name="record_listed_kind_newest",
            ),
            models.Index(
                fields=["kind", "own_kind", "-entries", "name_key"],
                name="record_listed_kind_entries",
            ),
            models.Index(fields=["owner", "kind"], name="record_listed_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class ListTotal(models.Model):
    """How many listed records there are of one kind, by own kind and letter.

    With this table no list is counted.
    """

    kind = models.CharField(max_length=12)
    own_kind = models.CharField(max_length=16, blank=True)
    initial = models.CharField(max_length=5)
    records = models.IntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "own_kind", "initial"], name="record_listtotal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.own_kind} {self.initial}: {self.records}"


class ListedClaim(models.Model):
    """One row for each live claim: its incident, and whether positions on it differ."""

    claim = models.CharField(max_length=12, unique=True)
    incident = models.CharField(max_length=12, blank=True)
    contested = models.BooleanField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["incident", "contested"], name="record_listed_claims")]

    def __str__(self) -> str:
        return f"{self.incident}: {self.claim}"


class SourceParent(models.Model):
    """One row for each live source and each source that it derives from."""

    source = models.CharField(max_length=12)
    parent = models.CharField(max_length=12)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "source"], name="record_sourceparent_once")
        ]
        indexes = [models.Index(fields=["source"], name="record_sourceparent_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.parent}"


class Epoch(models.Model):
    """The publication version: one row, whose number each publication raises in its transaction.

    ``fold_edition`` says by which rules the words of the read index are normalised
    (``kb.text.normalise``). A server whose number is below ``minimum`` does not answer readers: it
    may have words that were removed (``kb.record.minimum_version``).
    """

    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    fold_edition = models.PositiveSmallIntegerField(default=1)
    minimum = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="record_epoch_one_row", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return str(self.number)
