"""Requests for comment on the readers' pages: silence is dated, and never said."""

import re
from html import unescape

import pytest

from kb.desk.verbs.publishing import withdraw
from tests.formats.reading import body
from tests.make import make_actor, make_request, published
from tests.requests_story import HEADLINE, silence_story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def story(db):
    return silence_story()


def text_of(response):
    assert response.status_code == 200
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def ids(reader, query):
    return {entry["id"] for entry in reader.get(f"/timeline.json?{query}").json()["entries"]}


def test_request_page_shows_who_asked_whom(reader, story):
    text = text_of(reader.get("/requests/gazette-asked/"))
    assert HEADLINE in text
    assert "Request for comment" in text
    assert "Gotham Gazette Asked" in text and "Baz Parts Was asked for comment" in text
    assert "Statement text" not in text and "this was said" not in text


def test_timeline_marks_request_as_third_kind(reader, story):
    page = reader.get("/timeline/").content.decode()
    assert 'class="entry entry-request"' in page
    assert HEADLINE in text_of(reader.get("/timeline/"))


@pytest.mark.parametrize("query", ["kind=request", "asked=baz-parts", "asked_by=gotham-gazette"])
def test_request_is_found_by_its_filters(reader, story, query):
    assert ids(reader, query) == {story.request.public_id}
    assert HEADLINE in text_of(reader.get(f"/timeline/?{query}"))


@pytest.mark.parametrize("query", ["by=baz-parts", "kind=statement", "about=baz-parts",
                                   "by=gotham-gazette", "to=gotham-gazette"])  # fmt: skip
def test_silence_is_never_speech(reader, story, query):
    assert story.request.public_id not in ids(reader, query)


def test_query_is_described_in_words(reader, story):
    words = reader.get("/timeline.json?asked=baz-parts").json()["words"]
    assert words == "Requests for comment to Baz Parts"
    assert reader.get("/timeline.json?kind=request").json()["words"] == "Requests for comment"


def test_actor_page_has_reply_ledger(reader, story):
    answered = make_request(
        asked=(story.statement.speaker,), outcome="answered", answer=story.statement
    )
    published(answered)
    text = text_of(reader.get("/actors/baz-parts/"))
    assert "Asked for comment: 2, answered 1" in text
    assert HEADLINE in text
    assert "answered 16 December 2023" in text
    lane = reader.get("/actors/baz-parts.json?lane=asked").json()
    assert {entry["kind"] for entry in lane["entries"]} == {"request"}
    answer = reader.get("/actors/baz-parts.json?lane=said").json()
    assert [entry["id"] for entry in answer["entries"]] == [story.statement.public_id]


def test_actor_who_was_never_asked_has_no_ledger(reader, story):
    published(make_actor("Somebody", slug="somebody"))
    assert "Asked for comment:" not in text_of(reader.get("/actors/somebody/"))


def test_incident_has_reply_ledger_and_view(reader, story):
    assert "Requests for comment 1" in text_of(reader.get("/incidents/recall/"))
    assert "Asked for comment: 1, answered 0" in text_of(reader.get("/incidents/recall/actors/"))
    only = text_of(reader.get("/incidents/recall/?kind=request"))
    assert HEADLINE in only


def test_silence_stands_below_answers_in_matrix(reader, story):
    page = text_of(reader.get("/incidents/recall/claims/"))
    answer, silence = page.index("We did not know."), page.index("Asked by Gotham Gazette")
    assert answer < silence
    assert "No reply, by 18 December 2023" in page
    assert page.index("Asked for comment: 1, answered 0") > silence
    assert "Asked by Gotham Gazette, 17 December 2023" in page
    # Neither a position nor a change of mind.
    assert "1 position on it" in page
    assert "Changed." not in page


def test_silent_party_without_position_has_column(reader, story):
    other = make_actor("Quiet Corp", slug="quiet")
    request = make_request(asked=(other,), outcome="declined")
    request.claims.add(story.claim)
    published(request)
    page = text_of(reader.get("/incidents/recall/claims/"))
    assert "Quiet Corp" in page
    assert "Declined to comment" in page


def test_event_and_statement_pages_link_requests(reader, story):
    assert "Requests for comment about it" in text_of(reader.get("/events/brakes/"))
    published(make_request(outcome="answered", answer=story.statement, slug="answered"))
    text = text_of(reader.get("/statements/denial/"))
    assert "answered 16 December 2023" in text
    assert "We did not know." in text_of(reader.get("/requests/answered/"))


def test_withdrawn_answer_leaves_no_trace(reader, story):
    published(make_request(outcome="answered", answer=story.statement, slug="answered"))
    withdraw(story.statement, by=None, note="An error.")
    for address in ("/requests/answered/", "/requests/answered.json", "/changes/"):
        body = reader.get(address).content.decode()
        assert "16 December" not in body


@pytest.mark.parametrize("path", ["", "history/", "history/1/"])
def test_request_has_history(reader, story, path):
    assert reader.get(f"/requests/gazette-asked/{path}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/requests/gazette-asked/history/1/"])
def test_headline_of_a_version_is_in_the_language(reader, story, path):
    assert HEADLINE in reader.get(path).text
    chinese = reader.get(f"/zh-hans{path}").text
    # One version also shows the title that it stores.
    assert chinese.count(HEADLINE) == path.count("/history/")
    assert "Gotham Gazette向Baz Parts征询评论：至2023年12月18日未答复" in chinese


def test_request_can_be_embedded(reader, story, settings):
    assert HEADLINE in text_of(reader.get("/embed/requests/gazette-asked/"))
    url = f"{settings.SITE_URL}/requests/gazette-asked/"
    assert reader.get("/oembed", {"url": url}).json()["title"].startswith("Gotham Gazette asked")


def test_request_is_in_sitemap_search_and_histogram(reader, story):
    assert "/requests/gazette-asked/" in body(reader.get("/sitemap-requests-1.xml")).decode()
    assert HEADLINE in text_of(reader.get("/search/?q=Gotham"))
    assert "1 request for comment" in reader.get("/timeline/").content.decode()


@pytest.mark.parametrize("address", ["/timeline/?kind=request", "/actors/baz-parts/",
                                     "/incidents/recall/actors/", "/timeline.json",
                                     "/incidents/recall/claims/"])  # fmt: skip
def test_number_of_queries_does_not_grow(reader, story, queries, address):
    for _ in range(2):
        _one_more(story)
    with queries() as few:
        reader.get(address)
    for _ in range(12):
        _one_more(story)
    with queries() as many:
        reader.get(address)
    assert len(many) == len(few)


def _one_more(story):
    request = make_request(asked=(story.statement.speaker,), asked_by=make_actor())
    request.incidents.add(story.claim.incident)
    request.claims.add(story.claim)
    published(request)
