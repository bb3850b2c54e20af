"""What the text of a source proposes, on the article of the sample story and on made-up ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.dates import FuzzyDate
from kb.desk.article_proposals import propose_facts
from kb.text.known_names import KnownName, KnownNames

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "bytedance-openai.json"
DAY = FuzzyDate("2023-12-18")


def rows_of(model):
    rows = json.loads(FIXTURE.read_text(encoding="utf-8"))
    return [row["fields"] for row in rows if row["model"] == model]


@pytest.fixture(scope="module")
def article():
    """The paragraphs of the article that the sample story cites, at their own numbers."""
    paragraphs = ["…"] * 30
    for citation in rows_of("desk.citation"):
        kind, _space, number = citation.get("locator", "").partition(" ")
        if kind == "paragraph" and len(citation["exact"]) > len(paragraphs[int(number) - 1]):
            paragraphs[int(number) - 1] = citation["exact"]
    return "\n".join(paragraphs)


@pytest.fixture(scope="module")
def names():
    return KnownNames(KnownName(row["slug"], row["name"]) for row in rows_of("desk.actor"))


def of_kind(proposals, kind):
    return [proposal for proposal in proposals if proposal.kind == kind]


def test_statements_of_the_three_spokespeople_are_proposed(article, names):
    quotations = {
        row.paragraph: row for row in of_kind(propose_facts(article, DAY, names), "quotation")
    }
    words = {row["slug"]: row["text"] for row in rows_of("desk.statement")}
    expected = {
        19: ("niko-felix", "openai", "spokesperson", "felix-on-suspension"),
        21: ("jodi-seth", "bytedance", "spokesperson", "seth-on-authorisation"),
        23: ("frank-shaw", "microsoft", "spokesman", "shaw-on-access"),
    }
    for paragraph, (speaker, organisation, role, statement) in expected.items():
        row = quotations[paragraph]
        assert row.speaker_keys == (speaker,)
        assert row.organisation_keys == (organisation,)
        assert row.speaker.role == role
        assert row.text == words[statement]
        assert row.sentence in article


def test_denial_without_marks_is_a_report(article, names):
    (row,) = [
        row for row in of_kind(propose_facts(article, DAY, names), "report") if row.paragraph == 20
    ]
    assert row.speaker_keys == ("jodi-seth",)
    assert row.text.startswith("any wrongdoing by the company and clarifying that it had obtained")


def test_dates_are_read_from_the_day_of_the_source(article, names):
    dates = {
        (row.paragraph, row.text): row.when.edtf
        for row in of_kind(propose_facts(article, DAY, names), "date")
    }
    assert dates[18, "Friday"] == "2023-12-15"
    assert dates[5, "Last weekend"] == "2023-12-16/2023-12-17"
    assert dates[24, "December 17"] == "2023-12-17"
    assert dates[9, "November 14th"] == "2023-11-14"


def test_answer_to_a_request_for_comment_is_proposed(article, names):
    (row,) = of_kind(propose_facts(article, DAY, names), "request")
    assert (row.paragraph, row.why, row.organisation_keys) == (24, "answered", ("bytedance",))


def test_known_names_are_proposed_once(article, names):
    keys = [row.name_keys for row in of_kind(propose_facts(article, DAY, names), "name")]
    assert len(keys) == len(set(keys))
    assert {("openai",), ("bytedance",), ("microsoft",), ("niko-felix",)} <= set(keys)


def test_date_in_somebodys_words_is_not_certain():
    rows = of_kind(propose_facts("“We sailed yesterday,” Bell said on Friday.", DAY), "date")
    assert [(row.text, row.is_certain) for row in rows] == [("yesterday", False), ("Friday", True)]


def test_chinese_text_has_all_kinds():
    text = "12月15日，海港公司发言人李明表示：“船晚点了。”红隼公司拒绝置评。"
    names = KnownNames([KnownName("harbour", "海港公司"), KnownName("kestrel", "红隼公司")])
    rows = propose_facts(text, DAY, names)
    assert {row.kind for row in rows} == {"date", "quotation", "request", "name"}
    (quotation,) = of_kind(rows, "quotation")
    assert (quotation.speaker.name, quotation.organisation_keys) == ("李明", ("harbour",))
    (request,) = of_kind(rows, "request")
    assert (request.why, request.speaker_keys) == ("declined", ("kestrel",))


@pytest.mark.parametrize("text", ["", "\n\n", "  The ship. "])
def test_text_without_facts_has_no_proposals(text):
    assert propose_facts(text, DAY) == []


def test_same_text_has_the_same_proposals(article, names):
    assert propose_facts(article, DAY, names) == propose_facts(article, DAY, names)
