"""Dates of situations 15 ("By late 2023") and 17 ("About a year ago" in a source of a known day).

Entered in the forms and imported, right on pages and in files.
"""

from __future__ import annotations

import html
import io
import json

import pytest
from django.urls import reverse

from kb.dates import FuzzyDate
from kb.desk.importers.entries import read_entries
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.models import Citation, Event, Request, Statement
from kb.formats import formats_for
from tests.desk.admin_forms import add_url, change_url, fields_of
from tests.desk.admin_forms import text_of as spaced_text_of
from tests.desk.importers.files import loaded, planned, table
from tests.make import make_event, make_source, published

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.slow]

WORDS = "about a year ago"
YEAR_AGO = "2022-06~/2023-06~"
PROPOSAL = (
    "“about a year ago” in a source of 18 December 2023: about June 2022 to June 2023 "
    "(2022-06~/2023-06~). Rule R5: a number of days, weeks, months or years ago."
)


def text_of(response):
    return " ".join(spaced_text_of(response).split())


def gazette(**fields):
    return make_source(**{"title": "Inside the plant", "published": "2023-12-18", **fields})


def event_fields(editor, date, source, exact="", **more):
    address = {"source": source.pk} if source else {}
    return fields_of(editor.get(add_url("event"), address)) | {
        "title": "The pump is switched off", "slug": "pump", "standing": "undisputed",
        "happened": date, "citations-0-source": source.pk if source else "",
        "citations-0-bearing": "supports", "citations-0-exact": exact, **more,
    }  # fmt: skip


def send(editor, fields, button="_save", value="1", address=""):
    url = add_url("event") if "asked_on" not in fields else add_url("request")
    return editor.post(url + address, fields | {button: value})


def used(editor, fields, day="2023-12-18"):
    """The fields of the form after the button of a proposal was pressed."""
    page = send(editor, fields, "_use_reading", f"happened:{day}")
    assert page.status_code == 200
    assert not Event.objects.exists()
    return page, fields_of(page)


# --- In the form ---------------------------------------------------------------------------


def test_refusal_names_the_reading_and_stores_nothing(editor):
    page = send(editor, event_fields(editor, WORDS, gazette()))
    assert page.status_code == 200
    assert f"{PROPOSAL} Use this reading Or enter another date." in text_of(page)
    assert 'name="_use_reading" value="happened:2023-12-18"' in page.text
    assert not Event.objects.exists()
    assert fields_of(page)["happened"] == WORDS


def test_button_fills_the_reading_in_and_the_editor_saves_it(editor):
    fields = event_fields(editor, WORDS, gazette(), f"It stopped {WORDS.upper()}, he said.")
    page, filled = used(editor, fields)
    assert "The reading is filled in but not saved." in text_of(page)
    assert (filled["happened"], filled["happened_phrase"]) == (YEAR_AGO, WORDS)
    assert send(editor, filled).status_code == 302
    assert Event.objects.get().happened == FuzzyDate(YEAR_AGO, WORDS)


def test_words_that_are_not_cited_are_not_the_wording(editor):
    _page, filled = used(editor, event_fields(editor, WORDS, gazette(), "It stopped in 2022."))
    assert (filled["happened"], filled["happened_phrase"]) == (YEAR_AGO, "")
    send(editor, filled)
    assert Event.objects.get().happened == FuzzyDate(YEAR_AGO)


def test_typed_wording_is_left_alone(editor):
    fields = event_fields(editor, WORDS, gazette(), f"{WORDS}", happened_phrase="a year back")
    _page, filled = used(editor, fields)
    assert filled["happened_phrase"] == "a year back"


def test_source_that_has_the_words_decides(editor):
    first = gazette()
    second = make_source("A later report", published="2024-03-04")
    fields = event_fields(editor, "on Monday", first, "It stopped.") | {
        "citations-TOTAL_FORMS": "2", "citations-1-source": second.pk,
        "citations-1-bearing": "supports", "citations-1-exact": "It stopped on Monday.",
    }  # fmt: skip
    text = text_of(send(editor, fields))
    assert "4 March 2024" in text and "source of 18 December" not in text
    text = text_of(send(editor, fields | {"citations-1-exact": ""}))
    assert "4 March 2024" in text and "18 December 2023" in text
    text = text_of(send(editor, fields | {"citations-1-DELETE": "on"}))
    assert "4 March 2024" not in text


def test_source_that_relays_another_has_the_day(editor):
    relay = make_source("A digest", published="2024-03-04")
    fields = event_fields(editor, "on Monday", gazette(), **{"citations-0-via": relay.pk})
    assert "a source of 4 March 2024" in text_of(send(editor, fields))


def test_source_of_the_address_is_used_where_the_form_has_none(editor):
    source = gazette()
    fields = event_fields(editor, WORDS, None)
    assert PROPOSAL in text_of(send(editor, fields, address=f"?source={source.pk}"))
    assert "depends on when it was said" in text_of(send(editor, fields))
    assert "depends on when it was said" in text_of(send(editor, fields, address="?source=x"))


@pytest.mark.parametrize("day", ["2023-12", "2023-12-18?", "", "../2023-12-18"])
def test_source_without_an_exact_day_proposes_nothing(editor, day):
    page = send(editor, event_fields(editor, WORDS, gazette(published=day)))
    assert "depends on when it was said" in text_of(page)
    assert "_use_reading" not in page.text


@pytest.mark.parametrize(
    ("words", "edtf", "rule"),
    [
        ("Wednesday", "2023-12-13", "Rule R2: a weekday."),
        ("last Friday", "2023-12-15", "Rule R2: a weekday."),
        ("Fri. night", "2023-12-15", "Rule R2: a weekday."),
        ("Jan. 5", "2023-01-05", "Rule R7: a month or a day without a year."),
        ("the 15th", "2023-12-15", "Rule R8: a day of the month without its month."),
        ("昨天", "2023-12-17", "Rule R1: today, yesterday, tomorrow."),
        ("上周五", "2023-12-15", "Rule R2: a weekday."),
        ("当地时间周五", "2023-12-15", "Rule R2: a weekday."),
        ("1月5日", "2023-01-05", "Rule R7: a month or a day without a year."),
    ],
)
@pytest.mark.parametrize("is_cited", [True, False])
def test_weekdays_and_days_without_a_year_are_proposed_with_their_rule(
    editor, words, edtf, rule, is_cited
):
    exact = f"It stopped {words} , it says." if is_cited else "It stopped."
    page = send(editor, event_fields(editor, words, gazette(), exact))
    assert f"({edtf}). {rule} Use this reading" in text_of(page)
    _page, filled = used(editor, event_fields(editor, words, gazette(), exact))
    assert filled["happened"] == edtf
    assert filled["happened_phrase"] == (words if is_cited else "")


def test_words_without_a_reading_are_refused_as_before(editor):
    page = send(editor, event_fields(editor, "recently", gazette()))
    assert "depends on when it was said" in text_of(page)
    assert "_use_reading" not in page.text


@pytest.mark.parametrize("value", ["title:2023-12-18", "happened:2023-12-19", "happened", ":", "x"])
def test_button_with_another_value_changes_nothing(editor, value):
    page = send(editor, event_fields(editor, WORDS, gazette()), "_use_reading", value)
    assert fields_of(page)["happened"] == WORDS
    assert not Event.objects.exists()


def test_date_typed_after_the_refusal_is_saved(editor):
    """Enter in a box presses the first button of a form, which is that of the proposal."""
    fields = event_fields(editor, "15 December 2023", gazette())
    assert send(editor, fields, "_use_reading", "happened:2023-12-18").status_code == 302
    assert Event.objects.get().happened.edtf == "2023-12-15"


def test_stored_entry_keeps_its_date_until_the_reading_is_saved(editor):
    event = make_event("The pump is switched off", source=gazette(), happened="2023-04")
    event.citations.update(exact=f"It stopped {WORDS}.")
    fields = fields_of(editor.get(change_url(event))) | {"happened": WORDS}
    page = editor.post(change_url(event), fields | {"_use_reading": "happened:2023-12-18"})
    event.refresh_from_db()
    assert event.happened.edtf == "2023-04"
    assert editor.post(change_url(event), fields_of(page) | {"_save": "1"}).status_code == 302
    event.refresh_from_db()
    assert event.happened == FuzzyDate(YEAR_AGO, WORDS)


def test_both_dates_of_a_request_have_proposals(editor):
    fields = fields_of(editor.get(add_url("request"), {"source": gazette().pk})) | {
        "asked_on": "last Friday", "no_reply_by": "yesterday", "outcome": "no_reply", "text": "It",
    }  # fmt: skip
    page = send(editor, fields)
    assert 'value="asked_on:2023-12-18"' in page.text
    assert 'value="no_reply_by:2023-12-18"' in page.text
    assert not Request.objects.exists()


def test_preview_of_the_form_survives_a_proposal(editor):
    fields = event_fields(editor, WORDS, gazette(), WORDS)
    assert editor.post(reverse("admin:desk_event_card"), fields).status_code == 200


def test_live_reading_has_the_same_proposal(editor, client):
    source, vague = gazette(), gazette(published="2023-12")
    url = reverse("admin:desk_event_reading")
    answer = editor.get(url, {"text": WORDS, "source": [source.pk, vague.pk, "x"]}).json()
    assert answer["proposals"] == [{"day": "2023-12-18", "edtf": YEAR_AGO, "sentence": PROPOSAL}]
    assert "depends on when it was said" in answer["problem"]
    assert editor.get(url, {"text": WORDS, "source": vague.pk}).json()["proposals"] == []
    assert "proposals" not in editor.get(url, {"text": WORDS}).json()
    answer = editor.get(url, {"text": "mid-2023", "source": source.pk}).json()
    assert answer["edtf"] == "2023-05~/2023-08~"
    assert client.get(url, {"text": WORDS, "source": source.pk}).status_code == 302


# --- In an import --------------------------------------------------------------------------


ROW = {"id": "1", "title": "The pump is switched off", "sources": "Inside the plant"}


@pytest.mark.parametrize("cells", [{}, {"source_urls": "https://example.org/plant?utm_source=a"}])
def test_import_names_the_reading_in_the_source_of_the_desk(cells):
    gazette(url="https://example.org/plant")
    (outcome,) = planned(table({**ROW, "date": WORDS, **cells}))
    assert outcome.action == "refused"
    assert PROPOSAL in str(outcome)
    assert "Write 2022-06~/2023-06~ in the column of the date" in str(outcome)


def test_import_without_a_day_of_the_source_proposes_nothing(django_assert_num_queries):
    content = table({**ROW, "date": WORDS})
    (outcome,) = planned(content)
    assert "depends on when it was said" in str(outcome) and "Write 2022" not in str(outcome)
    gazette(published="2023-12")
    (outcome,) = planned(content)
    assert "Write 2022" not in str(outcome)
    with django_assert_num_queries(1):
        planned(table({**ROW, "date": "mid-2023"}))


def test_source_of_the_row_that_has_the_words_decides_in_an_import():
    gazette()
    make_source("A later report", published="2024-03-04")
    (outcome,) = planned(table({
        **ROW, "date": "on Monday", "sources": "Inside the plant; A later report",
        "cited_words": "It stopped.; It stopped on Monday.",
    }))  # fmt: skip
    assert "4 March 2024" in str(outcome) and "18 December" not in str(outcome)


def test_json_lines_have_the_day_of_the_source_themselves():
    entry = {
        "kind": "event", "title": "The pump is switched off", "date": {"edtf": WORDS},
        "citations": [{"source": {"title": "Unknown here", "published": {"edtf": "2023-12-18"}}}],
    }  # fmt: skip
    (outcome,) = planned(
        json.dumps(entry).encode(),
        lambda content: list(read_entries(io.BytesIO(content), ADMIN_LIMITS)),
    )
    assert PROPOSAL in str(outcome)


# --- Shown -----------------------------------------------------------------------------------


def by_form(editor, date, exact):
    fields = event_fields(editor, date, gazette(), exact)
    if date == WORDS:
        _page, fields = used(editor, fields)
    assert send(editor, fields).status_code == 302


def by_import(editor, date, exact):
    gazette()
    cells = {"date": YEAR_AGO, "as_written": WORDS} if date == WORDS else {"date": date}
    loaded(table({**ROW, **cells, "cited_words": exact, "standing": "undisputed"}))


@pytest.mark.parametrize("enter", [by_form, by_import])
@pytest.mark.parametrize(
    ("date", "edtf", "words"),
    [
        (WORDS, YEAR_AGO, "about June 2022 to June 2023"),
        ("By late 2023", "../2023-12~", "by late 2023"),
    ],
)
def test_date_is_right_on_pages_and_in_files(editor, reader, enter, date, edtf, words):
    enter(editor, date, f"“{date}, the pump was off,” it says.")
    event = published(Event.objects.get())
    assert Citation.objects.get().source.published.edtf == "2023-12-18"
    assert event.happened == FuzzyDate(edtf, date)
    for address in ("/timeline/", f"/events/{event.slug}/"):
        page = " ".join(html.unescape(reader.get(address).text).split())
        assert "As written" in page
        assert date in page
        assert words.lower() in page.lower()
    row = reader.get(f"/events/{event.slug}.json").json()
    assert (row["date"]["edtf"], row["date"]["phrase"]) == (edtf, date)
    # A calendar has only dates of at most 366 days; references have the dates of the version.
    others = {"ics", "bib", "ris", "csl.json"}
    for suffix in {form.suffix for form in formats_for("event")} - others:
        text = b"".join(reader.get(f"/events/{event.slug}.{suffix}")).decode()
        text = html.unescape(text.replace("\r\n ", ""))
        assert date in text, suffix


def test_statement_has_the_proposal_too(editor):
    fields = fields_of(editor.get(add_url("statement"), {"source": gazette().pk})) | {
        "headline": "It stopped", "text": "It stopped.", "form": "paraphrase",
        "said": "last Friday",
        "speaker_label": "a manager", "attribution": "unnamed", "citations-0-source":
        gazette(title="Another").pk, "citations-0-exact": "He said last Friday that it stopped.",
    }  # fmt: skip
    page = editor.post(add_url("statement"), fields | {"_use_reading": "said:2023-12-18"})
    assert fields_of(page)["said"] == "2023-12-15"
    assert editor.post(add_url("statement"), fields_of(page) | {"_save": "1"}).status_code == 302
    assert Statement.objects.get().said == FuzzyDate("2023-12-15", "last Friday")
