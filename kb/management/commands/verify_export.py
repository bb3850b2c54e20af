"""``manage.py verify_export DIR``: check a mirror, without a database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.mirror.manifest import ManifestInvalid
from kb.mirror.verify import file_faults, signed_head

MAX_SHOWN = 20


class Command(BaseCommand):
    """Exit code 0: every file is as it was exported. 1: something is wrong, and is named."""

    help = "Check a static export: its signature, and the digest of each file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", help="the folder of the export")
        parser.add_argument(
            "--key",
            default="",
            metavar="BASE64",
            help="the public key that must have signed it; get it from the publisher, not from DIR",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        try:
            mirror, faults = signed_head(folder, options["key"])
            shown = faults[:]
            number = len(faults)
            for fault in file_faults(folder):
                number += 1
                if len(shown) < MAX_SHOWN:
                    shown.append(fault)
        except (ManifestInvalid, OSError) as error:
            raise CommandError(str(error)) from error
        if number:
            more = f"\n… and {number - len(shown)} more" if number > len(shown) else ""
            raise CommandError(f"{number} faults:\n" + "\n".join(shown) + more)
        head = mirror.head
        signature = (
            f"signed with the key {mirror.public_key}" if mirror.public_key else "not signed"
        )
        self.stdout.write(
            f"{head.files:,} files are as they were exported from {head.site} at {head.made_at}: "
            f"publication version {head.publication}, {signature}."
        )
