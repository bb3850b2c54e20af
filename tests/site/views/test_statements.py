"""`/statements/<slug>/`: speaker, text and replies."""

import re

import pytest

from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


def test_original_is_shown_next_to_translation(reader):
    source = make_source(publisher=make_actor("The Daily"))
    published(
        make_statement(
            "We did it.",
            slug="said",
            source=source,
            language="en",
            wording="translated",
            original_text="我们做到了。",
            original_language="zh-Hans",
        )
    )
    text = reader.get("/statements/said/").content.decode()
    assert 'class="two-voices"' in text
    assert 'lang="zh-Hans"' in text
    for words in (
        "English",
        "Simplified Chinese",
        "Translated by the carrier",
    ):
        assert words in text


def test_quotation_names_its_language_where_the_page_has_another(reader):
    statement = published(make_statement("We did not.", language="en"))
    path = f"/statements/{statement.slug}/"
    tag = re.compile(r'<blockquote class="quotation[^>]*>')
    assert "lang=" not in tag.search(reader.get(path).text)[0]
    assert ' lang="en"' in tag.search(reader.get(f"/zh-hans{path}").text)[0]


@pytest.mark.slow
def test_replies_are_separate_from_related_statements(reader):
    event = published(make_event("The suspension"))
    first = published(make_statement("We suspended it.", slug="first", about=(event,)))
    reply = published(make_statement("We object.", about=(event,), in_reply_to=first, slug="reply"))
    published(make_statement("We watch.", slug="other", about=(event,)))
    answer = reader.get("/statements/first/")
    assert [row["slug"] for row in answer.context["replies"]] == ["reply"]
    assert [row["slug"] for row in answer.context["statements"]] == ["other"]
    back = reader.get("/statements/reply/").content.decode()
    assert f'href="/statements/{first.slug}/"' in back
    assert reply.state == "published"


def test_role_is_of_the_day_and_positions_have_labels(reader):
    niko = make_actor("Niko", actor_kind="person")
    statement = make_statement(
        speaker=niko, role_as_of="spokesperson", slug="said", said="2023-12-15"
    )
    published(statement)
    proposition = make_proposition("Was it used?", incident=published(make_incident()))
    make_stance(proposition, "denies", statement=statement)
    published(proposition)
    published(statement)
    text = reader.get("/statements/said/").content.decode()
    assert "The capacity “spokesperson” is the one the source gives" in text
    assert "Denies" in text
    assert "Was it used?" in text


def test_neighbours_belong_to_same_incident(reader):
    story = published(make_incident("Story"))
    for day, mine in (("2023-01-01", True), ("2023-01-02", False), ("2023-01-03", True)):
        event = make_event(f"On {day}", happened=day)
        if mine:
            event.incidents.add(story)
        published(event)
    statement = make_statement(slug="said", said="2023-01-02")
    statement.incidents.add(story)
    published(statement)
    answer = reader.get("/statements/said/")
    near = [answer.context[name]["title"] for name in ("before", "after")]
    assert near == ["On 2023-01-01", "On 2023-01-03"]


def test_linked_data_files_and_references_exist(reader):
    published(make_statement("We did it.", slug="said"))
    answer = reader.get("/statements/said/")
    for form in answer.context["formats"]:
        assert reader.get(form["url"]).status_code == 200
    data = reader.get("/statements/said.json").json()
    assert (data["text"], data["version"]) == ("We did it.", 1)
    assert reader.get("/statements/nothing.json").status_code == 404


def test_undated_statement_says_that_no_date_is_stated(reader):
    source = make_source(published="")
    paths = [f"/statements/undated-{number}/" for number in range(3)]
    for path in paths:
        slug = path.split("/")[2]
        published(make_statement(slug=slug, said="", source=source, role_as_of="spokesperson"))
    pages = [" ".join(reader.get(path).content.decode().split()) for path in paths]
    for page in pages:
        assert "the source gives for this statement (date not stated)" in page
    # The one in the middle has another before and after it.
    assert any("Before: date not stated" in page and "After: date" in page for page in pages)
