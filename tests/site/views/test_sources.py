"""`/sources/<slug>/`: the entries that cite a source, its chain; and the list of sources."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.desk.documents import build_document
from kb.desk.models import Citation
from kb.desk.verbs.snapshots import pending_revision
from kb.record.documents import without_unpublished
from kb.record.models import Revision
from kb.record.publish import append_revisions
from kb.record.vocabulary import Change
from tests.make import (
    make_actor,
    make_event,
    make_relation,
    make_source,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def news():
    return make_source("News", slug="news", url="https://news.example/1", language="zh-Hans")


def cite(event, source, bearing="supports"):
    Citation.objects.create(event=event, source=source, exact="also here", bearing=bearing)


@pytest.mark.slow
def test_entries_without_other_source_are_counted_and_first(reader, news):
    both = make_event("Two sources", source=news, happened="2023-01")
    cite(both, make_source())
    published(both)
    mentioned = make_event("Mentioned elsewhere", source=news, happened="2023-02")
    cite(mentioned, make_source(), bearing="mentions")
    published(mentioned)
    published(make_event("One source", source=news, happened="2023-03"))
    answer = reader.get("/sources/news/")
    titles = [entry["row"]["title"] for entry in answer.context["citing_entries"]]
    assert titles == ["Mentioned elsewhere", "One source", "Two sources"]
    assert answer.context["counts"] == {"alone": 2, "relayed": 0, "beside": 1}
    text = answer.content.decode()
    assert "3 entries cite this source." in text
    assert "It is the only source of 2 entries." in text
    only = reader.get("/sources/news/?only=alone")
    assert [entry["row"]["title"] for entry in only.context["citing_entries"]] == titles[:2]


def test_derived_report_is_not_a_second_origin(reader, news):
    copy = make_source("Copy", slug="copy", derives_from=news, derivation="translation")
    beside = make_source("Beside", slug="beside", derives_from=news, derivation="own_reporting")
    relayed = make_event("Relayed", source=news)
    cite(relayed, copy)
    published(relayed)
    confirmed = make_event("Confirmed", source=news)
    cite(confirmed, beside)
    published(confirmed)
    answer = reader.get("/sources/news/")
    assert answer.context["counts"] == {"alone": 0, "relayed": 1, "beside": 1}
    assert "1 more entry has only this source and copies of it." in answer.content.decode()


def test_chain_follows_derivations_both_ways(reader, news):
    copy = make_source("Copy", slug="copy", derives_from=news, derivation="translation")
    last = make_source("Rewritten copy", slug="last", derives_from=copy, derivation="rewrite")
    published(make_event(source=last))
    published(copy)
    published(last)
    chain = reader.get("/sources/last/").context["chain"]
    relations = [(earlier["title"], str(earlier["words"])) for earlier in chain["above"]]
    assert relations == [("Copy", "Rewrite of"), ("News", "Translation of")]
    (below,) = reader.get("/sources/news/").context["chain"]["below"]
    assert (below["title"], below["below"][0]["title"]) == ("Copy", "Rewritten copy")
    assert "do not count as independent" in reader.get("/sources/copy/").content.decode()


def test_circular_and_long_chains_end(reader):
    line = [make_source("Relay 0", slug="relay-0")]
    for number in range(1, 9):
        line.append(make_source(f"Relay {number}", slug=f"relay-{number}", derives_from=line[-1]))
    for source in line:
        published(source)
    top = reader.get("/sources/relay-8/").context["chain"]
    assert (len(top["above"]), top["cut"]) == (5, True)
    assert reader.get("/sources/relay-0/").context["chain"]["cut"] is True
    # The desk refuses a circle. An old record may have one.
    make_relation(line[0], line[-1])
    append_revisions([pending_revision(build_document(line[0]), Change.UPDATE)])
    assert reader.get("/sources/relay-4/").status_code == 200


@pytest.mark.slow
def test_chain_costs_one_query_per_level(reader, news):
    published(make_event(source=news))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert reader.get("/sources/news/").status_code == 200
        return len(queries)

    published(make_source(derives_from=news))
    few = cost()
    for _ in range(6):
        published(make_source(derives_from=news))
        published(make_event(source=news))
    assert cost() == few


def test_copies_language_and_byline_are_shown(reader, news):
    news.byline, news.accessed_on = "A. Reporter", date(2023, 12, 20)
    news.save()
    published(news)
    text = reader.get("/sources/news/").content.decode()
    for words in (
        "Simplified Chinese",
        "A. Reporter",
        "no archived copy",
        "accessed 20 December 2023",
    ):
        assert words in text
    assert '<h1 lang="zh-Hans"' in text


def test_more_entries_than_limit_link_to_timeline(reader, news, monkeypatch):
    monkeypatch.setattr("kb.site.pages.source_usage.MAX_CITING_ENTRIES", 2)
    monkeypatch.setattr("kb.site.pages.source.MAX_CITING_ENTRIES", 2)
    for _ in range(3):
        published(make_event(source=news))
    answer = reader.get("/sources/news/")
    assert len(answer.context["citing_entries"]) == 2
    text = answer.content.decode()
    assert "The first 2 are shown." in text
    assert 'href="/timeline/?source=news"' in text


def test_excerpt_marks_phrases_of_entry(reader, news):
    statement = make_statement("We did it.", source=news)
    statement.citations.update(exact="He said: 'We did it.' Then <b>he</b> left.")
    published(statement)
    text = reader.get("/sources/news/").content.decode()
    assert "<mark>We did it</mark>" in text
    assert "&lt;b&gt;he&lt;/b&gt;" in text


def test_list_searches_publisher_and_sorts_by_publication(reader, news):
    news.publisher = make_actor("The Daily")
    news.published = "2020"
    news.save()
    published(news)
    published(make_source("Older", published="2019-01-01"))
    published(make_source("Undated", published=""))

    def titles(query):
        return [row["title"] for row in reader.get(f"/sources/?{query}").context["rows"]]

    assert titles("q=daily") == ["News"]
    assert titles("order=newest") == ["News", "Older", "Undated"]
    assert titles("kind=filing") == []
    assert reader.get("/sources/?lane=did").status_code == 400
    assert reader.get("/sources/news/?only=some").status_code == 400


def test_source_page_shows_all_parents(reader, news):
    other = published(make_source("Other", slug="other"))
    published(news)
    quoting = make_source("Quoting", slug="quoting", derives_from=news, derivation="translation")
    make_relation(quoting, other, "quotes")
    published(quoting)
    chain = reader.get("/sources/quoting/").context["chain"]
    relations = [(earlier["title"], earlier["words"]) for earlier in chain["above"]]
    assert relations == [("News", "Translation of"), ("Other", "Quotes")]
    (below,) = reader.get("/sources/other/").context["chain"]["below"]
    assert (below["title"], below["words"]) == ("Quoting", "quotes it")
    document = Revision.objects.live().get(public_id=quoting.public_id).document
    assert (document["derives_from"], document["derivation"]) == (news.public_id, "translation")


def test_first_public_parent_stands_for_all():
    draft, public = make_source(), published(make_source())
    source = make_source(derives_from=draft, derivation="rewrite")
    make_relation(source, public, "quotes")
    document = without_unpublished(build_document(source), {public.public_id})
    assert [parent["source"] for parent in document["parents"]] == [public.public_id]
    assert (document["derives_from"], document["derivation"]) == (public.public_id, "quotes")


def test_source_that_another_relays_leaves_it_the_only_one(reader, news):
    event = make_event(source=news)
    relayed = make_source("Relayed", slug="relayed")
    Citation.objects.create(event=event, source=relayed, via=news, bearing="supports")
    published(event)
    assert reader.get("/sources/news/").context["counts"]["alone"] == 1
    assert reader.get("/sources/relayed/").context["counts"]["alone"] == 0
