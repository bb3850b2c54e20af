"""The details of what rows name: which there are, on which day, and which lines they remove."""

from __future__ import annotations

import json

import pytest

from kb.desk.models import ActorName
from kb.desk.verbs.publishing import withdraw
from kb.site.http import line_files
from tests.make import make_actor, make_event, make_relation, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    """An event whose source derives from another one, and that from an earlier one."""
    group = make_actor("A group", summary="The owner.")
    outlet = make_actor("An outlet", part_of=group)
    first = make_source("First", published="2023-12-01", publisher=outlet)
    second = make_source("Second", published="2023-12-20", note="Read twice.", derives_from=first)
    third = make_source("Third", published="2023-12-10", derives_from=second)
    event = published(make_event("It happened", source=third))
    return {"group": group, "first": first, "second": second, "event": event}


def named(reader, query=""):
    (line,) = b"".join(reader.get(f"/timeline.jsonl{query}").streaming_content).splitlines()
    return json.loads(line)["named"]


def titles(named):
    return {
        source["title"]: [parent["source"]["title"] for parent in source["parents"]]
        for source in named["sources"]
    }


def test_row_has_all_earlier_sources_and_their_owners(chain, reader):
    details = named(reader)
    assert titles(details) == {"Third": ["Second"], "Second": ["First"], "First": []}
    assert [actor["name"] for actor in details["actors"]] == ["An outlet", "A group"]
    assert details["actors"][0]["part_of"]["name"] == "A group"
    page = reader.get("/timeline.json").json()["entries"][0]
    assert page["named"] == details
    assert reader.get(f"/events/{chain['event'].slug}.json").json()["named"] == details


def test_records_of_which_links_say_everything_are_left_out(reader):
    published(make_event("It happened", source=make_source(publisher=make_actor())))
    assert named(reader) == {"actors": [], "sources": [], "incidents": []}


@pytest.mark.parametrize(
    ("day", "sources"),
    [
        ("2023-12-31", {"Third": ["Second"], "Second": ["First"], "First": []}),
        ("2023-12-15", {}),
    ],
)
def test_sources_that_were_not_public_on_a_day_are_left_out(chain, reader, day, sources):
    assert titles(named(reader, f"?known={day}")) == sources


def test_withdrawn_source_leaves_the_details(chain, reader):
    chain["first"].refresh_from_db()
    withdraw(chain["first"], by=None, note="Not genuine.")
    assert titles(named(reader)) == {"Third": ["Second"], "Second": []}


def test_changed_details_remove_the_finished_line(chain, reader, settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.EXPORT_FILES_MB, settings.EXPORT_LINES_MB = tmp_path, 0, 100
    monkeypatch.setattr(line_files, "MIN_LINES", 1)
    assert named(reader) == named(reader)
    ActorName.objects.create(actor=chain["group"], name="The Group")
    published(chain["group"])
    assert named(reader)["actors"][1]["other_names"][0]["name"] == "The Group"
    make_relation(chain["first"], make_source("Earliest", published="2023-11-01"), "quotes")
    published(chain["first"])
    assert titles(named(reader))["First"] == ["Earliest"]
    assert "Earliest" in titles(named(reader))
