"""``manage.py prepare_exports``: make the downloads of the whole record before a reader asks."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.formats import FORMATS
from kb.mirror.addresses import site_root
from kb.mirror.requests import AnonymousReader, patient_limits
from kb.record.export import snapshot
from kb.record.wall import reading_publicly


class Command(BaseCommand):
    """Exit code 0: the downloads are ready. 1: one could not be made."""

    help = (
        "Make the CSV and the JSON Lines file of the whole record, so that the next downloads are "
        "quick: after an upgrade, an import or a publication. Only what changed is rendered again. "
        "The limits KB_EXPORT_FILES_MB and KB_EXPORT_LINES_MB apply."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # One snapshot for all of them, as for a mirror: requests leave its connection open.
        with patient_limits(), reading_publicly(), snapshot():
            for form in FORMATS.values():
                if form.lines is not None:
                    self._make(f"timeline.{form.suffix}")

    def _make(self, name: str) -> None:
        started_at, size = time.monotonic(), 0
        with AnonymousReader().get(f"{site_root()}{name}") as answer:
            for piece in answer.chunks:
                size += len(piece)
        if answer.status != 200:
            raise CommandError(f"{name} was not made: status {answer.status}.")
        seconds = time.monotonic() - started_at
        self.stdout.write(f"{name}: {size / 1_000_000:.1f} MB in {seconds:.1f} seconds.")
