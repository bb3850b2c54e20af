"""One query: read, said in words, written back, and walked page by page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.dates import parse
from kb.record.models import Entry, Revision
from kb.record.page import TimelinePage
from kb.record.query import InvalidQuery, TimelineQuery
from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db


def ids(text):
    return [row["id"] for row in TimelinePage(TimelineQuery.parse(text)).rows]


def test_it_works():
    late = published(make_event(happened="2023-09"))
    early = published(make_event(happened="2023-04"))
    assert ids("") == [early.public_id, late.public_id]
    assert ids("order=newest") == [late.public_id, early.public_id]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nothing=1", "nothing"),
        ("kind=rumour", "kind"),
        ("actor=nobody-here", "actor"),
        ("from=12/05/2023", "from"),
        ("from=2024&until=2023", "until"),
        ("size=0", "size"),
        ("size=" + "9" * 30, "size"),
        ("after=zzz", "after"),
        ("match=maybe", "match"),
        ("from=2023&from=2024", "from"),
        ("q=" + "x" * 201, "q"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text, name):
    with pytest.raises(InvalidQuery) as problem:
        TimelineQuery.parse(text)
    assert name in problem.value.errors


def test_repeating_a_parameter_means_or_and_different_ones_mean_and():
    actor, other = make_actor("One"), make_actor("Two")
    first = published(make_event(actors=((actor, "acted"),), standing="reported"))
    second = published(make_event(actors=((other, "acted"),), standing="announced"))
    assert set(ids(f"actor={actor.slug}&actor={other.slug}")) == {first.public_id, second.public_id}
    assert ids(f"actor={actor.slug}&actor={other.slug}&standing=announced") == [second.public_id]


def test_all_of_these_and_none_of_these():
    one, two = make_actor("One", slug="one"), make_actor("Two", slug="two")
    both = published(make_event("A", actors=((one, "acted"), (two, "affected"))))
    first = published(make_event("B", actors=((one, "acted"),), standing="announced"))
    none = published(make_event("C"))
    assert ids("all_actor=one&all_actor=two") == [both.public_id]
    assert set(ids("all_actor=one")) == {both.public_id, first.public_id}
    assert set(ids("not_actor=two")) == {first.public_id, none.public_id}
    assert ids("not_actor=two&not_actor=one") == [none.public_id]
    assert ids("actor=one&not_actor=two") == [first.public_id]
    assert set(ids("not_standing=announced")) == {both.public_id, none.public_id}
    assert ids("not_kind=event") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("all_actor=one&all_actor=two", "Entries with One and Two"),
        ("not_actor=two", "Entries without Actor “Two”"),
        ("actor=one&not_kind=statement", "Entries with One without Kind “Statement”"),
    ],
)
def test_all_and_none_are_put_into_words_and_keep_their_address(text, words):
    published(make_event(actors=((make_actor("One", slug="one"), "acted"),
                                 (make_actor("Two", slug="two"), "acted"))))  # fmt: skip
    query = TimelineQuery.parse(text)
    assert query.describe() == words
    assert query.canonical() == text
    for name, choices in query.chosen:
        for choice in choices:
            query = query.without(name, choice.slug)
    assert query == TimelineQuery()


def test_unknown_value_of_such_a_parameter_is_refused_by_name():
    for name in ("all_actor", "not_actor", "not_kind"):
        with pytest.raises(InvalidQuery) as problem:
            TimelineQuery.parse(f"{name}=nobody")
        assert list(problem.value.errors) == [name]


def test_excluded_reliability_is_that_of_the_day():
    published(make_event("Undisputed then", standing="undisputed"))
    assert len(ids("not_standing=contested&known=2024-01-01")) == 1


def test_certain_and_possible_are_counted_apart():
    published(make_event(happened="2023-05"))
    published(make_event(happened="2023"))
    published(make_event(happened="2024"))
    page = TimelinePage(TimelineQuery.parse("from=2023-04&until=2023-09"))
    assert (page.count.certain, page.count.possible) == (1, 1)
    assert sorted(row["certain"] for row in page.rows) == [False, True]


DATES = ["2023", "2023-04", "2023-04-05", "../2023-05", "2023-06/..", "2023-05~/2023-08~", ""]


@pytest.mark.slow
@given(
    dates=st.lists(st.sampled_from(DATES), max_size=6),
    since=st.sampled_from(["2022", "2023-04", "2023-07"]),
    until=st.sampled_from(["2023-07", "2023-12", "2025"]),
)
@settings(max_examples=15, deadline=None)
def test_the_database_agrees_with_the_dates_on_certain_and_possible(dates, since, until):
    Entry.objects.all().delete()
    for text in dates:
        published(make_event(happened=text))
    query = TimelineQuery.parse(f"from={since}&until={until}")
    for match in ("certain", "possible"):
        entries = query.entries(match=match).select_related("revision")
        stated_dates = sorted(entry.revision.document["date"]["edtf"] for entry in entries)
        fitting = {"certain": {"certain"}, "possible": {"certain", "possible"}}[match]
        ends = query.earliest, query.latest
        expected = [text for text in dates if parse(text).relation(*ends) in fitting]
        assert stated_dates == sorted(expected)


@pytest.mark.parametrize("order", ["oldest", "newest"])
@pytest.mark.slow
def test_walking_the_pages_gives_every_entry_once_and_back_again(order):
    for text in [*DATES, *DATES]:
        published(make_event(happened=text))
    query = TimelineQuery.parse(f"order={order}&size=3")
    page, seen = TimelinePage(query), []
    while True:
        seen.append([row["id"] for row in page.rows])
        if page.next is None:
            break
        page = TimelinePage(page.next)
    whole = TimelinePage(TimelineQuery.parse(f"order={order}&size=100")).rows
    assert [actor for some in seen for actor in some] == [row["id"] for row in whole]
    back = [[row["id"] for row in page.rows]]
    while page.previous is not None:
        page = TimelinePage(page.previous)
        back.append([row["id"] for row in page.rows])
    assert back[::-1] == seen


def test_the_canonical_string_reads_back_as_the_same_query():
    actor = make_actor("Acme", slug="acme")
    published(make_event(actors=((actor, "acted"),)))
    text = "until=Sept+2023&actor=acme&from=April+2023&kind=event&order=newest&q=acme"
    query = TimelineQuery.parse(text)
    assert TimelineQuery.parse(query.canonical()) == query
    assert query.canonical().startswith("actor=acme&from=2023-04")
    assert query.describe() == "Events with Acme containing “acme”, April 2023 to September 2023"


def test_season_in_an_address_is_edtf():
    query = TimelineQuery.parse("from=spring+2020&until=2022-23")
    assert query.canonical() == "from=2020-21&until=2022-23"
    assert TimelineQuery.parse(query.canonical()) == query
    assert query.describe().lower() == "entries, spring 2020 to autumn 2022"


def test_search_finds_words_phrases_names_and_chinese():
    actor = make_actor("Acme")
    actor.other_names.create(name="字节跳动", language="zh")
    event = published(make_event("The second inspection", actors=((actor, "acted"),)))
    published(make_statement("Nothing to inspect."))
    for q in ("inspection", "INSPECTION", '"second inspection"', "acme", "字节", "跳动"):
        assert [entry.public_id for entry in TimelineQuery(q=q).entries()] == [event.public_id], q
    for q in ('"inspection second"', "节动", "!!", "inspec* OR x", "'", '"', "a:b", "NEAR("):
        assert not TimelineQuery(q=q).entries(), q


def test_counts_follow_the_search():
    actor = make_actor()
    published(make_event("An inspection", actors=((actor, "acted"),)))
    published(make_event("A launch", actors=((actor, "acted"),)))
    (option,) = TimelinePage(TimelineQuery.parse("q=inspection")).facets["actor"].options
    assert option.count == 1


def test_known_shows_what_a_cited_source_had_made_public():
    from tests.make import make_source

    early = published(make_event(source=make_source(published="2023-12-15")))
    published(make_event(source=make_source(published="2023-12-17/..")))
    assert ids("known=2023-12-16") == [early.public_id]
    assert len(ids("known=2023-12-17")) == 2


@pytest.mark.slow
def test_a_page_costs_the_same_with_few_rows_and_with_many():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as queries:
            page = TimelinePage(TimelineQuery.parse("from=2023&size=100"))
            _ = page.rows, page.count, page.facets, page.next
        return len(queries)

    actor = make_actor()
    published(make_event(actors=((actor, "acted"),)))
    few = cost()
    for _ in range(20):
        published(make_event(actors=((make_actor(), "acted"), (actor, "affected"))))
    assert cost() == few <= 9
    assert Revision.objects.count() > 20
