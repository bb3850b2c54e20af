"""Cues of a sentence: the verb, the speaker's mention and the content."""

from __future__ import annotations

import pytest

from kb.text.attribution.cues import sentence_cues
from kb.text.attribution.runs import quotation_runs
from kb.text.attribution.sentences import article_sentences


def cues(text):
    """Each cue as (base, speaker's mention, content before, content after)."""
    (sentence,) = article_sentences(text, quotation_runs(text))
    words = sentence.words

    def part(places):
        return places and text[words[places[0]].start : words[places[1] - 1].end]

    return [
        (cue.base, cue.speaker and part(cue.speaker[:2]), part(cue.before), part(cue.after))
        for cue in sentence_cues(sentence)
    ]


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Ann Bell said “no”.", ("say", "Ann Bell", None, "“no”")),
        ("“No,” Ann Bell said.", ("say", "Ann Bell", "“No,”", None)),
        ("“No,” said Ann Bell, a pilot.", ("say", "Ann Bell", "“No,”", None)),
        (
            "“No,” the harbour’s chief pilot said.",
            ("say", "the harbour’s chief pilot", "“No,”", None),
        ),
        ("The head of the union said “no”.", ("say", "The head of the union", None, "“no”")),
        ("Bell, head of the union, has also said: “No.”", ("say", "Bell", None, "“No.”")),
        ("On Monday, Mr. Bell said “no”.", ("say", "Mr. Bell", None, "“no”")),
        ("Last week Bell said “no”.", ("say", "Bell", None, "“no”")),
        ("Rep. Bell (D-Utah) said “no”.", ("say", "Rep. Bell", None, "“no”")),
        ("Ann Bell: “No.”", (":", "Ann Bell", None, "“No.”")),
        ("“No” — Ann Bell", ("–", "Ann Bell", "“No”", None)),
        (
            "Bell told reporters on Friday that the ship is safe.",
            ("tell", "Bell", None, "that the ship is safe"),
        ),
        (
            "The ship is safe, according to Bell.",
            ("according to", "Bell", "The ship is safe", None),
        ),
        (
            "According to Bell, the ship is safe.",
            ("according to", "Bell", None, "the ship is safe"),
        ),
        (
            "The ship, he says, is safe.",
            ("say", "he", "The ship, he says, is safe", None),
        ),
        ("They say the ship is safe.", ("say", "They", None, "the ship is safe")),
        (
            "In a storm, he said, the ship is safe.",
            ("say", "he", "In a storm, he said, the ship is safe", None),
        ),
        (
            "The ship is safe, Bell told The Kestrel earlier this week.",
            ("tell", "Bell", "The ship is safe", None),
        ),
        (
            "Bell urged the mayor to close the harbour.",
            ("urge", "Bell", None, "the mayor to close the harbour"),
        ),
        ("Bell referred to the old ship.", ("refer", "Bell", None, "to the old ship")),
        ("Two in three say the ship is safe.", ("say", "three", None, "the ship is safe")),
        ("The ship was said to be safe.", ("seem", None, None, "The ship was said to be safe")),
        ("It seems that she is safe.", ("seem", None, None, "It seems that she is safe")),
        ("Bell refused to sell the ship.", ("refuse", "Bell", None, "to sell the ship")),
    ],
)
def test_cue_has_speaker_and_content(text, cue):
    assert cues(text) == [cue]


@pytest.mark.parametrize(
    "text",
    [
        "His remarks about the ship were short.",
        "The project of the state was late.",
        "The ship, offered by the yard, is safe.",
        "The report is long.",
    ],
)
def test_nouns_and_passives_are_no_cues(text):
    assert cues(text) == []


def test_what_is_inside_the_content_is_no_cue_of_its_own():
    assert cues("Bell said that Ray hopes the ship is safe.") == [
        ("say", "Bell", None, "that Ray hopes the ship is safe")
    ]


def test_second_speaker_after_a_conjunction_is_a_cue():
    assert cues("Bell said the ship is safe, but Ray said it leaks.") == [
        ("say", "Bell", None, "the ship is safe"),
        ("say", "Ray", None, "it leaks"),
    ]


def test_participle_has_the_subject_of_the_sentence():
    assert cues("Bell left the room early, saying “no”.") == [("say", "Bell", None, "“no”")]


def test_clause_after_one_of_while_has_its_own_speaker():
    assert cues("While Ray said the ship leaks, Bell said it is safe.") == [
        ("say", "Ray", None, "the ship leaks"),
        ("say", "Bell", None, "it is safe"),
    ]


def test_question_is_a_cue_without_a_speaker():
    assert cues("Asked whether the ship was safe, Bell said no.")[0] == (
        "ask",
        None,
        None,
        "whether the ship was safe",
    )


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("There is a claim that the ship leaks.", "that the ship leaks"),
        ("It is clear that the ship leaks.", "that the ship leaks"),
        ("The idea that ships leak is old.", "that ships leak is old"),
    ],
)
def test_claim_of_nobody_in_particular_is_a_cue(text, content):
    assert cues(text) == [("claim", None, None, content)]


@pytest.mark.parametrize(
    "text", ["A claim that was filed in May.", "The state that has two ports."]
)
def test_relative_clause_is_no_claim(text):
    assert cues(text) == []
