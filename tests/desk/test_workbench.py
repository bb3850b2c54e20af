"""The workbench of a source: facts are made from passages of its text, without a script."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from kb.desk.models import (
    Actor,
    AuditEntry,
    Citation,
    Event,
    PassageMark,
    Request,
    Source,
    Stance,
    Statement,
)
from kb.desk.verbs.source_texts import store_text
from tests.desk.admin_forms import fields_of, text_of
from tests.make import make_actor, make_incident, make_proposition, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ARTICLE = """The firm was asked for comment on Friday.
Acme spokesperson Jodi Seth said, “We have a licence. We use it.” The firm is old.
She said that the firm had stopped."""


@pytest.fixture
def source():
    paper = make_actor("The Paper", actor_kind="publication")
    row = make_source("A story", publisher=paper, language="en")
    store_text(row, ARTICLE, by=None)
    return row


def url(source, name="workbench"):
    return reverse(f"admin:desk_source_{name}", args=[source.pk])


def fact_fields(response):
    """The fields of the form of the fact, without those of the lines below it."""
    fields = fields_of(response)
    return {name: value for name, value in fields.items() if not name.startswith("line")}


def form_for(client, source, kind, words):
    start = ARTICLE.index(words)
    query = {"make": kind, "start": start, "end": start + len(words)}
    return fact_fields(client.get(url(source), query))


def test_passage_fills_in_the_form_of_a_statement(editor, source):
    person, firm = make_actor("Jodi Seth", actor_kind="person"), make_actor("Acme")
    form = form_for(editor, source, "statement", "“We have a licence. We use it.”")
    assert form["text"] == "We have a licence. We use it."
    assert form["citations-0-exact"] == "“We have a licence. We use it.”"
    assert form["citations-0-locator"] == "paragraph 2"
    assert form["citations-0-source"] == [str(source.pk)]
    assert form["citations-0-wording"] == ["original"]
    assert (form["speaker"], form["on_behalf_of"]) == ([str(person.pk)], [str(firm.pk)])
    assert (form["role_as_of"], form["said"]) == ("spokesperson", "../2023-12-15")
    assert (form["form"], form["attribution"]) == (["verbatim"], ["named"])
    assert form["headline"] == "Jodi Seth: “We have a licence. We use it.”"
    assert form["citations-0-quoted"] == "on"


def test_sent_form_makes_a_draft_and_a_mark_and_goes_on_there(editor, source):
    make_actor("Jodi Seth", actor_kind="person")
    form = form_for(editor, source, "statement", "“We have a licence. We use it.”")
    response = editor.post(url(source), {**form, "_save": "1"})
    statement = Statement.objects.get()
    mark = PassageMark.objects.get()
    assert response["Location"].startswith(url(source) + "?at=")
    assert response["Location"].endswith("#paragraph-2")
    assert (statement.state, statement.speaker.name) == ("draft", "Jodi Seth")
    assert (mark.row, mark.kind, mark.exact) == (
        statement,
        "statement",
        "“We have a licence. We use it.”",
    )
    page = editor.get(url(source)).content.decode()
    assert '<mark class="passage statement">“We have a licence. We use it.”</mark>' in page
    assert statement.headline in page


def test_speaker_and_party_who_are_not_known_are_created_with_the_statement(editor, source):
    form = form_for(editor, source, "statement", "“We have a licence. We use it.”")
    assert (form["new_speaker"], form["new_on_behalf_of"]) == ("Jodi Seth", "Acme")
    assert not Actor.objects.filter(name="Jodi Seth").exists()
    editor.post(url(source), {**form, "_save": "1"})
    statement = Statement.objects.get()
    assert (statement.speaker.name, statement.speaker.actor_kind) == ("Jodi Seth", "person")
    assert (statement.on_behalf_of.name, statement.speaker.state) == ("Acme", "draft")


def test_refused_form_keeps_everything_and_creates_nobody(editor, source):
    form = form_for(editor, source, "statement", "“We have a licence. We use it.”")
    response = editor.post(url(source), {**form, "headline": "", "note": "x", "_save": "1"})
    # Signed with the time, and the page that the choice of language leads back to.
    again = {**fact_fields(response), "_whose": form["_whose"], "next": form["next"]}
    assert response.status_code == 200 and "This field is required" in text_of(response)
    assert {**form, "headline": ""} == again
    assert not Statement.objects.exists() and not Actor.objects.filter(name="Acme").exists()


def test_new_speaker_who_exists_is_refused(editor, source):
    form = form_for(editor, source, "statement", "“We have a licence. We use it.”")
    make_actor("jodi seth")
    response = editor.post(url(source), {**form, "_save": "1"})
    assert "already exists" in text_of(response)
    assert fields_of(response)["new_speaker"] == "Jodi Seth"


def test_words_without_quotation_marks_are_a_paraphrase_of_the_speaker(editor, source):
    form = form_for(editor, source, "statement", "She said that the firm had stopped")
    assert (form["form"], form["citations-0-wording"]) == (["paraphrase"], ["paraphrase"])
    assert form["text"] == "The firm had stopped"
    assert form["new_speaker"] == "Jodi Seth"


@pytest.mark.parametrize(
    ("words", "published", "date", "phrase"),
    [
        ("asked for comment on Friday", "2023-12-16", "2023-12-15", "Friday"),
        ("asked for comment on Friday", "", "", ""),
        ("The firm is old", "2023-12-16", "../2023-12-16", ""),
        ("The firm is old", "2023-12-16/..", "", ""),
    ],
)
def test_date_of_an_event_is_that_of_its_passage_or_not_later_than_the_source(
    editor, source, words, published, date, phrase
):
    source.published = published
    source.save()
    form = form_for(editor, source, "event", words)
    assert (form["happened"], form["happened_phrase"]) == (date, phrase)


def test_event_and_request_are_made_from_passages(editor, source):
    firm, story = make_actor("Acme"), make_incident("A story of stories")
    earlier = make_statement(source=source)
    earlier.incidents.add(story)
    form = form_for(editor, source, "event", "the firm is old".capitalize())
    assert (form["title"], form["incidents"]) == ("The firm is old", [str(story.pk)])
    editor.post(url(source), {**form, "_save": "1"})
    form = form_for(editor, source, "request", "The firm was asked for comment")
    assert form["asked_by"] == [str(source.publisher_id)]
    editor.post(url(source), {**form, "asked": [firm.pk], "_save": "1"})
    assert Event.objects.get().incidents.get() == story
    assert Request.objects.get().asked_by == source.publisher
    assert {mark.kind for mark in PassageMark.objects.all()} == {"event", "request"}
    with_words = Citation.objects.exclude(exact="").exclude(statement=earlier)
    assert with_words.count() == 2


@pytest.mark.parametrize(
    ("query", "exact"),
    [
        ({"paragraph": "3"}, "She said that the firm had stopped."),
        (
            {"paragraph": "2", "from_word": "“We", "to_word": "it"},
            "“We have a licence. We use it.”",
        ),
        ({"paragraph": "2", "from_word": "6", "to_word": "9"}, "“We have a licence."),
        ({"paragraph": "2", "from_word": "The"}, "The firm is old."),
    ],
)
def test_passage_is_chosen_by_paragraph_and_words(editor, source, query, exact):
    form = fields_of(editor.get(url(source), {"make": "statement", **query}))
    assert form["citations-0-exact"] == exact


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"paragraph": "4"}, "from 1 to 3"),
        ({"paragraph": "x"}, "from 1 to 3"),
        ({}, "from 1 to 3"),
        ({"paragraph": "3", "from_word": "licence"}, "no word “licence”"),
        ({"start": "5", "end": "5"}, "Select some words"),
        ({"start": "99999", "end": "999999"}, "Select some words"),
    ],
)
def test_passage_that_does_not_exist_is_explained(editor, source, query, message):
    response = editor.get(url(source), {"make": "event", **query})
    assert response.status_code == 200 and message in text_of(response)
    for name in query.keys() & {"paragraph", "from_word"}:
        assert fields_of(response)[name] == query[name]


def test_position_is_added_to_a_claim_from_the_words_of_a_statement(editor, source):
    form = form_for(editor, source, "statement", "“We have a licence. We use it.”")
    editor.post(url(source), {**form, "_save": "1"})
    statement = Statement.objects.get()
    claim = make_proposition("The firm has a licence")
    form = form_for(editor, source, "position", "We have a licence")
    assert (form["exact"], form["statement"]) == ("We have a licence", [str(statement.pk)])
    sent = {**form, "proposition": claim.pk, "position": "asserts"}
    response = editor.post(url(source), {**sent, "_save": "1"}, follow=True)
    stance = Stance.objects.get()
    assert (stance.statement, stance.source, stance.exact) == (statement, None, form["exact"])
    assert PassageMark.objects.get(kind="position").row == claim
    assert "The firm has a licence” was saved" in text_of(response)
    claim.refresh_from_db()
    statement.refresh_from_db()
    assert (claim.version, statement.version) == (2, 2)
    assert AuditEntry.objects.filter(public_id=claim.public_id, done="saved").count() == 1


def test_position_without_a_statement_is_that_of_the_source(editor, source):
    claim = make_proposition("The firm is old")
    form = form_for(editor, source, "position", "The firm is old")
    sent = {**form, "proposition": claim.pk, "position": "reports", "_save": "1"}
    response = editor.post(url(source), sent)
    assert "are not in what is cited from this source" in text_of(response)
    assert fields_of(response)["exact"] == "The firm is old"
    event = form_for(editor, source, "event", "The firm is old.")
    editor.post(url(source), {**event, "_save": "1"})
    editor.post(url(source), sent)
    assert (Stance.objects.get().source, Stance.objects.get().statement) == (source, None)


def test_fact_of_a_deleted_text_is_still_saved(editor, source):
    form = form_for(editor, source, "event", "The firm is old")
    editor.post(url(source, "text"), {"_delete_text": "1"})
    editor.post(url(source), {**form, "_save": "1"})
    assert Event.objects.get().citations.get().exact == "The firm is old"
    assert not PassageMark.objects.exists()


def test_text_is_pasted_replaced_and_deleted(editor, source):
    new = make_source("Another story")
    assert "Paste the article" in text_of(editor.get(url(new)))
    response = editor.post(url(new, "text"), {"body": " One.\r\n\r\nTwo.\u00ad "}, follow=True)
    assert "The text was saved" in text_of(response)
    assert [text.body for text in new.texts.all()] == ["One.\nTwo."]
    form = form_for(editor, source, "event", "The firm is old")
    editor.post(url(source), {**form, "_save": "1"})
    response = editor.post(url(source, "text"), {"body": "Quite new."}, follow=True)
    assert "1 marked passage: 0 in the same place, 0 moved, 1 lost." in text_of(response)
    assert "not in this text" in text_of(response)
    response = editor.post(url(source, "text"), {"body": " \n"})
    assert "Enter the text" in text_of(response) or "required" in text_of(response)
    editor.post(url(source, "text"), {"_delete_text": "1"})
    assert not source.texts.exclude(body="").exists()


def test_only_those_with_the_right_read_and_delete_the_text(source, django_user_model):
    for group, statuses in (
        ("Contributor", (200, 403)),
        ("Publisher", (200, 302)),
        ("", (403, 403)),
    ):
        user = django_user_model.objects.create_user(f"member {group}", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client = Client()
        client.force_login(user)
        page = client.get(url(source))
        deleted = client.post(url(source, "text"), {"_delete_text": "1"})
        assert (page.status_code, deleted.status_code) == statuses
        assert ("had stopped" in page.content.decode()) is (page.status_code == 200)


def test_number_of_queries_does_not_grow_with_entries(editor, source, queries):
    def entries(count):
        for _ in range(count):
            form = form_for(editor, source, "event", "The firm is old")
            editor.post(url(source), {**form, "_save": "1"})

    editor.get(url(source))
    entries(1)
    with queries() as few:
        editor.get(url(source))
    entries(4)
    with queries() as many:
        editor.get(url(source))
    assert len(many) == len(few), many


def test_what_is_not_published_yet_is_counted_and_published_on_one_page(editor, source):
    make_statement("Said", source=source)
    response = editor.get(url(source))
    assert "1 entry is not published." in text_of(response)
    assert "Publish all 1" in text_of(response)
    package = f"{reverse('admin:desk_approval_package')}?source={source.pk}"
    response = editor.post(url(source), {"lines": "1", "_publish_all": "1"})
    assert response["Location"] == package
    assert editor.get(package).status_code == 200


def test_text_of_a_new_source_is_pasted_with_it_and_leads_to_the_workbench(editor):
    address = reverse("admin:desk_source_add")
    form = fields_of(editor.get(address))
    form |= {"title": "A story", "article_text": "One  line.\n\nAnother.", "_save": "1"}
    form |= {"published": "2023-12-15", "source_kind": "article"}
    response = editor.post(address, form)
    source = Source.objects.get()
    assert response.url == url(source)
    assert source.texts.get().body == "One line.\nAnother."
    assert "article_text" not in fields_of(
        editor.get(reverse("admin:desk_source_change", args=[source.pk]))
    )


def test_new_source_without_a_text_leads_to_the_list(editor):
    address = reverse("admin:desk_source_add")
    form = fields_of(editor.get(address)) | {"title": "A story", "_save": "1"}
    response = editor.post(address, form | {"source_kind": "article"})
    assert not Source.objects.get().texts.exists()
    assert "workbench" not in response.url
