"""iCalendar: lines are folded where no client can misread them, and texts read back."""

from __future__ import annotations

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.formats.ical import MAX_LINE_OCTETS, fold_line, ical_text

TEXTS = st.text(alphabet=st.sampled_from("ab \\;,\n\r字é🎉n"), max_size=300) | st.text(max_size=300)


def pieces_of(line: str) -> list[bytes]:
    folded = fold_line(line)
    assert folded.endswith(b"\r\n")
    first, *others = folded.removesuffix(b"\r\n").split(b"\r\n")
    assert all(piece.startswith(b" ") for piece in others)
    return [first, *(piece[1:] for piece in others)]


@given(TEXTS)
@example("\\" * 200)
@example("x" * 66 + "\n" * 100)
@example("字" * 100)
def test_no_piece_ends_inside_a_character_or_an_escape(text):
    line = f"SUMMARY:{ical_text(text)}"
    pieces = pieces_of(line)
    assert b"".join(pieces) == line.encode()
    for number, piece in enumerate(pieces):
        piece.decode()
        assert len(piece) + (number > 0) <= MAX_LINE_OCTETS
        backslashes = len(piece) - len(piece.rstrip(b"\\"))
        assert backslashes % 2 == 0, piece


@pytest.mark.parametrize("length", range(60, 80))
@pytest.mark.parametrize("character", ["\n", "\\", ",", ";", "字", "🎉"])
def test_text_reads_back_wherever_its_line_is_folded(length, character):
    text = "x" * length + character * 3 + "n" * 80 + character
    event = b"".join(
        (b"BEGIN:VEVENT\r\n", fold_line(f"SUMMARY:{ical_text(text)}"), b"END:VEVENT\r\n")
    )
    assert str(icalendar.Event.from_ical(event)["SUMMARY"]) == text
