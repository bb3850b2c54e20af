"""``manage.py suppress``: list requests for removals, carry one out, or save what was removed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from kb.desk.models import SuppressionRequest
from kb.desk.suppression.removing import clean_again, confirm_suppression
from kb.desk.suppression.surfaces import OUT_OF_REACH
from kb.desk.verbs.exceptions import ActionRefused


class Command(BaseCommand):
    help = (
        "Without options, list the removals by order that wait for a second person. What was "
        "removed is at /removed.json."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--confirm", type=int, metavar="NUMBER", help="carry out this request")
        parser.add_argument(
            "--by", metavar="NAME", help="with --confirm: the account of the second person"
        )

        parser.add_argument(
            "--clean",
            action="store_true",
            help="remove the old bytes that earlier removals had to leave in the database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["clean"]:
            left = clean_again()
            for line in left:
                self.stdout.write(f"Still to be done: {line}")
            if not left:
                self.stdout.write("Nothing is left of earlier removals.")
        elif options["confirm"] is None:
            self._list()
        else:
            self._confirm(options["confirm"], options["by"])

    def _list(self) -> None:
        rows = SuppressionRequest.objects.filter(confirmed_at=None, declined_at=None)
        for request in rows.select_related("asked_by"):
            version = f", version {request.version}" if request.version else ""
            self.stdout.write(
                f"{request.pk}: {request.kind} {request.public_id}{version}, {request.part}, "
                f"{request.reason}, asked for by {request.asked_by or 'a command'}"
            )

    def _confirm(self, number: int, name: str | None) -> None:
        request = SuppressionRequest.objects.filter(pk=number).first()
        if request is None:
            raise CommandError(f"Request {number} does not exist.")
        account = get_user_model()._default_manager.filter(username=name or "").first()
        if account is None:
            raise CommandError("Give the account of the second person with --by.")
        if not account.has_perm("desk.publish_record"):
            raise CommandError(f"The account {name} may not publish or remove.")
        try:
            receipt = confirm_suppression(request, by=account)
        except ActionRefused as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        self.stdout.write(f"Removed in {receipt['seconds']} s:")
        for table, count in sorted(receipt["tables"].items()):
            self.stdout.write(f"  {table}: {count}")
        for line in receipt["left"]:
            self.stdout.write(f"  still to be done: {line}")
        for server in receipt["late"]:
            self.stdout.write(f"  late, answers no readers until it has caught up: {server}")
        for public_id in receipt["others"]:
            self.stdout.write(f"  still has the same words: {public_id}")
        for name in receipt["unreachable"]:
            self.stdout.write(f"  cannot be reached: {OUT_OF_REACH[name]}")
