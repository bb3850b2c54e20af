"""How many reports are accepted: from one network address, and from all together."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connections
from django.utils.translation import gettext as _

from kb.desk.models import Report, ReportMessage

MAX_PER_HOUR = 5
MAX_PER_DAY = 15
MAX_PER_HOUR_OF_ALL = 200
# Of one report, by its reader.
MAX_MESSAGES = 20
HOUR = timedelta(hours=1)
# Any number that no other lock of the database has.
_LOCK = 7_237_641


def count_one_at_a_time() -> None:
    """Let the transactions that count and then store wait for each other.

    On SQLite each of them holds the lock of the file from its beginning.
    """
    connection = connections["default"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def limit_problem(client: str, now: datetime) -> str:
    """What to do if no more reports are accepted from this address; "" if they are."""
    of_client = Report.objects.filter(client=client)
    if of_client.filter(received_at__gt=now - HOUR).count() >= MAX_PER_HOUR:
        return _(
            "Your network has sent %(number)s reports within an hour. Keep your text and send it "
            "in an hour."
        ) % {"number": MAX_PER_HOUR}
    if of_client.count() >= MAX_PER_DAY:
        return _(
            "Your network has sent %(number)s reports today. Keep your text and send it tomorrow."
        ) % {"number": MAX_PER_DAY}
    if Report.objects.filter(received_at__gt=now - HOUR).count() >= MAX_PER_HOUR_OF_ALL:
        return _("Very many reports arrive at the moment. Keep your text and send it in an hour.")
    return ""


def message_problem(report: Report) -> str:
    """What to do if nothing more can be added to a report; "" if it can."""
    if ReportMessage.objects.filter(report=report, by_reader=True).count() >= MAX_MESSAGES:
        return _("This report has %(number)s additions. Send a new report instead.") % {
            "number": MAX_MESSAGES
        }
    return ""
