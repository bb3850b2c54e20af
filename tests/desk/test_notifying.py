"""Notifications: off by default, without words of drafts, and never in the way of a save."""

from __future__ import annotations

import json
import threading
import urllib.error
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kb.desk.models.base import WorkflowState
from kb.desk.verbs import notifying
from kb.desk.verbs.publishing import send_for_review
from kb.desk.verbs.reviewing import request_changes
from tests.make import make_event

pytestmark = pytest.mark.django_db
HOOK = "https://example.org/hook?token=secret"


@pytest.fixture
def sent(monkeypatch, settings):
    """What is posted, as (URL, message). Nothing waits, and no thread is started."""
    settings.NOTIFY_WEBHOOK = HOOK
    messages = []
    monkeypatch.setattr(notifying, "SECONDS_TO_COLLECT", 0)
    monkeypatch.setattr(notifying.threading.Thread, "start", lambda thread: None)
    monkeypatch.setattr(notifying, "post", lambda url, message: messages.append((url, message)))
    notifying._pending.clear()
    yield messages
    notifying._pending.clear()


def committed(capture, action):
    with capture(execute=True):
        action()


def test_nothing_is_noted_without_the_setting(
    sent, settings, django_capture_on_commit_callbacks, editor_user
):
    settings.NOTIFY_WEBHOOK = ""
    event = make_event()
    committed(django_capture_on_commit_callbacks, lambda: send_for_review(event, by=editor_user))
    assert notifying._pending == []


def test_records_that_wait_are_one_message_without_words_of_drafts(
    sent, django_capture_on_commit_callbacks, editor_user
):
    events = [make_event("A secret title") for _ in range(3)]
    for event in events:
        committed(
            django_capture_on_commit_callbacks,
            lambda event=event: send_for_review(event, by=editor_user),
        )
    committed(
        django_capture_on_commit_callbacks,
        lambda: request_changes(events[0], text="A secret remark", by=editor_user),
    )
    notifying.send_pending()
    [(url, message)] = sent
    assert url == HOOK
    assert [record["action"] for record in message["records"]] == ["sent"] * 3 + ["sent_back"]
    assert [record["id"] for record in message["records"][:3]] == [
        event.public_id for event in events
    ]
    assert message["records"][0]["by"] == "editor"
    assert message["records"][0]["url"].endswith(f"/event/{events[0].pk}/review/")
    assert "secret" not in json.dumps(message)


def test_saving_is_no_reason_for_a_message(sent, django_capture_on_commit_callbacks):
    make_event()
    notifying.send_pending()
    assert sent == []


@pytest.mark.parametrize(
    "error", [urllib.error.URLError("away"), TimeoutError(), ValueError("odd"), OSError()]
)
def test_failure_is_logged_and_blocks_nothing(
    sent, monkeypatch, caplog, django_capture_on_commit_callbacks, editor_user, error
):
    def fail(url, message):
        raise error

    monkeypatch.setattr(notifying, "post", fail)
    event = make_event()
    committed(django_capture_on_commit_callbacks, lambda: send_for_review(event, by=editor_user))
    notifying.send_pending()
    event.refresh_from_db()
    assert event.state == WorkflowState.IN_REVIEW
    assert "notification failed" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_of_the_receiver_is_not_followed(status):
    asked = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.send_response(status if self.path == "/hook" else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(urllib.error.HTTPError):
            notifying.post(f"http://127.0.0.1:{server.server_port}/hook", {"records": []})
        notifying.post(f"http://127.0.0.1:{server.server_port}/other", {"records": []})
        server.shutdown()
    assert asked == ["/hook", "/other"]
