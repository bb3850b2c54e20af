"""``manage.py preflight``: checks before the first start and before an upgrade."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.preflight import PreflightLevel, preflight_findings


class Command(BaseCommand):
    help = (
        "Check settings, database, migrations, rights, disk space and backups: one line each, with "
        "what to do. The exit status is 1 if anything failed; warnings do not count."
    )
    # They are part of the report.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        failed = total = 0
        for finding in preflight_findings():
            total += 1
            failed += finding.level is PreflightLevel.FAILED
            self.stdout.write(finding.line())
        if failed:
            raise CommandError(f"Not ready: {failed} of {total} checks failed.")
        self.stdout.write("Ready.")
