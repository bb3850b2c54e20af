"""The scorer of proposals, on an article and attributions made up here."""

from __future__ import annotations

import json

import pytest

from bench.attribution import CertainSpeakers, mention_matches, scores, wilson, word_share
from bench.attribution_faults import GOLD_FAULTS
from bench.attribution_gold import gold_of, gold_runs, half_of, read_articles
from kb.text.attribution import propose

TEXT = (
    "Ann Bell, a pilot, said the harbour is full. “We wait for the tide,” she said, “and then "
    "for the gate.” The “old” ship waits."
)


def part(words):
    start = TEXT.index(words)
    return [{"span": f"{start} {start + len(words)}", "text": words}]


ARTICLE = {
    "id": "kestrel_1",
    "text": TEXT,
    "attributions": [
        {
            "source": part("Ann Bell, a pilot,"),
            "cue": part("said"),
            "content": part("the harbour is full"),
        },
        {
            "source": part("she"),
            "cue": [{"span": "74 78", "text": "said"}],
            "content": part("“We wait for the tide,” she said, “and then for the gate.”"),
        },
        {"source": [], "cue": part("waits"), "content": []},
    ],
}


@pytest.mark.parametrize(
    ("identifier", "half"),
    [
        ("kestrel_1", "measure"),
        ("kestrel_2", "develop"),
        ("meridian_2019-05-01_a-ship", "develop"),
        ("northgate_2020-01-31_tolls", "measure"),
        ("", "measure"),
    ],
)
def test_half_of_an_article_stays_the_same(identifier, half):
    assert half_of(identifier) == half


def test_articles_of_a_half_are_read(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(ARTICLE) + "\n", encoding="utf-8")
    other = {"develop": "measure", "measure": "develop"}[half_of("kestrel_1")]
    assert list(read_articles(path, half_of("kestrel_1"))) == [ARTICLE]
    assert list(read_articles(path, other)) == []


def test_attribution_without_content_is_left_out():
    assert len(gold_of(ARTICLE)) == 2


def test_merged_quotation_is_divided_at_its_marks():
    runs = [TEXT[start:end] for start, end in gold_runs(TEXT, gold_of(ARTICLE))]
    assert runs == ["We wait for the tide,", "and then for the gate."]


def test_mark_of_an_attribute_is_no_run():
    text = 'Bell wrote: <post by="somebody else">We wait</post>'
    article = {
        **ARTICLE,
        "text": text,
        "attributions": [
            {"source": [], "cue": [], "content": [{"span": f"12 {len(text)}", "text": ""}]}
        ],
    }
    assert gold_runs(text, gold_of(article)) == []


@pytest.mark.parametrize(
    ("mention", "source", "matches"),
    [
        ("Ann Bell", "Ann Bell, a pilot", True),
        ("pilot Ann Bell", "Ann Bell", True),
        ("Bell", "a lawyer for Bell", False),
        ("Bell", "Bell's lawyer", True),
        ("lawyer", "Bell's lawyer", False),
    ],
)
def test_part_of_a_description_is_another_person(mention, source, matches):
    text = f"{mention} | {source}" if mention not in source else source
    outer = (text.index(source), text.index(source) + len(source))
    inner = (text.index(mention), text.index(mention) + len(mention))
    if mention not in source:
        text = mention
        outer = (text.index(source), text.index(source) + len(source))
        inner = (0, len(mention))
    assert mention_matches(text, inner, outer) is matches


def test_share_of_words_is_that_of_both_spans():
    assert word_share("one two three four", (0, 7), (4, 18)) == 1 / 4
    assert word_share("one two", (0, 3), (4, 7)) == 0


def test_bounds_enclose_the_share():
    low, high = wilson(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert wilson(0, 0) == (0.0, 1.0)


def test_scores_of_an_article():
    results = [(name, right) for name, _span, right in scores(ARTICLE, propose(TEXT))]
    assert ("runs, 5 words and more: precision", True) in results
    assert results.count(("runs, 5 words and more: recall", True)) == 2
    assert results.count(("speaker: answered", True)) == 2
    assert results.count(("speaker: mention right when answered", True)) == 2
    assert ("indirect, 80% of the words: recall, said and the like", True) in results
    assert all(right for name, right in results if "precision" in name)


def test_certain_speaker_who_is_wrong_is_printed():
    certain = CertainSpeakers()
    name = "speaker: mention right when certain"
    (article_id, place), *_rest = GOLD_FAULTS
    certain.add(ARTICLE, name, (0, 8), False)
    certain.add({**ARTICLE, "id": article_id}, name, (place, place + 8), False)
    certain.add(ARTICLE, "speaker: answered", (0, 8), False)
    assert (certain.total, len(certain.errors), len(certain.faults)) == (2, 1, 1)
    assert certain.lines()[0].startswith("Certain speakers who are wrong")


def test_faults_of_the_file_are_in_the_half_for_writing_rules():
    assert {half_of(article_id) for article_id, _place in GOLD_FAULTS} == {"develop"}
