"""Sends reports as a browser does: the form is opened, filled in and posted."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from kb.desk.models import Report
from kb.desk.reports.tokens import new_form_token, ticket_digest

WORDS = "The date is the day of the announcement."


def fields(**changes: Any) -> dict[str, Any]:
    """What a form that was opened now sends."""
    return {
        "form_token": new_form_token(),
        "kind": "error",
        "text": WORDS,
        "source_url": "",
        "email": "",
        "website": "",
        **changes,
    }


def send(client: Client, address: str = "192.0.2.1", **changes: Any) -> HttpResponse:
    """The response to a report, from this network address."""
    return client.post("/report/", fields(**changes), REMOTE_ADDR=address)


def sent_report(client: Client, **changes: Any) -> tuple[Report, str]:
    """A report that is stored, and the path of its page."""
    response = send(client, **changes)
    assert response.status_code == 303, response.content.decode()
    path = response["Location"]
    return Report.objects.get(ticket_sha256=ticket_digest(path.split("/")[-2])), path


def typed_text(response: HttpResponse) -> str:
    """What stands in the field for the text, as a browser reads it."""
    match = re.search(r'<textarea id="id_text"[^>]*>\n(.*?)</textarea>', response.text, re.DOTALL)
    return html.unescape(match[1]) if match else ""
