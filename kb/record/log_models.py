"""The tables of the public log. ``kb.record.models`` imports them, because Django looks there.

``kb.record.proof`` writes and reads them; docs/proof.md describes what the log proves.
"""

from __future__ import annotations

from django.db import models


class LogLeaf(models.Model):
    """One leaf of the public log: what was published, in the order of publication.

    ``position`` counts from 0 without gaps. ``entry`` is the leaf as bytes
    (``kb.record.proof.leaves``) and ``hash`` its hash of 32 bytes. Never changed, never deleted.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    revision = models.OneToOneField("record.Revision", models.PROTECT, related_name="leaf")
    entry = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}: {bytes(self.entry).decode(errors='replace')}"


class LogNode(models.Model):
    """The hash of a complete subtree of 256, 65,536, … leaves (``level`` 1, 2, …).

    ``position`` counts the subtrees of a level from 0. Together with the leaves these are the
    hashes of all tiles. Never changed, never deleted.
    """

    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    hash = models.BinaryField()

    class Meta:
        ordering = ["level", "position"]
        constraints = [
            models.UniqueConstraint(fields=["level", "position"], name="record_lognode_once")
        ]

    def __str__(self) -> str:
        return f"level {self.level}, {self.position}"


class LogHead(models.Model):
    """The size of the log and its right edge: one row, changed by each publication.

    ``edge`` has the hashes of the complete subtrees that the log consists of, the largest first,
    32 bytes each: as many as ``size`` has binary ones.
    """

    size = models.PositiveBigIntegerField(default=0)
    edge = models.BinaryField(default=bytes)

    class Meta:
        constraints = [
            models.CheckConstraint(name="record_loghead_one_row", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return str(self.size)


class Commitments(models.Model):
    """The salts of one revision: what lets a reader check a field of it against its leaf.

    ``names`` are the names of the fields, one a line, and ``slots`` has 32 bytes for each: its
    salt, or, of a field that is among the lines of ``forgotten``, its commitment. The salt of such
    a field is nowhere any more (``kb.record.proof.forgetting``).
    """

    revision = models.OneToOneField(
        "record.Revision", models.PROTECT, primary_key=True, related_name="commitments"
    )
    names = models.TextField()
    slots = models.BinaryField()
    forgotten = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "commitments"

    def __str__(self) -> str:
        return f"commitments of revision {self.pk}"
