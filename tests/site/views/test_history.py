"""The versions of a record: listed, compared and shown as published."""

import re

import pytest

from kb.desk.models import EntryLink
from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.desk.verbs.transfers.undo import undo_transfer
from kb.record.documents.types import DOCUMENTS
from kb.site.pages.labels import FIELD_LABELS
from tests.make import make_actor, make_event, make_source, make_statement, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected():
    event = published(make_event("They stopped", slug="stop", summary="It did not stop."))
    event.summary = "It did stop."
    event.save()
    publish(event, by=None, change="correction", note="One word too many.")
    return event


def test_history_lists_versions_and_compares_last_two(reader, corrected):
    page = reader.get("/events/stop/history/").text
    assert "2 versions" in page
    assert "Version 1 and version 2" in page
    assert "One word too many." in page
    assert '<del><span class="vh">[removed: </span>not<span class="vh">]</span></del> stop.' in page


def test_version_page_shows_version_as_published(reader, corrected):
    first = reader.get("/events/stop/history/1/").text
    assert 'content="Version 1 of 2, as published."' in first
    assert "It did not stop." in first
    assert "<title>Version 1 of 2: They stopped" in first
    assert "Version 1 of 2, corrected since" in first
    last = reader.get("/events/stop/history/2/").text
    assert "It did stop." in last
    assert "Version 2 of 2, the current version" in last
    assert "noindex" in last


def test_entry_links_to_history_and_version(reader, corrected):
    page = reader.get("/events/stop/").text
    assert 'href="/events/stop/history/"' in page
    assert 'href="/events/stop/history/2/"' in page


def test_version_after_withdrawal_is_compared_with_last_that_is_no_tombstone(reader, corrected):
    withdraw(corrected, by=None, note="By mistake.")
    corrected.refresh_from_db()
    corrected.summary = "It did stop in April."
    corrected.save()
    publish(corrected, by=None, note="The month was left out.")
    listed = reader.get("/changes/?change=republished").text
    link = re.search(r'href="(/events/stop/history/[^"]+)"', listed)[1]
    page = reader.get(link)
    assert page.status_code == 200
    assert "in April" in re.sub(r"<[^>]+>", "", page.text)


@pytest.mark.parametrize("query", ["old=9", "new=x", "old=1&new=99999999", "colour=red"])
def test_invalid_comparison_is_named(reader, corrected, query):
    response = reader.get(f"/events/stop/history/?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.text


def test_single_version_has_no_comparison(reader):
    published(make_actor("Acme", slug="acme"))
    page = reader.get("/actors/acme/history/").text
    assert "1 version" in page
    assert "comparison" not in page


def test_withdrawn_record_shows_only_reason(reader, corrected):
    withdraw(corrected, by=None, note="It was entered twice.")
    page = reader.get("/events/stop/history/")
    assert page.status_code == 200
    assert "It was entered twice." in page.text
    assert "It did" not in page.text
    assert reader.get("/events/stop/history/1/").status_code == 410


def test_link_to_comparison_of_record_withdrawn_since_shows_the_reason(reader, corrected):
    withdraw(corrected, by=None, note="It was entered twice.")
    links = re.findall(r'href="(/events/stop/history/[^"]+)"', reader.get("/changes/").text)
    assert links == ["/events/stop/history/?new=2"]
    page = reader.get(links[0])
    assert (page.status_code, "It was entered twice." in page.text) == (200, True)
    assert "It did" not in page.text
    assert reader.get("/events/stop/history/?old=1&new=2").status_code == 200
    assert reader.get("/events/stop/history/?new=9").status_code == 400


def test_drafts_have_no_history(reader):
    make_event("Secret", slug="secret")
    assert reader.get("/events/secret/history/").status_code == 404
    assert reader.get("/events/secret/history/1/").status_code == 404
    assert reader.get("/events/secret/history/99999999999999999999/").status_code == 404


def test_reverted_tombstone_is_not_compared(reader):
    remaining, double = (
        published(make_actor("Acme")),
        published(make_actor("Double", slug="double")),
    )
    done = merge(double, into=remaining, by=None, note="The same.")
    undo_transfer(done, by=None, note="They are two.")
    page = reader.get("/actors/double/history/").text
    assert "Version 1 and version 3" in page
    assert "They are two." in page
    assert "/history/2/" not in page
    assert reader.get("/actors/double/history/2/").status_code == 410
    assert reader.get("/actors/double/history/3/").status_code == 200


def test_version_shows_labels_instead_of_codes(reader):
    source = make_source(language="zh-Hans")
    actor = make_actor("Acme", slug="acme")
    event = make_event(slug="told", standing="one_party", happened="2023-09", source=source,
                       actors=((actor, "affected"),))  # fmt: skip
    published(event)
    page = reader.get("/events/told/history/1/").text
    for words in (
        "One party’s account",
        "Acme; is said to have been affected",
        "supports this",
        "September 2023",
    ):
        assert words in page
    assert ">one_party" not in page
    chinese = reader.get("/zh-hans/events/told/history/1/").text
    assert "2023年9月" in chinese
    assert "一方说法" in chinese
    assert "Chinese" in reader.get(f"/sources/{source.slug}/history/1/").text


@pytest.mark.parametrize("kind", ["actor", "source", "incident", "event", "statement", "request"])
def test_every_field_of_a_document_has_a_label(kind):
    unnamed = set(DOCUMENTS[kind].__annotations__) - FIELD_LABELS.keys()
    # What search engines are asked is no change that readers are shown.
    assert unnamed == {"id", "kind", "noindex"}


def test_version_of_a_statement_has_no_codes(reader):
    statement = make_statement("We did it.", slug="told")
    earlier = published(make_event("They stopped"))
    EntryLink.objects.create(
        statement=statement, to_event=earlier, inferred=True, link_kind="follows"
    )
    published(statement)
    page = reader.get("/statements/told/history/1/").text
    assert "the words shown" in page
    assert "follows; They stopped" in page
    assert "True" not in page
    assert "False" not in page
