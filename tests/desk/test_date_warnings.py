"""Dates that an editor should look at again: their wording, their order, and years far off."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import localdate

from kb.desk.date_warnings import date_warnings
from tests.desk.admin_forms import add_url, fields_of, text_of
from tests.make import (
    make_event,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
)

pytestmark = pytest.mark.django_db


def worded(date, phrase, exact):
    event = make_event(happened=date, happened_phrase=phrase)
    event.citations.update(exact=exact)
    return event


@pytest.mark.parametrize(
    ("date", "phrase"),
    [
        ("2023-05~/2023-08~", "mid-2023"),
        ("2023-04", "in April 2023"),
        ("2023-04", "2023年4月"),
        ("2023-12-09", "last weekend"),
        ("2023-04", "in “April”"),
        ("", "April 2023"),
    ],
)
def test_cited_wording_that_agrees_with_the_date_has_no_warning(date, phrase):
    assert list(date_warnings(worded(date, phrase, f"It was, {phrase}, so."))) == []


@pytest.mark.parametrize(
    ("date", "phrase"),
    [("2023-06", "April 2023"), ("2023-04-15", "April 2023"), ("2023-04", "about April 2023")],
)
def test_wording_that_reads_as_another_date_is_a_warning(date, phrase):
    (warning,) = date_warnings(worded(date, phrase, f"It was {phrase}."))
    assert f"The wording “{phrase}” is read as " in warning
    assert "Correct the date or the wording." in warning


def test_wording_that_no_citation_contains_is_a_warning():
    (warning,) = date_warnings(worded("2023-04", "in spring", "It was in the spring."))
    assert "No citation contains the wording “in spring”" in warning


def test_wording_of_a_position_is_compared_with_its_statement():
    claim = make_proposition()
    make_stance(claim, "asserts", statement=make_statement("In May."), dated_phrase="in May")
    make_stance(claim, "asserts", statement=make_statement("In June."), dated_phrase="in July")
    (warning,) = date_warnings(claim)
    assert "“in July”" in warning


def test_event_after_the_report_of_it_is_a_warning_unless_announced():
    source = make_source("Daily report", published="2012-03-05")
    (warning,) = date_warnings(make_event(source=source, happened="2012-03-06"))
    assert "“Daily report” reports this but was published before it (5 March 2012)" in warning
    assert list(date_warnings(make_event(source=source, happened="2012-03"))) == []
    announced = make_event(source=source, happened="2012-04", standing="announced")
    assert list(date_warnings(announced)) == []
    (warning,) = date_warnings(make_statement(source=source, said="2012-03-06"))
    assert "“Daily report”" in warning


def test_source_that_disputes_an_event_may_be_older():
    source = make_source(published="2012-03-05")
    event = make_event(source=source, happened="2012-04")
    event.citations.update(bearing="disputes")
    assert list(date_warnings(event)) == []


@pytest.mark.parametrize("field", ["happened", "published"])
def test_date_more_than_two_years_ahead_is_a_warning(field):
    def row(day):
        if field == "published":
            return make_source(published=day)
        return make_event(happened=day, standing="announced")

    today = localdate()
    assert list(date_warnings(row((today + timedelta(days=700)).isoformat()))) == []
    (warning,) = date_warnings(row((today + timedelta(days=800)).isoformat()))
    assert "more than two years in the future" in warning
    assert len(list(date_warnings(row("2012/2102")))) == 1


def test_warnings_are_shown_after_a_save(editor):
    fields = fields_of(editor.get(add_url("source")))
    fields |= {"title": "Report", "source_kind": "article", "published": "2102", "_save": "1"}
    page = editor.post(add_url("source"), fields, follow=True)
    assert "Please check: The date is more than two years in the future" in text_of(page)


@pytest.mark.parametrize("make", [make_source, make_event])
def test_warnings_are_shown_before_publishing(editor, make):
    row = make(published="2102") if make is make_source else make(happened="2102")
    page = editor.get(reverse(f"admin:desk_{row.kind}_review", args=[row.pk]))
    assert "Please check" in page.text
    assert "more than two years in the future" in page.text


def test_publish_command_prints_warnings(capsys):
    make_event("It ends", happened="2102", standing="announced")
    call_command("publish", "--all")
    assert "event “It ends”: please check: The date is more than two" in capsys.readouterr().err
