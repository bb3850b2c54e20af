"""The layout of the forms: folded parts, rows in one line, errors as links, publish and next."""

from __future__ import annotations

import re

import html5lib
import pytest

from kb.desk.models import Citation, Event, Statement
from tests.desk.admin_forms import ADMINS, add_url, change_url, fields_of, text_of
from tests.make import make_event, make_source, make_statement

pytestmark = pytest.mark.django_db


def elements(response, tag, css_class):
    """The elements of a page with this tag and class, in its order."""
    page = html5lib.parse(response.text, namespaceHTMLElements=False)
    return [element for element in page.iter(tag) if css_class in element.get("class", "").split()]


def words(element):
    return " ".join("".join(element.itertext()).split())


def folds(response):
    """The folded parts of the form, not those of its rows: whether they are open, by heading."""
    rows = elements(response, "div", "inline-related")
    of_rows = {part.find("summary").text for row in rows for part in row.iter("details")}
    return {
        words(part.find("summary")): "open" in part.attrib
        for part in elements(response, "details", "fold")
        if part.find("summary").text not in of_rows
    }


def open_rows(response, group="citations"):
    """The rows of an inline: whether each is open, and its line."""
    return [
        ("open" in row.find("details").attrib, words(row.find("details").find("summary")))
        for row in elements(response, "div", "inline-related")
        if re.fullmatch(rf"{group}-[0-9]+", row.get("id"))
    ]


def statement_fields(editor, **fields):
    form = fields_of(editor.get(add_url("statement"), {"source": make_source().pk}))
    return form | {
        "speaker_label": "a manager", "attribution": "unnamed", "form": "paraphrase",
        "headline": "It was off", "text": "It was off.", "citations-0-exact": "It was off.",
    } | fields  # fmt: skip


@pytest.mark.parametrize("kind", ["statement", "event", "request"])
def test_rare_parts_are_closed_in_an_empty_form(editor, kind):
    parts = folds(editor.get(add_url(kind)))
    assert len(parts) >= 2
    assert list(parts.values()) == [False] * len(parts)


def test_part_with_a_value_is_open(editor):
    event = make_event(place_name="Berlin")
    assert folds(editor.get(change_url(event))) == {
        "Wording of the date, time, place": True,
        "Topics, address": False,
    }


def test_part_with_an_error_or_typed_text_is_open(editor):
    form = statement_fields(editor, latitude="x", original_text="Es war aus.", headline="")
    parts = folds(editor.post(add_url("statement"), form | {"_save": "1"}))
    assert parts == {
        "Answers, about, topics": False,
        "Several speakers, uncertain speaker, reported speech": False,
        "Language, original text, reason to publish without the negation": True,
        "Wording of the date, time, place, address": True,
    }


def test_no_field_is_lost_or_twice():
    for name, model_admin in ADMINS.items():
        fields = [
            field
            for _heading, part in [*model_admin.parts, *model_admin.rare_parts]
            for line in part
            for field in ([line] if isinstance(line, str) else line)
        ]
        assert len(fields) == len(set(fields)), name
        editable = {
            field.name
            for field in [*model_admin.model._meta.fields, *model_admin.model._meta.many_to_many]
            if field.editable and not field.primary_key and field.name != "actors"
        }
        assert editable <= set(fields), name  # the actors of an event are rows of their own


def test_many_citations_are_one_line_each(editor):
    source = make_source("The Daily")
    event = make_event(source=source)
    Citation.objects.create(event=event, source=source, exact="It stopped. " * 40, locator="p. 2")
    digest = make_source("A digest")
    Citation.objects.create(event=event, source=source, via=digest, exact="It stopped.")
    rows = open_rows(editor.get(change_url(event)))
    assert [is_open for is_open, _line in rows] == [False, False, False]
    assert rows[2][1] == ("Citation: The Daily, as cited in A digest · supports · “It stopped.”")
    assert rows[1][1].startswith("Citation: The Daily · supports · p. 2 · “It stopped. It")
    assert len(rows[1][1]) < 180


def test_few_citations_new_ones_and_those_with_errors_are_open(editor):
    source = make_source()
    event = make_event(source=source)
    assert [is_open for is_open, _line in open_rows(editor.get(change_url(event)))] == [True]
    for number in range(3):
        Citation.objects.create(event=event, source=source, exact=f"It stopped {number}.")
    form = fields_of(editor.get(change_url(event))) | {"citations-2-position": "x"}
    rows = open_rows(editor.post(change_url(event), form))
    assert [is_open for is_open, _line in rows] == [False, False, True, False]


def test_errors_are_listed_with_links_to_their_fields(editor):
    form = statement_fields(editor, said="12/05/2023", **{"citations-0-position": "x"})
    answer = editor.post(add_url("statement"), form | {"_save": "1"})
    (errors,) = elements(answer, "ul", "error-links")
    links = [(link.get("href"), words(link)) for link in errors.iter("a")]
    assert links == [
        ("#id_said", "Said"),
        ("#id_citations-0-position", "Citation 1: Place in the list"),
    ]
    assert all(f'id="{target[1:]}"' in answer.text for target, _label in links)
    assert "Use this reading" not in words(errors)


def test_form_without_errors_has_no_list(editor):
    assert "error-links" not in editor.get(add_url("statement")).text


def test_publish_and_next_publishes_and_opens_the_next_form(editor):
    form = statement_fields(editor) | {"_publish_next": "1"}
    answer = editor.post(add_url("statement"), form, follow=True)
    assert Statement.objects.get().state == "published"
    assert answer.redirect_chain[0][0].startswith(f"{add_url('statement')}?source=")
    assert fields_of(answer)["text"] == ""
    assert "was published" in text_of(answer)


def test_publish_and_next_stays_where_publishing_is_refused(editor):
    form = statement_fields(editor) | {"citations-0-bearing": "mentions", "_publish_next": "1"}
    answer = editor.post(add_url("statement"), form, follow=True)
    statement = Statement.objects.get()
    assert statement.state == "draft"
    assert answer.redirect_chain[0][0] == change_url(statement)
    assert "Saved as a draft, but not published" in text_of(answer)


def test_changed_entry_is_published_and_leads_on_too(editor):
    event = make_event("It happened")
    form = fields_of(editor.get(change_url(event))) | {"_publish_next": "1"}
    answer = editor.post(change_url(event), form)
    assert answer["Location"].startswith(f"{add_url('event')}?source=")
    assert Event.objects.get().state == "published"


def test_account_that_may_not_publish_has_no_button_to_publish(client, django_user_model):
    from django.contrib.auth.models import Group

    user = django_user_model.objects.create_user("author", is_staff=True)
    user.groups.add(Group.objects.get(name="Contributor"))
    client.force_login(user)
    statement = make_statement()
    page = client.get(change_url(statement))
    assert not re.search('name="_publish', page.text)
    form = fields_of(page) | {"_publish_next": "1"}
    assert "permission to publish" in text_of(client.post(change_url(statement), form, follow=True))
    statement.refresh_from_db()
    assert statement.state == "draft"
