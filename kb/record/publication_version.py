"""The publication version: each publication raises it, so that no cached page can be stale."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from kb.record.models import Epoch


def current_number() -> int:
    """The current publication version; 0 before the first publication."""
    return Epoch.objects.values_list("number", flat=True).first() or 0


def current_version() -> tuple[int, datetime | None]:
    """The publication version and its moment: a key for values in memory, even after a restore."""
    version = Epoch.objects.values_list("number", "changed_at").first()
    return version or (0, None)


def bump_version() -> int:
    """Add one, in the caller's transaction; return the new number.

    The row lock also puts publications in a queue, so each sees all that went before it.
    """
    changed = Epoch.objects.filter(pk=1).update(
        number=models.F("number") + 1, changed_at=timezone.now()
    )
    if not changed:
        Epoch.objects.create(pk=1, number=1, changed_at=timezone.now())
    return Epoch.objects.get(pk=1).number
