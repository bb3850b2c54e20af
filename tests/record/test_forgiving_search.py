"""Searches in other spellings and scripts, and the record that must be first in the answer."""

from __future__ import annotations

import pytest

from kb.desk.models import ActorName, Citation
from kb.record.closest_names import closest_names
from kb.record.record_search import SearchRequest, search_record
from tests.make import make_actor, make_event, make_incident, make_source, make_statement, published
from tests.story import load_story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ACTORS = {
    "Lech Wałęsa": (),
    "Søren Ødegård": (),
    "Novak Đoković": (),
    "Þórður Æsir": (),
    "Ħal Għaxaq": (),
    "Işık Yılmaz": (),
    "Sœur Weiß": (),
    "Hawaiʻi Now": (),
    "Qur’an Society": (),
    "O’Brien": (),
    "Sana'a Press": (),
    "TSMC": ("台灣積體電路",),
    "Huawei": ("华为技术",),
    "Jack Ma": ("馬雲",),
    "أحمد الفارسي": ("Ahmad al-Farsi",),
    "مدرسة الهدى": (),
    "مُصْطَفى": (),
    "Анна Берёза": (),
    "ＮＴＴ　Ｄａｔａ": (),
    "Sam Altman": ("萨姆·奥特曼",),
    "Acme": (),
    "Byte Dance Fan Club": (),
    "DALL·E": (),
    "GPT4All": (),
}
EVENTS = (
    "Staff get an e-mail about the audit",
    "Customers receive email from the bank",
    "Model GPT-4 is tested",
    "Version GPT5 is tested",
    "Release GPT 6 is tested",
    "U.S. agency opens an inquiry",
    "NATO issues a report",
    "The state-of-the-art laboratory closes",
    "The cyber-attack ends",
    "Lightning strikes Łódź",
    "数据中心在臺北開放",
    "价格 １２３４５ 元",
)
# What is typed, and the title of the first result.
SEARCHES = [
    # Letters that do not decompose, and accents.
    ("Walesa", "Lech Wałęsa"),
    ("wałęsa", "Lech Wałęsa"),
    ("Soren Odegard", "Søren Ødegård"),
    ("ØDEGÅRD", "Søren Ødegård"),
    ("Dokovic", "Novak Đoković"),
    ("đokovic", "Novak Đoković"),
    ("Thordur", "Þórður Æsir"),
    ("aesir", "Þórður Æsir"),
    ("Hal Ghaxaq", "Ħal Għaxaq"),
    ("isik", "Işık Yılmaz"),
    ("IŞIK", "Işık Yılmaz"),
    ("ışık yilmaz", "Işık Yılmaz"),
    ("Soeur Weiss", "Sœur Weiß"),
    ("WEISS", "Sœur Weiß"),
    ("Lodz", "Lightning strikes Łódź"),
    # Apostrophes and what is typed for them.
    ("Hawaii", "Hawaiʻi Now"),
    ("Hawai'i", "Hawaiʻi Now"),
    ("Hawai’i", "Hawaiʻi Now"),
    ("Hawai`i", "Hawaiʻi Now"),
    ("Hawai´i", "Hawaiʻi Now"),
    ("Quran", "Qur’an Society"),
    ("Qurʾan", "Qur’an Society"),
    ("qur′an", "Qur’an Society"),
    ("OBrien", "O’Brien"),
    ("O'Brien", "O’Brien"),
    ("o brien", "O’Brien"),
    ("Sanaa", "Sana'a Press"),
    ("Sanaʿa", "Sana'a Press"),
    # Arabic, Cyrillic, full width, digits.
    ("احمد", "أحمد الفارسي"),
    ("الفارسى", "أحمد الفارسي"),
    ("الفارسی", "أحمد الفارسي"),
    ("alfarsi", "أحمد الفارسي"),
    ("Ahmad al‑Farsi", "أحمد الفارسي"),
    ("مدرسه", "مدرسة الهدى"),
    ("مدرســة الهدي", "مدرسة الهدى"),
    ("مصطفى", "مُصْطَفى"),
    ("مصطفي", "مُصْطَفى"),
    ("береза", "Анна Берёза"),
    ("NTT Data", "ＮＴＴ　Ｄａｔａ"),
    ("ntt　ｄａｔａ", "ＮＴＴ　Ｄａｔａ"),
    ("12345", "价格 １２３４５ 元"),
    ("١٢٣٤٥", "价格 １２３４５ 元"),
    # Simplified and traditional Chinese.
    ("台湾积体电路", "TSMC"),
    ("臺灣積體電路", "TSMC"),
    ("積體", "TSMC"),
    ("華為技術", "Huawei"),
    ("華為", "Huawei"),
    ("马云", "Jack Ma"),
    ("台北开放", "数据中心在臺北開放"),
    ("數據中心", "数据中心在臺北開放"),
    ("萨姆奥特曼", "Sam Altman"),
    ("薩姆‧奧特曼", "Sam Altman"),
    # Joined and split.
    ("email audit", "Staff get an e-mail about the audit"),
    ("e-mail bank", "Customers receive email from the bank"),
    ("e mail bank", "Customers receive email from the bank"),
    ("e‑mail audit", "Staff get an e-mail about the audit"),
    ("GPT4 tested", "Model GPT-4 is tested"),
    ("GPT 4 tested", "Model GPT-4 is tested"),
    ("GPT–4 tested", "Model GPT-4 is tested"),
    ("GPT-5", "Version GPT5 is tested"),
    ("gpt 5", "Version GPT5 is tested"),
    ("gpt6", "Release GPT 6 is tested"),
    ("GPT-6", "Release GPT 6 is tested"),
    ("US agency", "U.S. agency opens an inquiry"),
    ("U.S. agency", "U.S. agency opens an inquiry"),
    ("N.A.T.O.", "NATO issues a report"),
    ("ByteDance fan", "Byte Dance Fan Club"),
    ("bytedance", "Byte Dance Fan Club"),
    ("Byte-Dance", "Byte Dance Fan Club"),
    ("DALL-E", "DALL·E"),
    ("dalle", "DALL·E"),
    ("Dall E", "DALL·E"),
    ("state of the art", "The state-of-the-art laboratory closes"),
    ("stateoftheart", "The state-of-the-art laboratory closes"),
    ("cyberattack", "The cyber-attack ends"),
    ("cyber attack", "The cyber-attack ends"),
    # Cited passages.
    ("paragraph seventeen", "A quiet week"),
    ("第十七段", "A quiet week"),
    ('"see paragraph seventeen"', "A quiet week"),
]
# A word that no record has, and the closest name.
MISSPELLED = [
    ("Walsea", "Lech Wałęsa"),
    ("Odegrad", "Søren Ødegård"),
    ("Djokovic", "Novak Đoković"),
    ("Altmann", "Sam Altman"),
    ("Huawey", "Huawei"),
    ("台湾积体电脑", "TSMC"),
    ("береда", "Анна Берёза"),
    ("Acne", "Acme"),
]
# The same in the sample story.
FIXTURE_SEARCHES = [
    ("字节跳动", "ByteDance"),
    ("字節跳動", "ByteDance"),
    ("Byte Dance", "ByteDance"),
    ("byte-dance", "ByteDance"),
    ("BYTEDANCE", "ByteDance"),
    ("Open AI", "OpenAI"),
    ("open-ai", "OpenAI"),
    ("微軟", "Microsoft"),
    ("豆包", "Doubao"),
    ("雲雀", "Skylark"),
    ("火山引擎", "Volcano Engine"),
    ("機器之心", "Machine Heart"),
    ("DALL-E", "DALL·E"),
    ("Chat GPT", "ChatGPT"),
    ("ByteDance's model team", "ByteDance’s model team"),
    ("the verge", "The Verge"),
]


@pytest.fixture
def record(db):
    for name, others in ACTORS.items():
        actor = make_actor(name)
        for other in others:
            ActorName.objects.create(actor=actor, name=other, name_kind="original")
        published(actor)
    for title in EVENTS:
        published(make_event(title))
    quiet = make_event("A quiet week")
    Citation.objects.create(
        event=quiet, source=make_source("Minutes"), exact="See paragraph seventeen, 第十七段."
    )
    published(quiet)


def titles(q: str, **options: str) -> list[str]:
    return [hit.title for hit in search_record(SearchRequest(q, **options)).hits]


def test_each_search_has_its_record_first(record):
    first = {q: titles(q)[:1] for q, _ in SEARCHES}
    assert {q: first[q] for q, title in SEARCHES if first[q] != [title]} == {}
    assert len(SEARCHES) >= 60


def test_misspelled_words_have_closest_names(record):
    names = {q: [closest.record.title for closest in closest_names(q)][:1] for q, _ in MISSPELLED}
    assert {q: names[q] for q, title in MISSPELLED if names[q] != [title]} == {}
    assert [titles(q) for q, _ in MISSPELLED] == [[]] * len(MISSPELLED)
    for q in ("zebra", "xq", "1234", "", "!!", "审计", "Walesiakowa"):
        assert closest_names(q) == [], q


def test_the_shortest_name_is_closest(db):
    for name in ("Okapi Group", "Okapi", "Okapi Group Research"):
        published(make_actor(name))
    assert [closest.record.title for closest in closest_names("okappi")] == ["Okapi"]


def test_each_search_of_the_sample_story_has_its_record_first(db):
    load_story()
    first = {q: titles(q)[:1] for q, _ in FIXTURE_SEARCHES}
    assert {q: first[q] for q, title in FIXTURE_SEARCHES if first[q] != [title]} == {}


def test_best_match_has_names_before_titles_before_texts(db):
    published(make_event("A meeting", summary="The Ibex Group was there."))
    published(make_event("The Ibex Group meets"))
    published(make_incident("Ibex Group and others"))
    published(make_statement("We are not the Ibex Group.", headline="A denial"))
    published(make_actor("Ibex Group"))
    published(make_source("Ibex group"))
    assert titles("ibex group")[:4] == [
        "Ibex Group",
        "Ibex group",
        "Ibex Group and others",
        "The Ibex Group meets",
    ]
    assert set(titles("ibex group")[4:]) == {"A meeting", "A denial"}


def test_words_as_typed_come_before_other_spellings(db):
    published(make_event("A co-op opens", happened="2024"))
    published(make_event("A coop opens", happened="2023"))
    assert titles("coop") == ["A coop opens", "A co-op opens"]
    assert titles("co-op") == ["A co-op opens", "A coop opens"]


def test_order_by_date_has_the_newest_entry_first(db):
    published(make_event("Ibex", happened="2021"))
    published(make_event("A report on the ibex", happened="2024"))
    published(make_event("An ibex again", happened="2022"))
    assert titles("ibex") == ["Ibex", "A report on the ibex", "An ibex again"]
    assert titles("ibex", order="date") == ["A report on the ibex", "An ibex again", "Ibex"]


def test_a_kind_leaves_other_kinds_out_and_counts_them(db):
    published(make_event("Ibex one"))
    published(make_statement("The ibex.", headline="About it"))
    published(make_actor("Ibex"))
    outcome = search_record(SearchRequest("ibex", kind="statement"))
    assert [hit.title for hit in outcome.hits] == ["About it"]
    assert outcome.counts == {"actor": 1, "event": 1, "statement": 1}
    assert outcome.total == 3
