"""The table of frozen lists. ``kb.record.models`` imports it, because Django looks there."""

from __future__ import annotations

from django.db import models


class FrozenView(models.Model):
    """A list of entries that a reader has frozen: its query, and the revisions that it held.

    Never changed and never deleted. ``members`` are the primary keys of the revisions in the order
    of the list (``kb.record.frozen.members``), and ``sha256`` is their digest. ``identity`` is the
    digest of query and members, so that the same list of the same versions is stored once.
    ``version`` and ``as_of`` are the publication version when it was frozen and the moment of its
    last revision. ``certain`` counts the entries that are certainly in the range of dates.
    ``maker`` is a keyed digest of the address of the client, which is another one each day.
    """

    public_id = models.CharField(max_length=12, unique=True)
    identity = models.CharField(max_length=64, unique=True)
    query = models.TextField(blank=True)
    version = models.PositiveBigIntegerField()
    as_of = models.DateTimeField()
    made_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    certain = models.PositiveIntegerField()
    members = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    maker = models.CharField(max_length=32)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["made_at"], name="record_frozenview_made")]

    def __str__(self) -> str:
        return f"{self.public_id}: {self.count}"

    @property
    def member_bytes(self) -> bytes:
        """The members as bytes; some databases return a view of memory."""
        return bytes(self.members)
