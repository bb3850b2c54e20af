"""Two editors save the same statement at the same time, in the form of a live server.

Each adds lines to the text, and opens the form again when a save is refused. In the end every
acknowledged line must be in the text, once. ``SAVES_EACH`` sets how many lines each adds; a few
are enough to find a broken version check. ``--log-cli-level=INFO`` shows how many were refused.
"""

from __future__ import annotations

import logging
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from tests.desk.admin_forms import FormReader
from tests.make import make_statement

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
log = logging.getLogger(__name__)
SAVES = int(os.environ.get("SAVES_EACH", "6"))
# So many refusals in a row of two equally fast editors do not happen by chance.
MAX_TRIES = 200
MAX_PAUSE = 0.1  # seconds, between opening the form and sending it


class Editor:
    """An editor who sends the fields of the form as a browser does."""

    def __init__(self, user, server, path):
        client = Client()
        client.force_login(user)
        self.cookies = {name: cookie.value for name, cookie in client.cookies.items()}
        self.host, self.path, self.name = urlsplit(server).netloc, path, user.username
        self.acknowledged, self.refused, self.texts_kept = [], 0, 0

    def request(self, method, body=None):
        connection = HTTPConnection(self.host, timeout=120)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, self.path, body, headers)
        answer = connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        page = answer.read().decode()
        connection.close()
        return answer.status, page

    def save(self, line):
        """Add a line to the text, and try again until it is acknowledged."""
        for _ in range(MAX_TRIES):
            status, page = self.request("GET")
            assert status == 200
            fields = FormReader(page).sent
            fields |= {"text": f"{fields['text']}\n{line}", "_continue": "1"}
            # Without pauses the two keep the same rhythm, and the same editor is always refused.
            time.sleep(random.random() * MAX_PAUSE)
            status, page = self.request("POST", urlencode(fields, doseq=True))
            if status == 302:
                self.acknowledged.append(line)
                return
            assert status == 200 and "Someone else saved" in page
            self.refused += 1
            self.texts_kept += FormReader(page).sent["text"].endswith(line)
        raise AssertionError(f"{self.name} was never first")


def test_no_acknowledged_save_is_lost(live_server, django_user_model, record_property):
    statement = make_statement("The first line.")
    path = reverse("admin:desk_statement_change", args=[statement.pk])
    users = [
        django_user_model.objects.create_superuser(name, password="x") for name in ("ann", "bea")
    ]
    editors = [Editor(user, live_server.url, path) for user in users]

    def work(editor):
        for number in range(SAVES):
            editor.save(f"{editor.name} {number}")

    with ThreadPoolExecutor(len(editors)) as pool:
        list(pool.map(work, editors))

    statement.refresh_from_db()
    acknowledged = [line for editor in editors for line in editor.acknowledged]
    refused = sum(editor.refused for editor in editors)
    log.info("%d acknowledged, %d refused with the text kept", len(acknowledged), refused)
    lost = set(acknowledged) - set(statement.text.splitlines())
    record_property("acknowledged saves", len(acknowledged))
    record_property("lost", len(lost))
    record_property("refused with the text kept", sum(editor.texts_kept for editor in editors))
    assert len(acknowledged) == 2 * SAVES
    assert sorted(statement.text.splitlines()[1:]) == sorted(acknowledged)
    assert statement.version == 1 + len(acknowledged)
    assert LogEntry.objects.filter(object_id=str(statement.pk)).count() == len(acknowledged)
    assert sum(editor.texts_kept for editor in editors) == refused
