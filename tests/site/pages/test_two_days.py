"""Two days compared: what became known between them, in every format and on both sources."""

import re
from datetime import date

import pytest

from kb.desk.models import Citation, EntryLink
from kb.desk.verbs.publishing import publish
from kb.record.query import InvalidQuery, TimelineQuery
from tests.make import make_actor, make_event, make_incident, make_source, make_statement, published

pytestmark = pytest.mark.django_db

BETWEEN = "known_after=2023-12-14&known=2023-12-17"


def source(day, **fields):
    return make_source(f"Of {day}", published=day, **fields)


@pytest.fixture
def entries():
    """Entries that became known on the 10th, 15th and 20th, and what later sources add."""
    early = make_event("Early", slug="early", source=source("2023-12-10"))
    further = make_event("Further", slug="further", source=source("2023-12-10"))
    Citation.objects.create(event=further, source=source("2023-12-16"), exact="It is so.")
    disputed = make_event("Disputed", slug="disputed", source=source("2023-12-10"))
    Citation.objects.create(
        event=disputed, source=source("2023-12-15"), exact="It is not.", bearing="disputes"
    )
    new = make_event("New", slug="new", source=source("2023-12-15"))
    for event in (early, further, disputed, new):
        published(event)
    correction = make_statement("It was wrong.", slug="correction", source=source("2023-12-17"))
    EntryLink.objects.create(
        statement=correction, to_event=early, link_kind="corrects", inferred=True
    )
    published(correction)
    published(make_event("Late", slug="late", source=source("2023-12-20")))
    return early


def changes(reader, query):
    rows = reader.get(f"/timeline.json?size=100&{query}").json()["entries"]
    return {row["slug"]: row["known_change"] for row in rows}


def words(response):
    main = re.search(r"<main.*</main>", response.text, re.S)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# --- The list ----------------------------------------------------------------------------------


def test_list_has_new_entries_and_those_with_a_further_source(reader, entries):
    assert changes(reader, BETWEEN) == {
        "new": "new",
        "correction": "correction",
        "further": "further",
        "disputed": "disputed",
    }
    assert changes(reader, "known_after=2023-12-14&known=2023-12-15") == {
        "new": "new",
        "disputed": "disputed",
    }
    assert set(changes(reader, "known_after=2023-12-17")) == {"late"}


def test_first_day_is_left_out_and_last_day_is_in(reader, entries):
    assert "new" not in changes(reader, "known_after=2023-12-15&known=2023-12-17")
    assert "correction" not in changes(reader, "known_after=2023-12-14&known=2023-12-16")
    # A month counts to its end.
    assert changes(reader, "known_after=2023-12") == {}


def test_bar_counts_and_links_to_both_states(reader, entries):
    page = reader.get(f"/timeline/?{BETWEEN}")
    text = words(page)
    assert "What became known between 14 December 2023 and 17 December 2023" in text
    assert "2 entries are new. 2 entries were known before and have a further source." in text
    assert 'href="/timeline/?known=2023-12-14"' in page.text
    assert 'href="/timeline/?known=2023-12-17"' in page.text
    assert "4 entries" in text
    assert "Known before, now disputed by a further source" in text
    assert "Known before, with a further source" in text
    assert "New, corrects another entry" in text
    assert "Not yet in a cited source" not in text
    for density in ("compact", "table"):
        other = words(reader.get(f"/timeline/?{BETWEEN}&view={density}"))
        assert "Known before, with a further source" in other


def test_days_beside_stay_after_the_first_day(reader, entries):
    page = reader.get("/timeline/?known_after=2023-12-14&known=2023-12-15")
    bar = page.context["page"]["known"]
    assert bar["previous"] is None
    assert bar["next"]["day"] == date(2023, 12, 17)
    assert "known_after=2023-12-14" in bar["next"]["url"]


def test_chip_and_form_carry_the_day(reader, entries):
    page = reader.get(f"/timeline/?{BETWEEN}&kind=event")
    chips = {chip["group"]: chip for chip in page.context["page"]["chips"]}
    assert chips["Became known after"]["label"] == "14 December 2023"
    assert chips["Became known after"]["url"] == "/timeline/?kind=event&known=2023-12-17"
    assert '<input type="hidden" name="known_after" value="2023-12-14">' in page.text
    assert 'id="k-after" name="known_after" value="2023-12-14"' in page.text


def test_files_and_embed_have_the_same_entries(reader, entries):
    csv = b"".join(reader.get(f"/timeline.csv?{BETWEEN}").streaming_content).decode()
    assert csv.count("\n") == 5
    embed = reader.get(f"/embed/timeline/?{BETWEEN}")
    assert embed.text.count("<article") == 4
    assert "what became known between" in reader.get(f"/timeline.atom?{BETWEEN}").text


def test_without_a_second_day_it_is_until_today(reader, entries):
    page = reader.get("/timeline/?known_after=2023-12-16")
    text = words(page)
    assert "What became known after 16 December 2023" in text
    assert "2 entries are new." in text
    assert "were known before" not in text


# --- The parameter -----------------------------------------------------------------------------


def test_query_is_canonical_and_describes_itself():
    query = TimelineQuery.parse("known=17 Dec 2023&known_after=14 Dec 2023&later=hide")
    assert query.canonical() == "known=2023-12-17&known_after=2023-12-14"
    assert TimelineQuery.parse(query.canonical()) == query
    assert query.describe() == (
        "Entries: what became known between 14 December 2023 and 17 December 2023"
    )
    assert query.without("known_after").canonical() == "known=2023-12-17"
    assert query.without("known").canonical() == "known_after=2023-12-14"


@pytest.mark.parametrize(
    "days", ["known_after=2023-12-17&known=2023-12-14", "known_after=2023-12&known=2023-12-31"]
)
def test_first_day_has_to_be_earlier(reader, days):
    with pytest.raises(InvalidQuery) as refused:
        TimelineQuery.parse(days)
    assert list(refused.value.errors) == ["known_after"]
    page = reader.get(f"/timeline/?{days}")
    assert page.status_code == 400
    assert "Choose an earlier day." in page.text
    assert 'aria-describedby="h-after e-after" aria-invalid="true"' in " ".join(page.text.split())
    assert page.text.count('id="k-after"') == page.text.count('name="known_after"') == 1
    assert reader.get(f"/timeline.json?{days}").status_code == 400


def test_day_that_cannot_be_read_stays_in_its_field(reader):
    page = reader.get("/timeline/?known_after=12/05/2023&known=2023-12-31")
    assert page.status_code == 400
    assert 'name="known_after" value="12/05/2023"' in page.text


# --- What was written later --------------------------------------------------------------------


@pytest.fixture
def incident():
    incident = make_incident("Story", slug="story", summary="It all began.")
    event = make_event("Early", source=source("2023-12-10"))
    event.incidents.add(incident)
    published(event)
    incident.refresh_from_db()
    return incident


def test_summary_written_later_is_marked_or_hidden(reader, incident):
    today = words(reader.get("/incidents/story/"))
    assert "It all began." in today
    assert "written later" not in today
    marked = words(reader.get("/incidents/story/?known=2023-12-17"))
    assert "It all began." in marked
    assert "Summary written later, on" in marked
    hidden = words(reader.get("/incidents/story/?known=2023-12-17&later=hide"))
    assert "It all began." not in hidden
    assert "The summary is hidden: it was written later, on" in hidden
    assert "written later" not in words(reader.get("/incidents/story/?known=2099"))


def test_summary_is_as_old_as_its_words(reader, incident, django_assert_max_num_queries):
    from kb.record.models import Revision
    from kb.site.pages.written_later import written_later

    incident.title = "The story"
    incident.save()
    publish(incident, by=None, change="update")
    first = Revision.objects.filter(public_id=incident.public_id).order_by("number").first()
    current = Revision.objects.live().get(public_id=incident.public_id)
    assert current.number == first.number + 1
    query = TimelineQuery.parse("known=2023-12-17")
    with django_assert_max_num_queries(1):
        later = written_later(current, query)
    assert later["summary"] == first.published_at.date()


def test_bar_is_in_chinese(reader, entries):
    actor = published(make_actor())
    assert actor.state == "published"
    text = words(reader.get(f"/zh-hans/timeline/?{BETWEEN}"))
    for english in ("became known", "Known before", "further source", "Stop comparing"):
        assert english not in text
