"""When the speaker of a proposal is certain."""

from __future__ import annotations

import pytest

from kb.text.attribution import propose


def certain(text, kind="quotation"):
    return [row.certain for row in propose(text) if row.kind == kind]


@pytest.mark.parametrize(
    "text",
    [
        "“The ship is late,” Ann Bell said.",
        "“The ship is late,” said Ann Bell, a pilot.",
        "“The ship is late,” she said on Friday.",
        "Ann Bell said: “The ship is late.”",
        "Harbour Lines spokesperson Ann Bell said in a statement to The Kestrel, “It is late.”",
        "Ann Bell: “The ship is late.”",
        "A spokesman for Harbour Lines said, “The ship is late.”",
    ],
)
def test_speaker_beside_a_quotation_is_certain(text):
    assert certain(text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "“The ship is late,” Bell said, according to The Kestrel.",
        "Bell said, “No comment,” The Kestrel reported.",
        "Bell said that when Ray arrives, “the ship is late.”",
        "Prosecutors say that Bell told an agent, “The ship is late.”",
        "The fans chanted, “The ship is late.”",
        "Bell feels “the presence of the sea”.",
        "“Late” said the crowd.",
        "The old sailors said, “The ship is late.”",
    ],
)
def test_other_readings_are_not_certain(text):
    assert certain(text) == [False]


def test_quotation_after_somebody_else_acts_is_not_certain():
    assert certain("“The ship is late,” Bell said, and Ray cut in. “It is not so late.”") == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "is_certain"),
    [
        ("Ann Bell said that the ship was very late.", True),
        ("On Monday, Ann Bell said the ship was late.", True),
        ("The old sailors said the ship was very late.", False),
        ("The ship, which Ann Bell said was very late, sank.", False),
        ("Ray, who spoke to those who say the ship was late, left.", False),
    ],
)
def test_certain_report_begins_with_its_speaker(text, is_certain):
    assert set(certain(text, "indirect")) == {is_certain}
