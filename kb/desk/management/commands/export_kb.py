"""``manage.py export_kb``: all records as JSON Lines, for another installation."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.desk.backup import dump_lines
from kb.desk.full_backup.snapshot import desk_snapshot
from kb.record.private_files import open_private


class Command(BaseCommand):
    help = "Write the whole knowledge base as JSON Lines, to standard output or to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", metavar="FILE", help="path of the new file")

    def handle(self, *args: Any, **options: Any) -> None:
        with desk_snapshot():
            if not options["to"]:
                out = getattr(self.stdout, "_out", sys.stdout)
                for line in dump_lines():
                    out.write(line.decode())
                return
            self._write_file(Path(options["to"]))

    def _write_file(self, path: Path) -> None:
        """Write under another name and rename, so that a file of this name is always complete."""
        part = path.with_name(f"{path.name}.part")
        if path.exists():
            raise CommandError(f"{path} already exists. Choose another path.")
        try:
            # An earlier one may be open to others.
            part.unlink(missing_ok=True)
            with open(part, "xb", opener=open_private) as file:
                rows = sum(file.write(line) > 0 for line in dump_lines()) - 2
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        except OSError as problem:
            part.unlink(missing_ok=True)
            raise CommandError(f"Cannot write {path}: {problem}") from problem
        self.stderr.write(f"Wrote {rows} rows to {path}.")
