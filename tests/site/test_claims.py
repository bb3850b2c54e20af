"""`/incidents/<slug>/claims/`: what each party says to each question."""

import pytest

from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    story = make_incident("Story", slug="story")
    event = make_event()
    event.incidents.add(story)
    return make_proposition("Is it so?", events=(published(event),), incident=story)


def test_it_works(reader, question):
    acme = make_actor("Acme")
    yes = published(make_statement("It is so.", on_behalf_of=acme))
    no = published(make_statement("It is not so.", speaker=None, speaker_label="A person there"))
    make_stance(question, "asserts", statement=yes)
    make_stance(question, "denies", statement=no)
    published(question)
    answer = reader.get("/incidents/story/claims/")
    (claim,) = answer.context["claims"]
    assert claim["contested"] is True
    assert [one["holder"]["name"] for one in claim["cells"]] == ["Acme", "A person there"]
    assert "It is not so." in answer.content.decode()


def test_a_question_with_one_answer_is_not_called_contested(reader, question):
    make_stance(question, "asserts", statement=published(make_statement("It is so.")))
    published(question)
    answer = reader.get("/incidents/story/claims/")
    assert answer.context["claims"][0]["contested"] is False
    assert "do not differ" in answer.content.decode()
