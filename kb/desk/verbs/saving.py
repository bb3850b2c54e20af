"""Saving without overwriting what one has not seen."""

from django.db import models

from kb.desk.models import Publishable


class StaleVersion(Exception):
    """Somebody saved this after it was opened."""

    def __init__(self, thing: Publishable, current: int) -> None:
        self.current = current
        super().__init__(
            f"“{thing}” was saved by somebody else while you had it open (it is now version "
            f"{current}). Nothing of yours was stored: compare the two, then save again."
        )


def claim(thing: Publishable, version: int) -> None:
    """Take the next version number, or raise StaleVersion if ``version`` is not the row's.

    One conditional UPDATE inside the caller's transaction: it locks the row on PostgreSQL, and
    on SQLite, where ``select_for_update`` does nothing, it is the only check that holds.
    """
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    if not rows.filter(version=version).update(version=models.F("version") + 1):
        raise StaleVersion(thing, rows.values_list("version", flat=True).first() or 0)
    thing.version = version + 1
