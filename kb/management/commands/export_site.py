"""``manage.py export_site DIR``: the public site as static files."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from kb.mirror.export import ExportFailed, ExportOptions, ExportReport, export_site
from kb.mirror.folder import FolderRefused, MirrorFolder
from kb.mirror.links import PageNotRewritable


class Command(BaseCommand):
    """Exit code 0: the mirror is up to date. 1: it was not changed, and the message says why."""

    help = (
        "Write the public site as static files into a folder: only those that have changed. The "
        "folder is a mirror for a web server or a CDN, and evidence if KB_SIGNING_KEY is set."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", help="a new or empty folder, or a mirror")
        parser.add_argument(
            "--path",
            default="/",
            metavar="PATH",
            help="path of the mirror on its host, for the links of its error pages; “/” by default",
        )
        parser.add_argument(
            "--allow-shrinking",
            action="store_true",
            help="also if more than 5 %% of the files or of the entries would go",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="make all pages and say what would be written"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        base = options["path"]
        if not (base.startswith("/") and base.endswith("/")):
            raise CommandError("--path must begin and end with a slash, such as /mirror/.")
        started_at = time.monotonic()
        try:
            report = export_site(
                MirrorFolder(Path(options["folder"])),
                ExportOptions(base, options["allow_shrinking"], options["dry_run"]),
                partial(self._show_progress, started_at)
                if options["verbosity"]
                else lambda addresses, unchanged: None,
            )
        except (ExportFailed, FolderRefused, PageNotRewritable, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot write {options['folder']}: {error}") from error
        seconds = time.monotonic() - started_at
        self.stdout.write(_summary(report, seconds, is_dry=options["dry_run"]))

    def _show_progress(self, started_at: float, addresses: int, unchanged: int) -> None:
        seconds = time.monotonic() - started_at
        self.stderr.write(f"{addresses:,} addresses, {unchanged:,} unchanged, {seconds:.0f} s …")


def _summary(report: ExportReport, seconds: float, *, is_dry: bool) -> str:
    wrote, deleted = ("Would write", "would delete") if is_dry else ("Wrote", "deleted")
    unchanged = report.files - report.written
    signature = "signed" if report.is_signed else "not signed: KB_SIGNING_KEY is not set"
    return (
        f"{wrote} {report.written:,} files, {deleted} {report.deleted:,}, left {unchanged:,} as "
        f"they were, in {seconds:.1f} seconds.\n"
        f"Asked for {report.addresses:,} addresses; {report.unchanged:,} were as in the last run.\n"
        f"The mirror: {report.files:,} files, {report.bytes / 1_000_000:.1f} MB, "
        f"{report.entries:,} entries, publication version {report.publication}, {signature}."
    )
