"""``manage.py tidy_reports``: delete addresses of readers that are not needed any longer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kb.desk.verbs.reports import DAYS_OF_CLIENT, DAYS_OF_EMAIL, tidy_reports


class Command(BaseCommand):
    help = (
        f"Delete the email address of each report {DAYS_OF_EMAIL} days after it was closed, and "
        f"the digest of its network address after {DAYS_OF_CLIENT} days. Opening the list of "
        "reports does the same."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Email addresses deleted: {tidy_reports()}.")
