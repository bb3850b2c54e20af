"""Tells another program, by a webhook, what waits for somebody: off unless a setting names its URL.

The message names records by kind, id and the address of their page on the desk, and the account
that acted. It contains no words of a draft. It is sent after the commit, by a thread: a receiver
that is slow or away neither delays nor undoes what was saved.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import TypedDict

from django.conf import settings
from django.urls import reverse

from kb.desk.models import Publishable, Report
from kb.desk.models.log import Action
from kb.record.addresses import absolute_url, data_path

logger = logging.getLogger(__name__)

# What somebody else has to act on.
NOTIFIED_ACTIONS = (Action.SENT, Action.SENT_BACK)
# A package of many records becomes one message: what happens within this time is sent together.
SECONDS_TO_COLLECT = 1.0
TIMEOUT_SECONDS = 5.0

_lock = threading.Lock()


class NotifiedRecord(TypedDict):
    """One record in a message."""

    action: str
    by: str
    kind: str
    id: str
    url: str


_pending: list[NotifiedRecord] = []


def notify(things: Sequence[Publishable], action: str, by: object) -> None:
    """Note that these records wait for somebody. Call it after the commit. Never raises."""
    if not settings.NOTIFY_WEBHOOK or action not in NOTIFIED_ACTIONS:
        return
    records = [
        NotifiedRecord(
            action=str(action),
            by=str(by or ""),
            kind=thing.kind,
            id=thing.public_id,
            url=settings.SITE_URL + reverse(f"admin:desk_{thing.kind}_review", args=[thing.pk]),
        )
        for thing in things
    ]
    _collect(records)


def notify_report(report: Report) -> None:
    """Note that a report of a reader has arrived. Call it after the commit. Never raises."""
    if not settings.NOTIFY_WEBHOOK:
        return
    address = reverse("admin:desk_report_change", args=[report.pk])
    # The request is in the language of the reader, and the desk has one address for all.
    record = NotifiedRecord(
        action="reported",
        by="",
        kind="report",
        id=report.public_id,
        url=absolute_url(data_path(address)),
    )
    _collect([record])


def _collect(records: Sequence[NotifiedRecord]) -> None:
    with _lock:
        starts_thread = not _pending
        _pending.extend(records)
    if starts_thread:
        threading.Thread(target=_send_later, name="notify", daemon=True).start()


def _send_later() -> None:
    time.sleep(SECONDS_TO_COLLECT)
    send_pending()


def send_pending() -> None:
    """Send what is noted as one message. A failure is logged and not tried again."""
    with _lock:
        records = list(_pending)
        _pending.clear()
    if not records:
        return
    fields: dict[str, object] = {"count": len(records)}
    try:
        post(settings.NOTIFY_WEBHOOK, {"records": records})
    except (OSError, ValueError, urllib.error.URLError) as error:
        fields["error"] = type(error).__name__
        logger.warning("notification failed", extra={"fields": fields})
    else:
        logger.info("notification sent", extra={"fields": fields})


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for a failure: the setting names the only receiver."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def post(url: str, message: dict[str, list[NotifiedRecord]]) -> None:
    """Send a message as JSON. Raises OSError or ValueError if it does not arrive."""
    request = urllib.request.Request(  # noqa: S310 (the setting accepts http and https only)
        url,
        data=json.dumps(message).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "OnTheRecord"},
        method="POST",
    )
    with urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT_SECONDS):
        pass
