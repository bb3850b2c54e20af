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


def assert_equal_to_sql(seed, queries=QUERIES):
    source, sql = entry_source(), SqlSource()
    assert isinstance(source, IndexSource)
    for number in range(queries):
        query = random_query(seed * 1000 + number)
        expected, actual = answers(sql, query), answers(source, query)
        for part, answer in expected.items():
            assert actual[part] == answer, f"{part} of {query.canonical()}"
    assert list_answers(source) == list_answers(sql)


@pytest.mark.parametrize("way", ["rows", "intersections", "either"])
@pytest.mark.parametrize("seed", [1, 2])
def test_answers_equal_sql_after_each_step_of_history(seed, way, build, monkeypatch):
    if way != "either":
        monkeypatch.setattr(counts, "NANOSECONDS_OF_ROW", 0 if way == "rows" else 10**9)
    if way == "intersections":
        monkeypatch.setattr(pages, "MAX_SORTED", -1)
        monkeypatch.setattr(pages, "FIRST_STEP", 2)
    history = History(seed)
    build()
    assert_equal_to_sql(seed)
    for step in range(STEPS):
        history.step()
        assert_equal_to_sql(seed + step, queries=2)
    assert_equal_to_sql(seed + 50)
    build()
    assert_equal_to_sql(seed + 51)


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
