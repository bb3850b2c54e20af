"""Full text: both databases give the hits that kb.text.normalise defines, whatever is asked."""

from __future__ import annotations

from importlib import import_module
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.record import search
from kb.record.models import Entry, Revision
from kb.record.search import SearchError, entries_matching, missing_parts
from kb.text.normalise import search_query, search_text

pytestmark = pytest.mark.django_db
_numbers = count(1)


def entry(*parts: str) -> Entry:
    number = next(_numbers)
    public_id = f"t{number:07d}"
    revision = Revision.objects.create(
        public_id=public_id,
        kind="event",
        slug=public_id,
        title="Title",
        number=1,
        document={},
        change="first",
        published_at=timezone.now(),
        sha256="",
    )
    return Entry.objects.create(
        revision=revision,
        public_id=public_id,
        kind="event",
        dated=False,
        sort_key=public_id,
        search_text=search_text(*parts),
    )


def hits(q: str) -> set[int]:
    """The keys that a search finds, also if all are asked for at once."""
    keys = set(entries_matching(Entry.objects.all(), q).values_list("pk", flat=True))
    query = search_query(q)
    if query.required and not query.excluded:
        assert set(search.keys_with_terms(query.required)) == keys
    return keys


@pytest.fixture(params=["by the index", "along the timeline"])
def way(request, monkeypatch):
    """Both ways to the rows, whatever the count."""
    are_few = request.param == "by the index"
    monkeypatch.setattr(search, "_are_few", lambda *asked: are_few)


def test_it_works(way):
    written = entry("OpenAI suspends ByteDance’s account", "字节跳动的账号被停用")
    other = entry("A meeting", "Nothing was said.")
    assert hits("bytedance") == hits("字节跳动") == hits('"suspends bytedance"') == {written.pk}
    assert hits("meeting") == {other.pk}
    assert hits("suspended") == set()
    assert hits("suspen*") == {written.pk}


@pytest.mark.parametrize(
    ("text", "q", "found"),
    [
        ("Café Müller", "cafe MÜLLER", True),
        ("ＯｐｅｎＡＩ", "openai", True),
        ("GPT-4 was used", "gpt-4", True),
        ("GPT 45 was used", "gpt-4", False),
        ("see https://example.org/a_b?c=1", "a_b", True),
        ("write to desk@example.org", "example.org", True),
        ("1,000.50 dollars", '"1,000.50"', True),
        ("-12 degrees", "12", True),
        ("OpenAI acts", "openai -microsoft", True),
        ("OpenAI and Microsoft act", "openai -microsoft", False),
        ("the terms of use", 'terms -"of use"', False),
        ("use of the terms", 'terms -"of use"', True),
        ("regulators act", "act -regulat*", False),
        ("字节跳动和微软", "字节 -微软", False),
        ("Model GPT-4", "GPT4", True),
        ("Model GPT4", "gpt 4", True),
        ("Model GPT 4", "GPT-4", True),
        ("Model GPT 45", "GPT4", False),
        ("an e-mail", "email", True),
        ("an email", "e-mail", True),
        ("an email", "e mail", True),
        ("an email", '"an e mail"', True),
        ("Byte Dance said", "bytedance", True),
        ("ByteDance said", '"Byte Dance said"', True),
        ("open weights for ai", '"open ai"', False),
        ("OpenAI", "open", False),
        ("The U.S. court", "US court", True),
        ("The US court", '"u.s. court"', True),
        ("The US court", "u.s. court", True),
        ("tell us", "U.S.", False),
        ("Wałęsa and Đoković", "walesa dokovic", True),
        ("الأحداث في مدرسة", "الاحداث مدرسه", True),
        ("台灣積體電路", "台湾积体", True),
        ("台湾积体电路", "臺灣積體", True),
        ("Sana'a, Sanaʿa", "sanaa", True),
        ("跳动", "动", True),
        ("跳动", "跳", True),
        ("字节跳动", "节动", False),
        ("2023年4月", "2023年", True),
        ("2023年4月5日", "年4月", True),
        ("萨姆·奥特曼", "萨姆奥特曼", True),
        ("萨姆·奥特曼", "姆奥", True),
        ("𠮷野家", "𠮷野", True),
        ("नमस्ते दुनिया", "दुनिया", True),
        ("नमस्ते दुनिया", "दुनि*", True),
        ("ประเทศไทย", "ไทย", True),
        ("العَرَبِيَّة", "العربية", True),
        ("Ꮳꮃꭹ Ω ς", "ꮳꮃꭹ ω Σ", True),
        ("one two", '"two one"', False),
        ("one two", "two one", True),
        ("and", "or", False),
    ],
)
def test_what_is_written_is_found(way, text, q, found):
    written = entry("Before it", text, "After it")
    entry("Something else")
    assert hits(q) == ({written.pk} if found else set())


def test_excluded_word_alone_leaves_everything_else(way):
    entry("OpenAI acts")
    other = entry("Microsoft acts")
    assert hits("-openai") == {other.pk}


def test_no_phrase_spans_two_parts(way):
    entry("first part", "second part")
    assert hits('"part second"') == set()
    assert hits("part second") != set()


WORDS = [
    "open",
    "openai",
    "ai",
    "Open",
    "AI",
    "GPT4",
    "GPT",
    "4",
    "U.S.",
    "’",
    "a",
    "no",
    "字节",
    "跳动",
    "字",
    "动",
    "中国",
    "2023",
    "年",
    "·",
]
text = st.lists(st.sampled_from([*WORDS, " ", " ", "-", "¶"]), max_size=8).map("".join)
query = st.lists(
    st.sampled_from([*WORDS, " ", " ", '"', "*", "“", "”", " AND ", " NEAR(", ")", "'", "\\", ":"]),
    max_size=6,
).map("".join)


@given(texts=st.lists(text | st.text(max_size=8), min_size=1, max_size=4), q=query)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_the_database_agrees_with_the_definition(way, texts, q):
    Entry.objects.all().delete()
    entries = [entry(text) for text in texts]
    asked = search_query(q)
    expected = {
        written.pk for written in entries if not asked.is_empty and asked.finds(written.search_text)
    }
    assert hits(q) == expected


@given(q=st.text(max_size=200).filter(lambda q: not search_query(q).excluded))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_a_text_finds_itself(way, q):
    Entry.objects.all().delete()
    written = entry(q)
    assert hits(q) == (set() if search_query(q).is_empty else {written.pk})


HOSTILE = [
    *(
        '"',
        "'",
        "*",
        "^a",
        "a:b",
        "search_text:a",
        "{a b}:c",
        "- a",
        "a - b",
        "(",
        ")",
        "a AND",
        "NOT",
    ),
    *(
        "NEAR(a b, 2)",
        "a\x00b",
        "\ud800",
        "a & b | !c",
        "a:*",
        "a <-> b",
        "''",
        "\\",
        "%",
        "_",
        "$1",
    ),
    *("%s", "%(a)s", "{}", "--", ";", "/* */", "ﷺ" * 200, "é" * 200, "\u0301" * 200, "“" * 200),
    *("a " * 100, '"a' * 100, '"a"' * 66, "中 " * 100, "中" * 200, "*" * 200, "a* " * 66),
]


@pytest.mark.parametrize("q", HOSTILE, ids=lambda q: ascii(q[:12]))
def test_hostile_words_are_only_words(way, q):
    entry("Something")
    assert hits(q) == set()


def test_nothing_to_search_for_matches_nothing(way):
    entry("Something")
    for q in ("", "   ", "!!", "¶", "😀"):
        assert hits(q) == set()


@pytest.mark.parametrize("q", ["a" * 201, "a" * 60_000, '"' * 60_000])
def test_more_than_200_characters_are_refused_in_words(q):
    with pytest.raises(SearchError, match="200 characters or fewer"):
        entries_matching(Entry.objects.all(), q)


def test_the_index_follows_every_change(way):
    first, second = entry("first"), entry("second")
    Entry.objects.filter(pk=first.pk).update(search_text=search_text("changed"))
    assert (hits("first"), hits("changed")) == (set(), {first.pk})
    second.delete()
    assert hits("second") == set()
    Entry.objects.bulk_create(
        [Entry(revision=first.revision, public_id="bulk", kind="event", dated=False, sort_key="b",
               search_text="in bulk")]
    )  # fmt: skip
    assert len(hits('"in bulk"')) == 1
    Entry.objects.all().delete()
    assert hits("changed") == set()


def test_the_longest_texts_fit_the_index_whole(way):
    # 30,000 different words and one word 3,000 letters long; the end is past every limit on
    # positions that a database has.
    numbered = "".join(
        chr(0x4E00 + number // 200) + chr(0x4E00 + number % 200) for number in range(15_000)
    )
    written = entry("x" * 3000, numbered, "same " * 300 + "very last", "omega point")
    assert len(written.search_text) > 90_000
    assert hits("x" * 200) == {written.pk}
    assert hits('"very last" "omega point" "same very"') == {written.pk}
    assert hits('"last very"') == set()


def test_it_joins_other_conditions_under_any_alias(way):
    from django.db.models import Exists, OuterRef

    written = entry("found here")
    entry("found there")
    matching = entries_matching(Entry.objects.filter(public_id=written.public_id), "found")
    assert list(matching.order_by("-sort_key")[:5]) == [written]
    again = Entry.objects.filter(Exists(matching.filter(pk=OuterRef("pk"))))
    assert list(again) == [written]
    assert list(Entry.objects.filter(pk__in=matching.values("pk"))) == [written]
    assert matching.count() == 1


def test_the_count_decides_the_way(monkeypatch):
    engine = search._engine("default")
    monkeypatch.setattr(engine, "FEW", 2)
    search._are_few.cache_clear()
    for _ in range(3):
        entry("common", "rare" if _ == 0 else "")
    sql = {q: str(entries_matching(Entry.objects.all(), q).query) for q in ("common", "rare")}
    search._are_few.cache_clear()
    assert "record_search MATCH" in sql["rare"] or "@@" in sql["rare"]
    assert "MATCH" not in sql["common"]
    assert "@@" not in sql["common"]


def test_the_count_is_asked_once_a_minute(queries):
    entry("a word")
    search._are_few.cache_clear()
    with queries(1):
        for _ in range(5):
            entries_matching(Entry.objects.all(), "word")


def test_the_index_is_whole_after_all_migrations():
    assert missing_parts("default") == [], "a migration altered record_entry and lost the index"


def test_the_index_can_be_dropped_and_made_again_over_what_is_there():
    migration = import_module("kb.record.migrations.0002_create_search_index")

    class Editor:
        """As much of a schema editor as the migration uses: Django's own refuses a transaction."""

        def __init__(self) -> None:
            self.connection = connection

        def execute(self, sql, params):
            with connection.cursor() as cursor:
                cursor.execute(sql, params)

    written = entry("there before")
    connection.check_constraints()  # PostgreSQL alters no table that has checks outstanding
    migration.drop_search_index(None, Editor())
    assert missing_parts("default") == sorted(search._engine("default").PARTS)
    migration.create_search_index(None, Editor())
    assert missing_parts("default") == []
    assert hits("before") == {written.pk}


def test_a_lost_part_is_named():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER record_search_update")
            assert missing_parts("default") == ["record_search_update"]
        else:
            cursor.execute("DROP INDEX record_search")
            assert missing_parts("default") == ["record_search"]


def test_sqlite_finds_its_index_in_order():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its own indexes in order")
    first, second = entry("first"), entry("字节跳动")
    Entry.objects.filter(pk=first.pk).update(search_text="other words")
    second.delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_search(record_search, rank) VALUES ('integrity-check', 1)"
        )


def test_the_keys_of_a_common_word_come_as_one_row():
    keys = {entry("A meeting").pk for _ in range(20)}
    terms = search_query("meeting").required
    with CaptureQueriesContext(connection) as queries:
        assert set(search.keys_with_terms(terms).tolist()) == keys
    with connection.cursor() as cursor:
        cursor.execute(queries[0]["sql"])
        assert len(queries) == len(cursor.fetchall()) == 1


@pytest.mark.wall
def test_readers_may_search_and_nothing_else():
    from kb.record.wall import reading_publicly

    written = entry("found by readers", "字节跳动")
    with reading_publicly():
        search._are_few.cache_clear()
        for q in ("readers", "字节", "read*", '"by readers"'):
            matching = entries_matching(Entry.objects.all(), q)
            assert matching.db == "public"
            assert [entry.pk for entry in matching] == [written.pk]
            assert matching.count() == 1
    search._are_few.cache_clear()
