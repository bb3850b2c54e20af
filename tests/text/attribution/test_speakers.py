"""Speakers: names, offices, for whom, and the full names that surnames and pronouns stand for."""

from __future__ import annotations

import pytest

from kb.text.attribution import propose


def speaker(text):
    """The speaker of the last quotation."""
    return [row.speaker for row in propose(text) if row.kind == "quotation"][-1]


@pytest.mark.parametrize(
    ("text", "name", "role", "organisation"),
    [
        (
            "“It is late,” said Ann Bell, chief executive of Harbour Lines.",
            "Ann Bell",
            "chief executive",
            "Harbour Lines",
        ),
        (
            "Harbour Lines spokesperson Ann Bell said: “It is late.”",
            "Ann Bell",
            "spokesperson",
            "Harbour Lines",
        ),
        (
            "“It is late,” said Kestrel's director Ann Bell.",
            "Ann Bell",
            "director",
            "Kestrel",
        ),
        (
            "Ann Bell, a spokeswoman for the Meridian Library, said: “It is late.”",
            "Ann Bell",
            "spokeswoman",
            "Meridian Library",
        ),
        ("“It is late,” lawyer Ann van der Bell said.", "Ann van der Bell", "lawyer", ""),
        ("“It is late,” said Dr. Ann Bell.", "Ann Bell", "", ""),
    ],
)
def test_office_and_organisation_are_read_with_the_name(text, name, role, organisation):
    answer = speaker(text)
    assert (answer.name, answer.role, answer.organisation) == (name, role, organisation)
    assert (answer.kind, answer.resolved) == ("name", name)


def test_person_without_a_name_is_a_description():
    answer = speaker("“It is late,” said a spokesman for Harbour Lines.")
    assert (answer.kind, answer.name, answer.resolved) == ("description", "", "")
    assert (answer.role, answer.organisation) == ("spokesman", "Harbour Lines")


def test_surname_stands_for_the_full_name_before_it():
    answer = speaker("Ann Bell built the ship.\n\n“It is late,” Bell said.")
    assert (answer.name, answer.resolved) == ("Bell", "Ann Bell")


def test_middle_initial_is_the_same_person():
    text = "Ann Bell built the ship. Ann R. Bell sold it.\n\n“It is late,” Bell said."
    assert speaker(text).resolved == "Ann Bell"


@pytest.mark.parametrize(
    "text",
    [
        "Ann Bell met Bob Bell.\n\n“It is late,” Bell said.",
        "“It is late,” Bell said.\n\nAnn Bell built the ship.",
        "Bell arrived. Ann Bell came later.\n\n“It is late,” Bell said.",
        "Ann Bell arrived.\n\n“It is late,” Bell said.\n\nBob Bell came later.",
        "Mrs. Ann Bell arrived.\n\n“It is late,” Mr. Bell said.",
        "The Bell Company built it.\n\n“It is late,” Bell said.",
    ],
)
def test_surname_that_can_be_somebody_else_is_not_resolved(text):
    answers = [row.speaker for row in propose(text) if row.speaker and row.speaker.name]
    assert answers[0].name.endswith("Bell")
    assert answers[0].resolved == ""


def test_abbreviation_is_nobody_whom_a_pronoun_can_mean():
    text = "Ann Bell said Kestrel has the PORT API.\n\nShe said: “It is late.”"
    assert speaker(text).resolved == "Ann Bell"


def test_pronoun_stands_for_the_last_speaker():
    text = "Kestrel spokesperson Ann Bell said it is late.\n\nShe said: “It is very late.”"
    assert speaker(text).resolved == "Ann Bell"


@pytest.mark.parametrize(
    "text",
    [
        "Ann Bell built the ship.\n\nShe said: “It is late.”",
        "Ann Bell asked how late it was.\n\nShe said: “It is late.”",
        "Ann Bell said no.\n\nRosa Ray nodded. She said: “It is late.”",
        "Ann Bell said no.\n\n“It is late,” she told Bell.",
        "Ann Bell said no.\n\nThe sea rose.\n\nThe town slept.\n\nShe said: “It is late.”",
        "Mr. Abe Bell said no.\n\nShe said: “It is late.”",
        "Ann Bell said it was noon. The captain said it was one.\n\nShe said: “It is late.”",
        "They said: “It is late.”",
    ],
)
def test_pronoun_that_can_be_somebody_else_is_not_resolved(text):
    answer = speaker(text)
    assert (answer.kind, answer.resolved) == ("pronoun", "")


def test_pronoun_after_a_paragraph_with_others_is_the_last_speaker_but_not_certain():
    rows = propose("Ann Bell said she knew Rosa Ray.\n\nShe said: “It is late.”")
    (row,) = [row for row in rows if row.kind == "quotation"]
    assert row.speaker is not None
    assert (row.speaker.resolved, row.speaker.is_resolved_surely) == ("Ann Bell", False)
    assert not row.certain
