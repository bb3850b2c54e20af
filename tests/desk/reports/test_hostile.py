"""1,000 hostile submissions: nothing is public, nothing is lost, the limits hold, nothing fails."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kb.desk.models import Report
from kb.desk.reports import views
from kb.desk.reports.limits import MAX_PER_DAY, MAX_PER_HOUR, MAX_PER_HOUR_OF_ALL
from kb.desk.reports.tokens import ticket_digest
from kb.text.clean import TextError, clean_text
from tests.desk.reports.sending import fields, typed_text
from tests.make import make_event, make_statement, published

pytestmark = pytest.mark.django_db

SUBMISSIONS = 1_000
MARK = "zebrafinch"
STRINGS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</textarea><form action=//evil.example>",
    "{{ settings.SECRET_KEY }} {% load %} ${7*7} #{7*7}",
    "'; DROP TABLE desk_report; -- \" OR 1=1",
    "FROM auth_user JOIN record_revision",
    "../../../etc/passwd%00",
    "=HYPERLINK(\"http://evil.example\")",
    "https://evil.example/\r\nSet-Cookie: a=b",
    "e\u0301 ﬁ Ａ ǆ ạ̈",
    "line\r\none\rtwo\u2028three\n\n\tfour",
    "﷽ 表ポあA鷗 👩‍👩‍👧‍👦 🇨🇭",
    "الحقيقة עברית",
    "ثم نفس سقطت \u202e txt.exe",
    "zero\u200bwidth \ufeff bom",
    "Z" + "\u0335\u0321" * 40,
    "bell \x07 escape \x1b[31m",
    "nul \x00 inside",
    "\ud7ff\ue000\ufffd \U0010fffe",
    "undefined null None NaN True -1 1e309",
    "   \n\t  ",
    "",
    "a" * 5_000,
    "a" * 5_001,
    "界" * 60_000,
    "\N{DIGIT ONE}\N{COMBINING ENCLOSING KEYCAP}" * 100,
)  # fmt: skip
PATHS = ("/", "/timeline/", "/timeline.json", "/timeline.atom", "/timeline.csv", "/changes/",
         "/changes.atom", "/reports/", "/quotes/", f"/search/?q={MARK}")  # fmt: skip


def submission(number: int, chance: random.Random, event_id: str) -> dict[str, str]:
    """One form with something wrong in any of its fields, or in none."""
    text = chance.choice(STRINGS)
    if text.strip() and len(text) < 1_000:
        text = f"{MARK} {number} {text}"
    odd = chance.choice(STRINGS)
    form = fields(text=text, kind=chance.choice(("error", "source", "reply", "removal")))
    form["about"] = chance.choice((event_id, "", odd[:50], "x" * 300))
    form["version"] = chance.choice(("1", "", "-1", "9" * 400, odd[:50]))
    change = chance.random()
    if change < 0.06:
        form["form_token"] = chance.choice((odd, form["form_token"][:-1], f"a{form['form_token']}"))
    elif change < 0.12:
        form["kind"] = odd
    elif change < 0.18:
        form["email"] = chance.choice((odd, "a@example.org\nBcc: b@example.org", "a" * 300))
    elif change < 0.24:
        form["source_url"] = chance.choice(
            (odd, "javascript:alert(1)", f"https://a.example/{MARK}")
        )
    elif change < 0.28:
        form["website"] = odd
    elif change < 0.34:
        del form[chance.choice(sorted(form))]
    return form


def normalised(text: str) -> str | None:
    """What is to be stored of a text; None if it has to be refused."""
    try:
        cleaned = clean_text(text).strip()
    except TextError:
        return None
    return cleaned if cleaned and len(cleaned) <= 5_000 else None


def most_in(moments: list[datetime], window: timedelta) -> int:
    """The most moments of one window of this length."""
    return max((sum(at - window < other <= at for other in moments) for at in moments), default=0)


@pytest.mark.slow
def test_hostile_submissions_are_neither_public_nor_lost(reader, monkeypatch):
    event = published(make_event("Account suspended"))
    published(make_statement(about=(event,)))
    chance = random.Random(7)
    pages = {path: reader.get(path).getvalue() for path in (*PATHS, f"/events/{event.slug}/")}
    clock = {"now": datetime(2026, 11, 30, 8, tzinfo=UTC)}
    monkeypatch.setattr(views.timezone, "now", lambda: clock["now"])
    client, statuses, accepted = Client(), Counter[int](), 0
    earlier: list[dict[str, str]] = []
    for number in range(SUBMISSIONS):
        # A flood in the second half: everything arrives within some minutes.
        clock["now"] += timedelta(seconds=40 if number < SUBMISSIONS / 2 else 1)
        form = submission(number, chance, event.public_id)
        if earlier and chance.random() < 0.05:
            form = chance.choice(earlier)  # sent once more
        address = f"198.51.100.{chance.randrange(200 if number % 3 else 4)}"
        before = Report.objects.count()
        response = client.post("/report/", form, REMOTE_ADDR=address)
        statuses[response.status_code] += 1
        text = form.get("text", "")
        if response.status_code == 303:
            token = response["Location"].split("/")[-2]
            stored = Report.objects.get(ticket_sha256=ticket_digest(token))
            assert stored.text == normalised(text), number
            assert Report.objects.count() == before + (form not in earlier), number
            accepted += form not in earlier
            earlier.append(form)
        else:
            assert response.status_code in (400, 429), number
            assert Report.objects.count() == before, number
            if any("\x00" in value for value in form.values()):
                # Refused before the form is read: no browser sends it, and "Back" has the text.
                assert "NUL character" in response.text
            else:
                sent = text.replace("\r\n", "\n").replace("\r", "\n")
                shown = typed_text(response).replace("\r\n", "\n").replace("\r", "\n")
                assert shown == sent, number
    assert accepted == Report.objects.count() > 200
    assert statuses[429] > 50
    for path, body in pages.items():
        assert reader.get(path).getvalue() == body, path
    moments: dict[str, list[datetime]] = {}
    for digest, at in Report.objects.values_list("client", "received_at"):
        moments.setdefault(digest, []).append(at)
    assert max(most_in(times, timedelta(hours=1)) for times in moments.values()) == MAX_PER_HOUR
    assert max(map(len, moments.values())) <= MAX_PER_DAY
    everything = [at for times in moments.values() for at in times]
    assert most_in(everything, timedelta(hours=1)) <= MAX_PER_HOUR_OF_ALL
