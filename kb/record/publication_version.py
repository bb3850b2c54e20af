"""The publication version: each publication raises it, so that no cached page can be stale."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial

from django.db import models, transaction
from django.utils import timezone

from kb.record.models import Epoch
from kb.text.normalise import FOLD_EDITION

# In the WSGI environment: the publication version that the response was made from.
VERSION_KEY = "kb.publication_version"
_committed: ContextVar[list[int] | None] = ContextVar("committed_publications", default=None)


def current_number() -> int:
    """The current publication version; 0 before the first publication."""
    return Epoch.objects.values_list("number", flat=True).first() or 0


def current_version() -> tuple[int, datetime | None]:
    """The publication version and its moment: a key for values in memory, even after a restore."""
    version = Epoch.objects.values_list("number", "changed_at").first()
    return version or (0, None)


def has_older_words() -> bool:
    """Whether the words of the read index are normalised by the rules of an earlier version."""
    return Epoch.objects.filter(fold_edition__lt=FOLD_EDITION).exists()


def note_words_renewed() -> None:
    """Note that all words of the read index are normalised by the rules of this version."""
    Epoch.objects.exclude(fold_edition=FOLD_EDITION).update(fold_edition=FOLD_EDITION)


def bump_version() -> int:
    """Add one, in the caller's transaction; return the new number.

    The row lock also puts publications in a queue, so each sees all that went before it.
    """
    changed = Epoch.objects.filter(pk=1).update(
        number=models.F("number") + 1, changed_at=timezone.now()
    )
    if not changed:
        # Nothing is indexed yet.
        Epoch.objects.create(pk=1, number=1, changed_at=timezone.now(), fold_edition=FOLD_EDITION)
    number = current_number()
    transaction.on_commit(partial(_note_commit, number))
    return number


def require_version(number: int) -> None:
    """Let no server answer readers that does not have this version, from the commit on.

    Call it in the transaction of the publication (``kb.record.minimum_version``).
    """
    Epoch.objects.filter(minimum__lt=number).update(minimum=number)


@contextmanager
def committed_publications() -> Iterator[list[int]]:
    """Collect the versions that are published and committed in this block."""
    numbers: list[int] = []
    token = _committed.set(numbers)
    try:
        yield numbers
    finally:
        _committed.reset(token)


def _note_commit(number: int) -> None:
    numbers = _committed.get()
    if numbers is not None:
        numbers.append(number)
