"""Documents that stay in memory from one batch to the next, as long as they are current."""

from __future__ import annotations

from kb.record.documents import Document
from kb.record.models import Revision

MAX_KNOWN = 50_000


class KnownDocuments(dict[str, Document]):
    """Documents by public id, for code that indexes one batch after another.

    They are those of the time at which ``last_revision`` was the last.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last_revision = last_revision()

    def forget_changed(self) -> set[str]:
        """Drop what was published since the last call, and return the ids of all of that.

        Publications wait for each other, so the keys of revisions are in the order in which they
        were committed.
        """
        last = last_revision()
        rows = Revision.objects.filter(pk__gt=self.last_revision, pk__lte=last).order_by()
        changed = (
            set(rows.values_list("public_id", flat=True)) if last > self.last_revision else set()
        )
        self.last_revision = last
        for public_id in changed & self.keys():
            del self[public_id]
        if len(self) > MAX_KNOWN:
            self.clear()
        return changed


def last_revision() -> int:
    """The key of the last revision that was published; 0 without any."""
    return Revision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
