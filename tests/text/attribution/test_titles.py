"""Quotations that are names of works."""

from __future__ import annotations

import pytest

from kb.text.attribution import propose


@pytest.mark.parametrize(
    "text",
    [
        "Bell said on NBC's “Meet the Harbour” that the ship is late.",
        "Bell said the film “The Long Way Home” was too long for her.",
        "Bell discussed her memoir, “Tides and Tolls,” in the evening.",
        "“New harbour opens on the coast next spring,” by Rosa Ray.",
        "“The Ship and the Long Way Home” is on the shelf.",
    ],
)
def test_title_is_no_quotation(text):
    assert [row for row in propose(text) if row.kind == "quotation"] == []


def test_capitals_after_a_verb_of_speech_are_words():
    assert [row.text for row in propose("Bell shouted, “Stop!”")] == ["Stop!"]


def test_name_that_somebody_gives_is_a_quotation():
    (proposal,) = [
        row
        for row in propose("Bell called it the “Ship of Fools” again.")
        if row.kind == "quotation"
    ]
    assert (proposal.text, proposal.speaker.text) == ("Ship of Fools", "Bell")
