"""Two editors who save one record over and over, through the real form of a real server.

Each adds lines to one text. Whoever is told that somebody else was first opens the form again and
adds the line there. So at the end every line that was acknowledged must stand in the text, once.
``SAVES_EACH`` sets how many lines each adds; few are enough to find a check that does not hold.
With ``--log-cli-level=INFO`` it says how often the second was refused.
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

from tests.desk.test_admin import FormReader
from tests.make import make_statement

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
log = logging.getLogger(__name__)
SAVES = int(os.environ.get("SAVES_EACH", "6"))
# Ten in a row lost by one of two who are equally quick is one in a thousand; this never.
MOST_TRIES = 200
LONGEST_PAUSE = 0.1  # seconds, between opening the form and sending it


class Editor:
    """A browser of one editor, without the browser: what the form says is what is sent back."""

    def __init__(self, user, server, path):
        client = Client()
        client.force_login(user)
        self.cookies = {name: one.value for name, one in client.cookies.items()}
        self.host, self.path, self.name = urlsplit(server).netloc, path, user.username
        self.acknowledged, self.refused, self.kept = [], 0, 0

    def ask(self, method, body=None):
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
        """Add a line to the text. Once acknowledged it must never be lost."""
        for _ in range(MOST_TRIES):
            status, page = self.ask("GET")
            assert status == 200
            fields = FormReader(page).sent
            fields |= {"text": f"{fields['text']}\n{line}", "_continue": "1"}
            # Two who never pause fall into step, and then the same one is always second.
            time.sleep(random.random() * LONGEST_PAUSE)
            status, page = self.ask("POST", urlencode(fields, doseq=True))
            if status == 302:
                self.acknowledged.append(line)
                return
            assert status == 200 and "saved by somebody else" in page
            self.refused += 1
            self.kept += FormReader(page).sent["text"].endswith(line)
        raise AssertionError(f"{self.name} was never first")


def test_no_acknowledged_save_is_lost(live_server, django_user_model):
    statement = make_statement("The first line.")
    path = reverse("admin:desk_statement_change", args=[statement.pk])
    users = [
        django_user_model.objects.create_superuser(name, password="x") for name in ("ann", "bea")
    ]
    editors = [Editor(one, live_server.url, path) for one in users]

    def work(editor):
        for number in range(SAVES):
            editor.save(f"{editor.name} {number}")

    with ThreadPoolExecutor(len(editors)) as pool:
        list(pool.map(work, editors))

    statement.refresh_from_db()
    acknowledged = [line for one in editors for line in one.acknowledged]
    refused = sum(one.refused for one in editors)
    log.info("%d acknowledged, %d refused with the text kept", len(acknowledged), refused)
    assert len(acknowledged) == 2 * SAVES
    assert sorted(statement.text.splitlines()[1:]) == sorted(acknowledged)
    assert statement.version == 1 + len(acknowledged)
    assert LogEntry.objects.filter(object_id=str(statement.pk)).count() == len(acknowledged)
    assert sum(one.kept for one in editors) == refused
