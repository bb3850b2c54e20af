"""The reading index answers as SQL does, after any history."""

import pytest

from kb.record.reading import counts, pages
from kb.record.reading.current import IndexReader, entry_source
from kb.record.reading.index_source import IndexSource
from kb.record.sql_source import SqlSource
from tests.record.reading.histories import History, answers, list_answers, random_query

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STEPS = 12
QUERIES = 12
# What decides how the index counts and sorts; in a record as small as this it would do one only.
WAYS = {
    "rows": [(counts, "NANOSECONDS_OF_ROW", 0), (pages, "MAX_LISTED", 0)],
    "intersections": [
        (counts, "NANOSECONDS_OF_ROW", 10**9),
        (pages, "MAX_SORTED", -1),
        (pages, "FIRST_STEP", 2),
    ],
    "either": [],
}


def assert_equal_to_sql(seed, monkeypatch, queries=QUERIES):
    """Compare the index, in each of its ways, with what SQL answers, which is asked once."""
    sql = SqlSource()
    drawn = [random_query(seed * 1000 + number) for number in range(queries)]
    expected = [(query, answers(sql, query)) for query in drawn]
    lists = list_answers(sql)
    for way, limits in WAYS.items():
        with monkeypatch.context() as patched:
            for module, name, value in limits:
                patched.setattr(module, name, value)
            source = entry_source()
            assert isinstance(source, IndexSource)
            for query, parts in expected:
                actual = answers(source, query)
                for part, answer in parts.items():
                    assert actual[part] == answer, f"{part} of {query.canonical()} by {way}"
            assert list_answers(source) == lists, way


@pytest.mark.parametrize("seed", [1, 2])
def test_answers_equal_sql_after_each_step_of_history(seed, build, monkeypatch):
    history = History(seed)
    build()
    assert_equal_to_sql(seed, monkeypatch)
    for step in range(STEPS):
        history.step()
        assert_equal_to_sql(seed + step, monkeypatch, queries=2)
    assert_equal_to_sql(seed + 50, monkeypatch)
    build()
    assert_equal_to_sql(seed + 51, monkeypatch)


def test_two_workers_agree_whichever_was_behind(index_path, build):
    history = History(3)
    build()
    first, second = IndexReader(index_path), IndexReader(index_path)
    for number in range(6):
        history.step()
        first.current()
        history.step()
        for reader in (first, second):
            query = random_query(number)
            source = IndexSource(reader.current())
            assert answers(source, query) == answers(SqlSource(), query)
