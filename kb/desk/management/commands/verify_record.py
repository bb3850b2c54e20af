"""``manage.py verify_record``: compare the stored record with its public log."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.desk.full_backup.snapshot import desk_snapshot
from kb.record.proof.checkpoint import checkpoint_of
from kb.record.proof.tree import current_tree
from kb.record.proof.verify import log_errors

LEAVES_PER_LINE = 50_000


class Command(BaseCommand):
    help = (
        "Compare every stored version with its leaf in the public log, the tree with its "
        "checkpoint, and the frozen lists with what was stored. It changes nothing. Ends with "
        "status 1 and a line for each difference if there is any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="'SIZE ROOT'",
            help="a checkpoint that was kept elsewhere, as exports and feeds have it; may be "
            "repeated. Without one, a log that was written again as a whole is not found out",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        checkpoints = dict(map(_checkpoint, options["checkpoint"]))
        progress = self._report if options["verbosity"] else None
        errors = 0
        with desk_snapshot():
            for error in log_errors(checkpoints, progress):
                errors += 1
                self.stderr.write(error)
            checkpoint = checkpoint_of(current_tree())
        if errors:
            raise CommandError(f"The record differs from its log: {errors} differences.")
        self.stdout.write(f"The record is what its log says. Checkpoint: {checkpoint.short}")

    def _report(self, leaves: int) -> None:
        if leaves % LEAVES_PER_LINE == 0:
            self.stdout.write(f"{leaves} versions …")


def _checkpoint(text: str) -> tuple[int, str]:
    size, _, root = text.strip().partition(" ")
    if not size.isdecimal() or not root:
        raise CommandError(f"{text!r} is not a checkpoint. Give it as 'SIZE ROOT'.")
    return int(size), root
