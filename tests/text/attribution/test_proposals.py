"""Proposals for a whole article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.attribution import propose
from tests.text.growth import assert_grows_linearly

PIECES = st.sampled_from(
    [
        "Ann Bell",
        " said",
        " says that",
        "“",
        "”",
        '"',
        "'",
        "’s",
        ",",
        ".",
        ":",
        " ",
        "\n\n",
        "\n",
        " the head of the union",
        " according to",
        " he",
        "She ",
        " and",
        " told Mr. Ray",
        "— ",
        " (",
        ")",
        " “It is late,”",
        " on Monday",
        "说",
    ]
)
ARTICLES = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200)
SHAPES = {
    "spaces": " ",
    "line breaks": " \n",
    "marks": '"',
    "opening marks": "“a ",
    "single marks": "'a ",
    "tags": '<a "',
    "commas": "a, ",
    "verbs": "said ",
    "that": "said that ",
    "names": "Ann Bell said, ",
    "according": "according to ",
    "pronouns": "He said he ",
    "nouns": "the head of the ",
    "brackets": ") said ",
    "quotations": "“Yes,” Ann Bell said. ",
    "paragraphs": "“Yes.\n\n",
    "colons": "Ann: ",
    "one word": "a",
    "impressions": "seems to be ",
    "claims": "claim that ",
    "questions": "asked if ",
    "requests": "urge the man to ",
    "transcript": "BELL: we are late today and fine now.\n",
    "persons": "Ann Bell met Bob Cole and he said it. ",
}


def quotations(text):
    """Each quotation as (words, speaker's mention, why, certain)."""
    return [
        (row.text, row.speaker and row.speaker.text, row.why, row.certain)
        for row in propose(text)
        if row.kind == "quotation"
    ]


def reports(text):
    """The indirect proposals as (words, speaker's mention)."""
    return [
        (row.text, row.speaker and row.speaker.text)
        for row in propose(text)
        if row.kind == "indirect"
    ]


STATEMENTS = """On Tuesday, Harbour Lines said that the ferry would stop.

Harbour Lines spokesperson Ann Bell said in a statement to The Kestrel, “All captains must keep to
the timetable. While our delays are small, we have stopped the ferry.”

Meridian spokesperson Rosa Ray responded, denying any delay and clarifying that it had paid for
the berth.

She said, "Meridian has a permit for the berth. The ferry was only used in spring."

At the same time, Northgate spokesman Bob Cole also issued a statement, "Berths like ours are part
of a shared harbour. We set rules for everybody."
"""


def test_statements_of_three_spokespeople_have_their_speakers():
    rows = [row for row in propose(STATEMENTS) if row.kind == "quotation"]
    assert [(row.speaker.text, row.speaker.resolved) for row in rows] == [
        ("Harbour Lines spokesperson Ann Bell", "Ann Bell"),
        ("She", "Rosa Ray"),
        ("Northgate spokesman Bob Cole", "Bob Cole"),
    ]
    assert [(row.speaker.role, row.speaker.organisation) for row in rows] == [
        ("spokesperson", "Harbour Lines"),
        ("spokesperson", "Meridian"),
        ("spokesman", "Northgate"),
    ]
    assert [row.why for row in rows] == ["verb-before", "verb-before", "lead-in"]
    assert [row.certain for row in rows] == [True, True, False]
    assert rows[1].text.startswith("Meridian has a permit")
    assert rows[1].text.endswith("used in spring.")


def test_reported_words_of_spokespeople_have_their_speakers():
    assert reports(STATEMENTS) == [
        ("that the ferry would stop", "Harbour Lines"),
        (
            "any delay and clarifying that it had paid for\nthe berth",
            "Meridian spokesperson Rosa Ray",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "“One,” Bell said. “Two.” “Three.”",
            [
                ("One,", "Bell", "verb-after", True),
                ("Two.", "Bell", "same-paragraph", True),
                ("Three.", "Bell", "same-paragraph", True),
            ],
        ),
        (
            "“One?” Bell asked. “Two.”",
            [("One?", "Bell", "verb-after", True), ("Two.", "Bell", "same-paragraph", True)],
        ),
        (
            "Bell said: “One.\n\n“Two.”",
            [("One.", "Bell", "verb-before", True), ("Two.", "Bell", "next-paragraph", True)],
        ),
        ("Bell wrote on Monday:\n\n“It is late.”", [("It is late.", "Bell", "lead-in", False)]),
        ("“It is late.” — Ann Bell", [("It is late.", "Ann Bell", "dash", True)]),
        ("Ann Bell: “It is late.”", [("It is late.", "Ann Bell", "colon", True)]),
        (
            "“It is late,” according to Ann Bell.",
            [("It is late,", "Ann Bell", "according", True)],
        ),
        (
            "Bell said the ship was “late” and “old”.",
            [("late", "Bell", "verb-before", False), ("old", "Bell", "verb-before", False)],
        ),
        (
            "There were chants of “no more tolls” in town.",
            [("no more tolls", None, "noun-before", False)],
        ),
    ],
)
def test_quotation_has_speaker_and_reason(text, rows):
    assert quotations(text) == rows


def test_quotation_after_another_subject_has_no_speaker():
    rows = quotations(
        "“One is late,” Bell said. Ray shook her head. “Two is much later than that.”"
    )
    assert rows[1] == ("Two is much later than that.", None, "marks", False)


def test_paragraph_of_somebody_unnamed_has_no_speaker():
    rows = quotations("“One is late,” Bell said.\n\n“Two is much later than that.”")
    assert rows[1] == ("Two is much later than that.", None, "marks", False)


def test_quotation_in_the_words_of_another_has_the_outer_speaker():
    rows = quotations("Bell said that Ray had called the ship “a wreck” twice.")
    assert rows == [("a wreck", "Bell", "verb-before", False)]


@pytest.mark.parametrize("text", ["The “harbour” is old.", "It was a so-called “ship”."])
def test_few_words_without_a_cue_are_no_quotation(text):
    assert quotations(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "I think the ship is late.",
        "The ship found a berth in the old harbour.",
        "The project of the state was late again.",
    ],
)
def test_other_sentences_report_nothing(text):
    assert reports(text) == []


def test_reports_of_two_verbs_are_apart():
    assert reports("Bell said the ship is late and said the harbour is full.") == [
        ("the ship is late", "Bell"),
        ("the harbour is full", "Bell"),
    ]


def test_line_of_an_interview_is_a_report_up_to_the_end_of_the_paragraph():
    text = "BELL: The ship is very late today. We wait for it.\n\nRAY: Then we wait for the tide."
    assert reports(text) == [
        ("The ship is very late today. We wait for it.", "BELL"),
        ("Then we wait for the tide.", "RAY"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Photo: The ship is in the old harbour.",
        "Harbour: Ann Bell, Bob Cole, Rosa Ray, Pat Lee and others.",
        "Note: this ship is very late today.",
    ],
)
def test_heading_before_a_colon_is_nobody(text):
    assert reports(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "“The harbour belongs to all” (2007)",
        "They launched the “wider safe harbour plan of all towns” again.",
        "It is in “The Long Way from the Sea,” by Anna Bell.",
        "‘A day in the life of a ship.’",
    ],
)
def test_slogans_titles_and_headings_are_no_quotation(text):
    assert quotations(text) == []


def test_sentence_is_the_whole_sentence():
    (row,) = propose("It is day. “It is very late here,” Bell said. It is night.")
    assert row.sentence == "“It is very late here,” Bell said."


@pytest.mark.slow
@given(ARTICLES)
def test_proposals_are_the_exact_words_and_do_not_overlap(text):
    ends = {"quotation": 0, "indirect": 0}
    for row in propose(text):
        assert text[row.start : row.end] == row.text != ""
        assert row.start >= ends[row.kind]
        ends[row.kind] = row.end
        assert row.text in row.sentence
        assert row.speaker is not None or not row.certain
        if row.speaker is not None:
            assert text[row.speaker.start : row.speaker.end] == row.speaker.text != ""


@pytest.mark.slow
@given(ARTICLES)
def test_same_article_has_the_same_proposals(text):
    assert propose(text) == propose(text)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_linearly(shape):
    assert_grows_linearly(propose, SHAPES[shape], shape)


@pytest.mark.parametrize(
    "text",
    [
        "References: https://ship.example/late-again https://pier.example/the-whole-story",
        "Source: www.ship.example and the notices of the harbour of last week",
    ],
)
def test_address_after_a_colon_is_nobodys_words(text):
    assert propose(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The board was clear in its findings: “Nobody waits for a late ship.”",
        "Bell met with silence upon saying, “The harbour belongs to all of us.”",
        "The gates were closed. Instead, “they just wait for the tide.”",
    ],
)
def test_whole_sentence_after_a_lead_is_proposed_without_a_speaker(text):
    words = text[text.index("“") + 1 : text.index("”")]
    assert quotations(text) == [(words, None, "marks", False)]


def test_few_words_inside_a_sentence_are_no_quotation_without_a_verb():
    assert quotations("The law has a part “to be used within limits” for ships.") == []


def test_quotation_between_two_names_is_no_nickname():
    assert quotations("Ray “waited for hours on this pier,” Cole said.") == [
        ("waited for hours on this pier,", "Cole", "verb-after", True)
    ]
    rows = quotations("“We wait,” Anna “Red” Bell said.")
    assert rows[0][1] == "Anna “Red” Bell"
