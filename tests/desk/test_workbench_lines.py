"""The lines of the workbench: statements are entered and changed in a table, without a script."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission

from kb.desk.admin.workbench.lines import table
from kb.desk.admin.workbench.lines.kinds import LINE_KINDS
from kb.desk.admin.workbench.lines.line import line_key
from kb.desk.models import Actor, AuditEntry, Citation, PassageMark, Statement
from kb.desk.verbs.source_texts import store_text
from tests.desk.admin_forms import text_of
from tests.desk.line_table import Table, url
from tests.make import make_actor, make_event, make_incident, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST = "We have a licence. We use it every day."
ARTICLE = f"""The firm was asked for comment on Friday.
Acme spokesperson Jodi Seth said, “{FIRST}” The firm is old.
On Wednesday she said that the firm had stopped.
We use it. We use it."""


@pytest.fixture
def source():
    row = make_source("A story", language="en", published="2023-12-15")
    store_text(row, ARTICLE, by=None)
    return row


def test_words_alone_make_a_whole_line(editor, source):
    earlier = make_statement(source=source)
    story = make_incident("A story of stories")
    earlier.incidents.add(story)
    table = Table(editor, source)
    table.put(table.new[0], words=FIRST)
    table.send()
    statement = Statement.objects.exclude(pk=earlier.pk).get()
    citation, mark = statement.citations.get(), PassageMark.objects.get()
    assert (statement.text, statement.form, str(statement.said.edtf)) == (
        FIRST,
        "verbatim",
        "../2023-12-15",
    )
    assert (statement.speaker.name, statement.role_as_of) == ("Jodi Seth", "spokesperson")
    assert (statement.on_behalf_of.name, statement.headline) == ("Acme", f"Jodi Seth: “{FIRST}”")
    assert (citation.exact, citation.locator, citation.wording) == (
        f"“{FIRST}”",
        "paragraph 2",
        "original",
    )
    assert (citation.quoted, mark.exact, statement.state) == (True, f"“{FIRST}”", "draft")
    assert list(statement.incidents.all()) == [story]
    assert {row.state for row in Actor.objects.filter(name__in=["Jodi Seth", "Acme"])} == {"draft"}
    assert AuditEntry.objects.filter(public_id=statement.public_id).exists()
    key = line_key(statement)
    assert (table.value(key, "speaker"), table.value(key, "words")) == ("Jodi Seth", FIRST)
    assert "Quotation, paragraph 2" in text_of(table.response)


def test_typed_cells_are_not_filled_in(editor, source):
    person, event = make_actor("Niko Felix", actor_kind="person"), make_event(title="A stop")
    table = Table(editor, source)
    table.put(
        table.new[0],
        speaker="niko felix",
        role="chief",
        on_behalf_of="Zed Works",
        words="the firm had stopped",
        said="2023-12-13",
        about="stop",
    )
    table.send()
    statement = Statement.objects.get()
    assert (statement.speaker, statement.role_as_of) == (person, "chief")
    assert (statement.on_behalf_of.name, statement.on_behalf_of.actor_kind) == (
        "Zed Works",
        "organisation",
    )
    assert (statement.said.edtf, statement.form) == ("2023-12-13", "paraphrase")
    assert list(statement.about.all()) == [event]
    assert statement.headline.startswith("Niko Felix: ")


def test_several_lines_are_saved_at_once_and_lead_to_the_package(editor, source):
    old = make_statement("We use it.", source=source)
    table = Table(editor, source)
    table.put(line_key(old), role="chief")
    table.put(table.new[0], words=FIRST)
    response = table.send(_publish_all="1")
    assert response.redirect_chain[-1][0].endswith(f"/package/?source={source.pk}")
    assert "Publish all of this source" in text_of(response)
    old.refresh_from_db()
    assert (old.role_as_of, old.version, Statement.objects.count()) == ("chief", 2, 2)


def test_lines_that_nobody_changed_are_not_saved(editor, source):
    old = make_statement("We use it.", source=source, said="2023-12-14")
    table = Table(editor, source)
    assert "Nothing was changed in the lines." in text_of(table.send())
    old.refresh_from_db()
    assert (old.version, Statement.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"words": "“We have no licence.”"}, "The text of the source does not have these words."),
        ({"words": "It is over"}, "A named speaker needs an actor."),
        ({"speaker": "Niko Felix"}, "Enter the text of the statement"),
        ({"speaker": "Nico Felix", "words": FIRST}, "Choose a similar name, or create a new one."),
        ({"speaker": "Two Names", "words": FIRST}, "Several actors are called “Two Names”."),
        ({"words": FIRST, "about": "Nothing"}, "No event has “Nothing” in its title."),
        ({"words": FIRST, "about": "stop"}, "Several events have these words in their title."),
        ({"words": FIRST, "said": "some day"}, "date"),
        ({"words": FIRST, "role": "x" * 121}, "at most 120 characters"),
    ],
)
def test_refused_line_keeps_everything_with_its_reason(editor, source, cells, message):
    for name in ("Niko Felix", "Two Names", "Two Names"):
        make_actor(name)
    make_event(title="A stop"), make_event(title="Another stop")
    actors = Actor.objects.count()
    table = Table(editor, source)
    table.put(table.new[0], **cells)
    response = table.send()
    assert response.status_code == 200 and message in text_of(response)
    key = table.new[0]
    assert {name: table.value(key, name) for name in cells} == cells | (
        {"words": FIRST} if cells.get("words") == FIRST else {}
    )
    assert (Statement.objects.count(), Actor.objects.count()) == (0, actors)


def test_similar_name_is_chosen_or_created(editor, source):
    similar = make_actor("Niko Felix", actor_kind="person")
    for choice, speaker in ((str(similar.pk), "Niko Felix"), ("create", "Nico Felix")):
        table = Table(editor, source)
        table.put(table.new[0], speaker="Nico Felix", words=FIRST)
        table.send()
        table.put(table.new[0], speaker_choice=choice)
        table.send()
        assert Statement.objects.latest("pk").speaker.name == speaker


def test_words_of_a_day_are_read_from_the_day_of_the_source(editor, source):
    table = Table(editor, source)
    table.put(table.new[0], words="she said that the firm had stopped", said="Wednesday")
    assert "These words depend on the day of the source." in text_of(table.send())
    assert '<option value="2023-12-13">' in table.page
    table.put(table.new[0], said_choice="2023-12-13")
    table.send()
    assert Statement.objects.get().said.edtf == "2023-12-13"


def test_own_words_are_a_paraphrase_and_say_so(editor, source):
    table = Table(editor, source)
    table.put(table.new[0], speaker="Ann Bell", words="She denies everything")
    response = table.send()
    statement, citation = Statement.objects.get(), Citation.objects.get()
    assert (statement.form, statement.text) == ("paraphrase", "She denies everything")
    assert (citation.exact, citation.wording, citation.source) == ("", "paraphrase", source)
    assert "Paraphrase" in text_of(response)


def test_source_without_a_text_takes_quoted_words_as_exact(editor):
    source = make_source("A broadcast", published="2023-12-15")
    table = Table(editor, source)
    table.put(table.new[0], speaker="Ann Bell", words="“It is over.”")
    table.send()
    citation = Citation.objects.get()
    assert (citation.exact, citation.statement.form) == ("It is over.", "verbatim")
    assert citation.statement.said.edtf == "../2023-12-15"


def test_changed_words_get_their_new_passage_and_an_own_headline_stays(editor, source):
    table = Table(editor, source)
    table.put(table.new[0], words="We have a licence.")
    table.send()
    statement = Statement.objects.get()
    table.put(line_key(statement), words="We use it every day.")
    table.send()
    statement.refresh_from_db()
    mark = PassageMark.objects.get()
    assert (statement.text, mark.exact) == ("We use it every day.", "We use it every day.")
    assert statement.citations.get().exact == mark.exact
    assert statement.headline == "Jodi Seth: “We use it every day.”"
    Statement.objects.update(headline="Her own")
    table = Table(editor, source)
    table.put(line_key(statement), words="We use it … day.", speaker="Ann Bell")
    table.send()
    statement.refresh_from_db()
    assert (statement.text, statement.headline) == ("We use it … day.", "Her own")
    assert PassageMark.objects.count() == 1


def test_line_that_another_editor_saved_is_compared_and_then_saved(editor, source):
    old = make_statement("We use it.", source=source)
    table = Table(editor, source)
    table.put(line_key(old), role="chief")
    Statement.objects.filter(pk=old.pk).update(role_as_of="deputy", version=2, channel="letter")
    response = table.send()
    assert "Stored: deputy" in " ".join(text_of(response).split())
    assert table.value(line_key(old), "role") == "chief"
    table.send()
    old.refresh_from_db()
    assert (old.role_as_of, old.channel, old.version) == ("chief", "letter", 3)


def test_line_of_a_deleted_or_published_draft_loses_nothing(editor, source):
    old = make_statement("We use it.", source=source)
    table = Table(editor, source)
    table.put(line_key(old), role="chief")
    Statement.objects.filter(pk=old.pk).update(state="in_review")
    assert "This is no longer a draft." in text_of(table.send())
    assert table.value(line_key(old), "role") == "chief"
    Statement.objects.filter(pk=old.pk).update(state="draft")
    old.citations.all().delete()
    old.delete()
    assert "Someone deleted this record" in text_of(table.send())
    key = table.new[0]
    assert table.value(key, "role") == "chief"
    table.send()
    assert Statement.objects.get().role_as_of == "chief"


def test_line_that_is_sent_twice_is_saved_once(editor, source):
    table = Table(editor, source)
    key = table.new[0]
    table.put(key, words=FIRST)
    sent = dict(table.fields)
    for role in ("", "chief"):
        table.fields = dict(sent)
        table.put(key, role=role)
        table.send()
    statement = Statement.objects.get()
    assert (statement.text, statement.role_as_of) == (FIRST, "chief")


def test_published_statement_is_shown_and_not_changed(editor, source):
    old = make_statement("We use it.", source=source, state="published")
    table = Table(editor, source)
    assert f"line-{line_key(old)}-words" not in table.fields and old.text in table.page
    fields = {f"line-{line_key(old)}-role": "chief", f"line-{line_key(old)}-shown": "x"}
    table.fields |= fields
    table.send()
    old.refresh_from_db()
    assert old.role_as_of == ""


def test_only_who_may_add_statements_has_an_empty_line(client, source, django_user_model):
    account = django_user_model.objects.create_user("reader", is_staff=True)
    names = ("change_source", "view_source", "use_source_text")
    account.user_permissions.set(Permission.objects.filter(codename__in=names))
    make_statement("We use it.", source=source)
    client.force_login(account)
    table = Table(client, source)
    assert table.response.status_code == 200 and not table.new
    data = {
        "lines": "1",
        "line": "statement-new-abcdefgh",
        "line-statement-new-abcdefgh-words": FIRST,
    }
    assert client.post(url(source), data).status_code == 403
    assert Statement.objects.count() == 1


def test_words_fill_in_a_line_while_it_is_typed(editor, source):
    answer = editor.get(url(source), {"part": "line", "words": FIRST}).json()
    assert answer["cells"] | {"passage": ""} == {
        "speaker": "Jodi Seth",
        "speaker_key": "",
        "role": "spokesperson",
        "on_behalf_of": "Acme",
        "on_behalf_of_key": "",
        "words": FIRST,
        "said": "../2023-12-15",
        "said_phrase": "",
        "passage": "",
    }
    assert answer["notes"]["words"].endswith("paragraph 2")
    sentence = "On Wednesday she said that the firm had stopped"
    start = ARTICLE.index(sentence)
    query = {"part": "line", "start": start, "end": start + len(sentence), "text_number": 1}
    cells = editor.get(url(source), query).json()["cells"]
    assert (cells["words"], cells["said"]) == ("The firm had stopped", "2023-12-13")
    problem = editor.get(url(source), {"part": "line", "words": "“None of these”"}).json()
    assert "does not have these words" in problem["problem"]


def test_names_of_the_desk_in_the_text_are_listed_with_their_mentions(editor, source):
    make_actor("Jodi Seth"), make_actor("Twin"), make_actor("Twin"), make_actor("Nobody There")
    store_text(source, f"{ARTICLE}\nThe Twin and Jodi Seth spoke. Acme did not.", by=None)
    make_actor("Acme")
    page = Table(editor, source).page
    names = re.findall(r'data-count="(\d+)" data-name="([^"]+)"', page)
    assert names == [("2", "Acme"), ("2", "Jodi Seth")]


def test_number_of_queries_does_not_grow_with_the_lines(editor, source, queries):
    counts = []
    for more in (1, 5):
        for _number in range(more):
            make_statement("We use it.", source=source, about=(make_event(),))
        with queries() as ran:
            editor.get(url(source))
        counts.append(len(ran))
    assert counts[0] == counts[1]


def test_newest_lines_are_shown_and_those_that_were_left_out_can_still_be_saved(
    editor, source, monkeypatch
):
    monkeypatch.setattr(table, "MAX_LINES", 3)
    first, *others = [make_statement(f"Words {number}.", source=source) for number in range(3)]
    lines = Table(editor, source)
    assert "not shown here" not in text_of(lines.response)
    lines.put(line_key(first), role="chief")
    make_statement("Words of another editor.", source=source)
    lines.send()
    first.refresh_from_db()
    assert first.role_as_of == "chief"
    assert "1 older line is not shown here" in text_of(lines.response)
    assert f"line-{line_key(first)}-role" not in lines.fields
    assert f"line-{line_key(others[-1])}-role" in lines.fields


def test_line_is_published_when_its_button_is_pressed(editor, source):
    make_actor("Niko Felix", actor_kind="person", state="published")
    lines = Table(editor, source)
    lines.put(lines.new[0], speaker="Niko Felix", words=FIRST)
    lines.send(_publish_line="1")
    statement = Statement.objects.get()
    assert statement.state == "published"
    assert f"line-{line_key(statement)}-words" not in lines.fields
    draft = make_statement("We use it.", source=source, speaker=statement.speaker)
    lines = Table(editor, source)
    lines.send_only(line_key(draft), _publish_line="1")
    draft.refresh_from_db()
    assert draft.state == "published"


def test_line_is_sent_for_review_by_who_may_not_publish(client, source, django_user_model):
    account = django_user_model.objects.create_user("writer", is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="desk")
    account.user_permissions.set(rights.exclude(codename__startswith="publish"))
    client.force_login(account)
    lines = Table(client, source)
    lines.put(lines.new[0], words=FIRST)
    lines.send(_publish_line="1")
    assert Statement.objects.get().state == "in_review"


def test_line_that_cannot_be_published_is_saved_and_says_why(editor, source):
    draft = make_statement("We use it.", source=source)
    lines = Table(editor, source)
    draft.citations.update(bearing="mentions")
    lines.put(line_key(draft), role="chief")
    response = lines.send(_publish_line="1")
    draft.refresh_from_db()
    assert (draft.state, draft.role_as_of) == ("draft", "chief")
    assert "Saved as a draft, but not published:" in text_of(response)


@pytest.mark.parametrize("kind", LINE_KINDS)
def test_every_cell_is_checked_by_the_form_of_its_kind(kind):
    """A cell, and a field whose error it shows, is one of the model of its kind or its parts."""
    lines = LINE_KINDS[kind]
    names = {field.name for field in lines.model._meta.get_fields()} | {"exact", "actor"}
    new = {"new_speaker", "new_on_behalf_of"} if kind == "statement" else set()
    assert {cell.field for cell in lines.cells.values()} <= names
    assert set(lines.cell_of_field) - new <= names
    assert set(lines.cell_of_field.values()) <= set(lines.cells)
