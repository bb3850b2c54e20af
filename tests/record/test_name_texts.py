"""The names in memory are those of the record, whatever was published since they were read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.verbs import publishing
from kb.record import closest_names, name_texts
from kb.record.models import Revision
from kb.record.name_texts import CurrentNames, NamedRecord, NameTexts, live_names
from kb.record.record_search import SearchRequest, _matching_names, _ranked_names, search_record
from kb.text.normalise import search_text
from tests.make import make_actor, make_incident, make_source, published

KINDS = ("actor", "incident", "proposition", "source")
IDS = tuple("abcdefgh")
TITLES = (
    "Ibex Board",
    "ibex board",
    "Łódź Council",
    "字节跳动",
    "ByteDance",
    "Byte Dance",
    "GPT-4",
)
SEARCHES = ("ibex board", "board*", "lodz", "字节", "bytedance", "byte dance", "gpt4", "-ibex", "4")


def record(public_id, title, other):
    also = (other,) if other else ()
    kind = KINDS[IDS.index(public_id) % 4]
    return NamedRecord(public_id, kind, "", title, "", also, "", search_text(title, *also))


records = st.builds(
    record, st.sampled_from(IDS), st.sampled_from(TITLES), st.sampled_from(("", *TITLES))
)
# Which records a publication changes: to a record, or to none if it is withdrawn.
changes = st.dictionaries(st.sampled_from(IDS), st.tuples(
    st.booleans(), st.sampled_from(TITLES), st.sampled_from(("", *TITLES))
), max_size=4)  # fmt: skip


def in_order(rows):
    return tuple(sorted(rows, key=lambda row: (row.title, row.public_id)))


def ranked(names, q):
    request = SearchRequest(q)
    numbers = _matching_names(names, request.query)
    return _ranked_names(names, request, numbers.items())


@given(
    st.lists(records, unique_by=lambda row: row.public_id),
    st.lists(changes, max_size=4),
    st.sampled_from(SEARCHES),
    st.sampled_from((1, 3, 500)),
)
def test_changed_names_are_found_as_if_all_were_read_again(first, history, q, limit):
    live = {row.public_id: row for row in first}
    names = CurrentNames(NameTexts(in_order(first)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name_texts, "MAX_CHANGED", limit)
        for publication in history:
            changed = [record(key, *texts) for key, (is_live, *texts) in publication.items()
                       if is_live]  # fmt: skip
            live = {key: row for key, row in live.items() if key not in publication}
            live |= {row.public_id: row for row in changed}
            names = names.with_changes(set(publication), changed)
    anew = CurrentNames(NameTexts(in_order(live.values())))
    assert tuple(names) == in_order(live.values())
    assert ranked(names, q) == ranked(anew, q)


@given(
    st.lists(records, unique_by=lambda row: row.public_id),
    st.lists(changes, max_size=4),
    st.sampled_from(("ibexx", "boart", "bytedanec", "councel", "bytes", "ibex boord")),
)
def test_changed_names_are_close_as_if_all_were_read_again(first, history, q):
    live = {row.public_id: row for row in first}
    names = CurrentNames(NameTexts(in_order(first)))
    for publication in history:
        changed = [record(key, *texts) for key, (is_live, *texts) in publication.items()
                   if is_live]  # fmt: skip
        live = {key: row for key, row in live.items() if key not in publication}
        live |= {row.public_id: row for row in changed}
        names = names.with_changes(set(publication), changed)
    anew = CurrentNames(NameTexts(in_order(live.values())))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closest_names, "live_names", lambda: names)
        closest = closest_names.closest_names(q)
        patch.setattr(closest_names, "live_names", lambda: anew)
        assert closest_names.closest_names(q) == closest


@pytest.mark.django_db
def test_words_of_all_names_are_made_once():
    name_texts._names.clear()
    actor = published(make_actor("Ibex Board"))
    assert [name.word for name in closest_names.closest_names("ibexx")] == ["ibex"]
    first = live_names().parts[0].names
    words = closest_names._words_by_length(first)
    actor.name = "Chamois Board"
    actor.save()
    publishing.publish(actor, note="Another name", change="correction", by=None)
    assert closest_names.closest_names("ibexx") == []
    assert [name.word for name in closest_names.closest_names("chamoix")] == ["chamois"]
    assert closest_names._words_by_length(live_names().parts[0].names) is words


def titles(q):
    return [hit.title for hit in search_record(SearchRequest(q)).hits]


@pytest.fixture
def _full_reads(monkeypatch):
    """Count how often all names are read."""
    name_texts._names.clear()
    reads = []
    read_all = name_texts._read_all
    monkeypatch.setattr(name_texts, "_read_all", lambda: reads.append(1) or read_all())
    return reads


@pytest.mark.django_db
def test_publications_read_only_what_they_change(_full_reads):
    actor = published(make_actor("Ibex Board"))
    published(make_source("Report on the ibex"))
    assert titles("ibex") == ["Ibex Board", "Report on the ibex"]
    published(make_incident("Ibex inquiry"))
    actor.name = "Chamois Board"
    actor.save()
    publishing.publish(actor, note="Another name", change="correction", by=None)
    assert titles("ibex") == ["Ibex inquiry", "Report on the ibex"]
    assert titles("chamois") == ["Chamois Board"]
    name_texts._names.clear()
    assert titles("ibex") == ["Ibex inquiry", "Report on the ibex"]
    assert len(_full_reads) == 2


@pytest.mark.django_db
def test_removed_name_is_not_found():
    actor = published(make_actor("Ibex Board"))
    assert titles("ibex") == ["Ibex Board"]
    request = ask_for_suppression(actor, by=None, part="names", reason="privacy")
    confirm_suppression(request, by=None)
    assert titles("ibex") == []
    published(make_actor("Chamois"))
    assert titles("ibex") == []


@pytest.mark.django_db
def test_names_of_another_record_with_the_same_keys_are_read_again(_full_reads):
    published(make_actor("Ibex Board"))
    assert len(list(live_names())) == 1
    ((state, names),) = name_texts._names.items()
    name_texts._names.clear()
    last = state.last._replace(sha256="0" * 64)
    name_texts._names[state._replace(last=last)] = names
    published(make_actor("Chamois"))
    assert {row.title for row in live_names()} == set(
        Revision.objects.live().values_list("title", flat=True)
    )
    assert len(_full_reads) == 2
