"""What is stored and published does not depend on the language of the editor."""

from __future__ import annotations

import json
import random
import re

import pytest
from django.contrib.messages import ERROR, get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse

from kb.desk.documents import MODELS
from kb.desk.models import (
    Actor,
    AuditEntry,
    ImportBatch,
    ImportedRow,
    Snapshot,
    Source,
    Transfer,
    Upload,
)
from kb.record.models import Revision
from tests.desk.admin_forms import add_url, change_url, fields_of
from tests.desk.importers.files import EVENT, STATEMENT, table

# A PostgreSQL sequence goes on after a rollback, so keys would differ.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.slow]

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z| UTC)?|\d{8}T\d{6}Z")
# The log of publications has the moments, and random salts.
ROOT = re.compile(r"(?<=\d )[A-Za-z0-9+/]{43}=")
LANGUAGES = ("en", "zh-hans")
FILES = [
    "/timeline.json", "/timeline.csv", "/timeline.atom", "/timeline.ics", "/timeline.jsonl",
    "/changes.atom", "/actors.json", "/sources.json", "/incidents.json",
]  # fmt: skip
# Dates and numbers as people type them.
REQUEST_ROW = {
    "id": "r1", "kind": "request", "asked_by": "The Paper", "asked": "ByteDance; OpenAI",
    "date": "Jan. 5, 2024", "outcome": "no_reply", "sources": "A story",
}  # fmt: skip
REFUSED_ROW = {**EVENT, "id": "e2", "date": "12/05/2023", "standing": "nonsense"}


class Desk:
    """The forms of the desk as an editor sends them, in one language."""

    def __init__(self, client, language):
        self.client = client
        self.client.cookies["language"] = language

    def add(self, kind, button="_save", **values):
        """Send the form for a new row of a kind; return the newest row."""
        self._send(add_url(kind), button, values)
        return MODELS[kind].objects.order_by("-pk").first()

    def save(self, row, button="_save", **values):
        """Send the form of a row again with other values."""
        self._send(change_url(row), button, values)
        row.refresh_from_db()

    def _send(self, url, button, values):
        response = self.client.post(url, fields_of(self.client.get(url)) | values | {button: "1"})
        assert response.status_code == 302, response.context["errors"]
        self._assert_no_refusal(response)

    def press(self, url, **values):
        response = self.client.post(url, values)
        self._assert_no_refusal(response)
        assert response.status_code == 302

    def _assert_no_refusal(self, response):
        levels = {message.level: str(message) for message in get_messages(response.wsgi_request)}
        assert ERROR not in levels, levels[ERROR]


def page_of(row, name):
    return reverse(f"admin:desk_{row.kind}_{name}", args=[row.pk])


def enter_everything(desk):
    """Enter, publish, correct, merge, split, undo, restore, withdraw, delete and import."""
    firm = desk.add("actor", name="Acme", actor_kind="organisation")
    paper = desk.add("actor", name="The Paper", actor_kind="publication")
    source = desk.add(
        "source", title="A story", url="https://example.org/story", source_kind="article",
        publisher=paper.pk, published="3 May 2024", accessed_on="05/04/2024",
        archived_on="5 May 2024",
    )  # fmt: skip
    event = desk.add(
        "event", title="It happened", standing="undisputed", happened="mid-2023",
        **{"citations-0-source": source.pk, "citations-0-exact": "So it was."},
    )  # fmt: skip
    statement = desk.add(
        "statement", "_publish", speaker=firm.pk, attribution="named", headline="Acme says yes",
        form="verbatim", text="We did it.", said="5 March 2024",
        **{"citations-0-source": source.pk, "citations-0-exact": "We did it."},
    )  # fmt: skip
    desk.save(event, "_publish", happened="June 2023")
    desk.save(
        event, "_publish", summary="It was.", publication_note="The summary was missing.",
        publication_change="correction",
    )  # fmt: skip
    request = desk.add(
        "request", "_publish", asked_by=paper.pk, asked=[firm.pk], outcome="no_reply",
        asked_on="4 March 2024", no_reply_by="5 March 2024",
        **{"citations-0-source": source.pk, "citations-0-exact": "did not reply"},
    )  # fmt: skip
    other = desk.add("actor", "_publish", name="Acme Inc.", actor_kind="organisation")
    look = desk.client.get(page_of(other, "merge"), {"into": firm.pk})
    desk.press(
        page_of(other, "merge"), into=firm.pk, seen=look.context["plan_digest"], note="One firm."
    )
    merge = Transfer.objects.first()
    undo = reverse("admin:desk_transfer_change", args=[merge.pk])
    desk.press(undo, _undo="1", note="Two firms.")
    firm.refresh_from_db()
    desk.press(
        page_of(firm, "split"), name="Acme Press", row=f"desk.statement:{statement.pk}",
        version=firm.version, note="A daughter.", _split="1",
    )  # fmt: skip
    desk.save(firm, name="Acme Company")
    firm.refresh_from_db()
    first = AuditEntry.objects.of(firm.public_id).last()
    desk.press(page_of(firm, "history"), edition=first.pk, version=firm.version)
    draft = desk.add("actor", name="Nobody", actor_kind="group")
    desk.press(page_of(draft, "delete"), post="yes")
    desk.save(request, "_review", text="Did you do it?")
    withdrawal = f"{reverse('admin:desk_approval_bulk')}?do=withdraw&row=event:{event.pk}"
    desk.press(withdrawal, note="It was another firm.")
    import_files(desk)


def import_files(desk):
    url = reverse("admin:desk_importbatch_add")
    for rows in ((EVENT, STATEMENT, REFUSED_ROW), (EVENT, STATEMENT, REQUEST_ROW)):
        file = SimpleUploadedFile("cases.csv", table(*rows))
        desk.press(url, file=file, kind="", origin="", columns="")
    upload = Upload.objects.first()
    desk.press(reverse("admin:desk_importbatch_load", args=[upload.pk]))
    assert ImportBatch.objects.get()


def stored():
    """Return what is stored and published, as text, without the times of the day."""
    tables = {
        "documents": Revision.objects.order_by("pk").values(
            "public_id", "slug", "number", "change", "note", "document"
        ),
        "snapshots": Snapshot.objects.order_by("pk").values("public_id", "document"),
        "audit log": AuditEntry.objects.order_by("pk").values(
            "public_id", "version", "done", "note", "state"
        ),
        "transfers": Transfer.objects.values(
            "how", "origin_title", "target_title", "note", "moved", "wanted"
        ),
        "uploads": Upload.objects.values("name", "origin", "report", "notes", "options", "layout"),
        "imported": ImportedRow.objects.values("external_id", "kind", "public_id", "digest"),
        "actors": Actor.objects.order_by("pk").values("slug", "name", "state"),
        "sources": Source.objects.order_by("pk").values("accessed_on", "archived_on", "published"),
    }
    texts = {
        name: json.dumps(list(rows), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        for name, rows in tables.items()
    }
    return {name: MOMENT.sub("TIME", text) for name, text in texts.items()}


def test_same_work_in_both_languages_stores_the_same(editor, reader, monkeypatch):
    results = []
    for language in LANGUAGES:
        numbers = random.Random(20261130)
        monkeypatch.setattr("kb.text.slugs.secrets.randbits", numbers.getrandbits)
        # No block of its own: loading a file needs to be the outermost one.
        before = transaction.savepoint()
        enter_everything(Desk(editor, language))
        result = stored()
        for path in FILES:
            response = reader.get(path)
            assert response.status_code == 200, path
            text = MOMENT.sub("TIME", response.getvalue().decode().replace("\r\n ", ""))
            result[path] = ROOT.sub("ROOT", text)
        transaction.savepoint_rollback(before)
        results.append(result)
    english, chinese = results
    assert english.keys() == chinese.keys()
    for name, text in english.items():
        assert chinese[name].splitlines() == text.splitlines(), name
    assert "withdrawn" in english["audit log"] and "Ann Bee" in english["uploads"]
