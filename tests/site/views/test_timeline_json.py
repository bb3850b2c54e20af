"""`/timeline.json`: the same list as the page."""

import pytest

from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db


def test_page_is_json_with_typed_entries(reader):
    event = published(make_event("The checks begin", happened="2023-04"))
    answer = reader.get("/timeline.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    assert body["count"] == {"certain": 1, "possible": 0}
    assert body["words"] == "Entries"
    (entry,) = body["entries"]
    assert (entry["id"], entry["title"]) == (event.public_id, "The checks begin")
    assert entry["date"]["words"] == "April 2023"
    assert entry["citations"][0]["exact"] == "as printed"


def test_statement_names_speaker_party_and_addressee(reader):
    company, outlet = make_actor("Acme"), make_actor("The Daily")
    statement = make_statement("We did it.", on_behalf_of=company, role_as_of="spokesperson")
    statement.addressees.add(outlet)
    published(statement)
    (entry,) = reader.get("/timeline.json").json()["entries"]
    assert entry["voice"]["on_behalf_of"]["name"] == "Acme"
    assert [actor["name"] for actor in entry["voice"]["to"]] == ["The Daily"]
    assert entry["voice"]["role"] == "spokesperson"
    assert entry["text"] == "We did it."


def test_invalid_parameter_returns_400_and_names_it(reader):
    answer = reader.get("/timeline.json?kind=rumour&colour=red")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"kind", "colour"}


def test_drafts_are_not_listed(reader):
    make_event("Secret draft")
    assert b"Secret" not in reader.get("/timeline.json").content


def test_response_is_304_until_next_publication(reader):
    published(make_event())
    etag = reader.get("/timeline.json")["ETag"]
    assert reader.get("/timeline.json", headers={"If-None-Match": etag}).status_code == 304
    published(make_event())
    assert reader.get("/timeline.json", headers={"If-None-Match": etag}).status_code == 200


def test_page_links_to_next_page(reader):
    for _ in range(3):
        published(make_event())
    body = reader.get("/timeline.json?size=2").json()
    assert body["previous"] is None
    path = body["next"].partition("/timeline.json")[2]
    rest = reader.get(f"/timeline.json{path}").json()
    assert len(body["entries"]) == 2
    assert len(rest["entries"]) == 1
    assert rest["next"] is None
