"""`/compare/`: two to four actors side by side."""

from __future__ import annotations

import pytest

from kb.desk.models import ActorName
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_request,
    make_stance,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/compare/?a=acme&b=baz"


@pytest.fixture
def story():
    """Acme suspends Baz, says so, and Baz answers; a newspaper asked Baz before."""
    incident = make_incident("Story", slug="story")
    acme, baz = make_actor("Acme", slug="acme"), make_actor("Baz", slug="baz")
    other = published(make_actor("Other", slug="other"))
    suspension = make_event(
        "Suspended", actors=((acme, "acted"), (baz, "affected")), happened="2023-12-14"
    )
    suspension.incidents.add(incident)
    published(suspension)
    alone = published(make_event("Alone", actors=((acme, "acted"),), happened="2023-02-01"))
    first = make_statement("We act.", on_behalf_of=acme, about=(suspension,), said="2023-12-15")
    first.addressees.add(baz)
    published(first)
    answer = make_statement("We answer.", on_behalf_of=baz, in_reply_to=first, said="2023-12-17")
    answer.addressees.add(acme)
    published(answer)
    request = make_request(asked=(baz,), asked_by=acme, asked_on="2023-12-16")
    published(request)
    question = make_proposition("Did it?", events=(suspension,), incident=incident)
    make_stance(question, "asserts", statement=first)
    make_stance(question, "denies", statement=answer)
    published(question)
    return {"alone": alone, "other": other}


def test_entries_that_name_both_are_listed_in_their_columns(reader, story):
    context = reader.get(PATH).context
    rows = context["rows"]
    assert [(line["number"], line["row"]["kind"], line["column"]) for line in rows] == [
        (1, "event", 1),
        (2, "statement", 1),
        (3, "request", 2),
        (4, "statement", 2),
    ]
    assert context["total"] == 4
    assert rows[3]["answers"] == [2]


def test_counts_lead_to_the_entries_that_they_count(reader, story):
    context = reader.get(PATH).context
    counts = {link["label"]: link for link in context["counts"]}
    assert counts["Only Acme"]["count"] == 1
    page = reader.get(counts["Only Acme"]["url"])
    assert [row["title"] for row in page.context["page"]["rows"]] == ["Alone"]
    for file in context["files"]:
        assert reader.get(file["url"]).status_code == 200
    assert [file["label"] for file in context["files"]] == ["JSON", "CSV"]


def test_drawing_has_each_numbered_entry_and_a_curve_for_each_answer(reader, story):
    chart = reader.get(PATH).context["chart"]
    assert [mark["number"] for mark in chart["marks"]] == [1, 2, 3, 4]
    assert len(chart["curves"]) == 1
    assert [lane["name"] for lane in chart["lanes"] if lane["name"]] == ["Acme", "Others", "Baz"]
    assert chart["enlarged"]["words"] == "Grey: 13 December 2023 to 18 December 2023, enlarged."


def test_claims_have_the_compared_actors_as_columns(reader, story):
    matrix = reader.get("/compare/?a=baz&b=acme&c=other").context["matrix"]
    assert [column["name"] for column in matrix.columns] == ["Baz", "Acme", "Other"]
    (claim,) = matrix.claims
    assert [len(cell["positions"]) for cell in claim["cells"]] == [1, 1, 0]


def test_names_and_gaps_lead_to_the_canonical_address(reader, story):
    response = reader.get("/compare/?a=&b=ACME&d=Baz")
    assert response.status_code == 302
    assert response.headers["Location"] == PATH


def test_former_slug_leads_to_the_present_one(reader, story):
    acme = story["alone"].participations.get().actor
    acme.slug = "acme-corporation"
    acme.save()
    published(acme)
    response = reader.get(PATH)
    assert response.headers["Location"] == "/compare/?a=acme-corporation&b=baz"


def test_form_says_what_is_wrong_and_keeps_what_was_typed(reader, story):
    response = reader.get("/compare/?a=Acmee&b=baz")
    assert response.status_code == 400
    text = response.text
    assert "No single actor has the name or slug “Acmee”." in text
    assert 'value="Acmee"' in text
    assert 'value="Baz"' in text
    assert '<a href="/actors/acme/">Acme</a>' in text
    again = reader.get("/compare/?a=acme&b=Acme")
    assert again.status_code == 400
    assert "Acme is already chosen. Choose another actor." in again.text


def test_one_actor_is_not_compared(reader, story):
    response = reader.get("/compare/?a=acme")
    assert response.status_code == 200
    assert "Choose a second actor." in response.text


def test_form_offers_actors_that_are_named_together(reader, story):
    pairs = reader.get("/compare/").context["pairs"]
    assert (pairs[0]["names"], pairs[0]["url"]) == ("Acme and Baz", "/compare/?a=acme&b=baz")


def test_actors_that_share_nothing_have_no_list(reader, story):
    response = reader.get("/compare/?a=acme&b=other")
    assert response.status_code == 200
    assert "No entry names two of these actors." in response.text
    assert response.context["chart"] is not None


def test_empty_record_has_the_form(reader):
    response = reader.get("/compare/")
    assert response.status_code == 200
    assert response.context["pairs"] == []


@pytest.mark.parametrize("parameters", ["a=acme&a=baz", "x=acme", "a=" + "x" * 2000])
def test_other_parameters_are_refused(reader, story, parameters):
    assert reader.get(f"/compare/?{parameters}").status_code == 400


def test_undated_entry_is_in_the_list_alone(reader):
    acme, baz = make_actor("Acme", slug="acme"), make_actor("Baz", slug="baz")
    parts = ((acme, "acted"), (baz, "affected"))
    published(make_event("When?", actors=parts, happened=""))
    published(make_event("Then", actors=parts, happened="2023-04"))
    context = reader.get(PATH).context
    assert [line["row"]["title"] for line in context["rows"]] == ["Then", "When?"]
    assert context["chart"]["undated"] == [2]


def test_name_in_another_script_is_found(reader, story):
    acme = story["alone"].participations.get().actor
    ActorName.objects.create(actor=acme, name="艾克米", language="zh", name_kind="original")
    published(acme)
    assert reader.get("/compare/", {"a": "艾克米", "b": "Baz"}).headers["Location"] == PATH
