"""What a page says once: who did the same, ids, and that no copy is archived."""

import re

import pytest

from kb.desk.models import Citation
from tests.make import make_actor, make_event, make_incident, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch(db):
    actors = [make_actor(name, slug=name.lower()) for name in ("Acme", "Baz", "Corp")]
    source = make_source("Report", slug="report")
    event = make_event(
        "The launch", slug="launch", source=source, standing="undisputed",
        actors=((actors[0], "acted"), (actors[1], "acted"), (actors[2], "affected")),
    )  # fmt: skip
    Citation.objects.create(event=event, source=source, exact="another passage")
    incident = make_incident("The affair", slug="affair")
    event.incidents.add(incident)
    published(event)
    published(incident)
    return event


def text_of(html):
    html = re.sub(r"<(script|style|pre)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def test_actors_with_the_same_role_are_joined(reader, launch):
    text = text_of(reader.get("/timeline/").text)
    assert "Acme and Baz did this; Corp was affected" in text
    assert (
        "Acme and Baz did this; Corp was affected."
        in reader.get("/timeline.md").getvalue().decode()
    )


def test_actors_are_joined_in_chinese(reader, launch):
    text = text_of(reader.get("/zh-hans/timeline/").text)
    assert "Acme和Baz" in text.replace(" ", "")


@pytest.mark.slow
def test_ids_stand_only_where_an_entry_is_cited(reader, launch):
    public_id = launch.public_id
    for path in (
        "/", "/timeline/", "/incidents/affair/", "/actors/acme/", "/sources/report/", "/changes/",
        "/search/?q=launch", "/incidents/affair/changes/",
    ):  # fmt: skip
        assert public_id not in text_of(reader.get(path).text), path
    page = text_of(reader.get("/events/launch/").text)
    assert page.count(public_id) == 2  # above the title with its version, and in "Cite this"


def test_missing_copy_is_said_once_at_the_source(reader, launch):
    assert "archived copy" not in reader.get("/timeline/").text.lower()
    assert reader.get("/events/launch/").text.count("No archived copy") == 1
