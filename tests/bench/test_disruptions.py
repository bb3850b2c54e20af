"""What counts as a disruption that readers notice, and as a form that is lost."""

from __future__ import annotations

import pytest

from bench.disruptions import Editor, TextLost, Times, is_stored

CALM = Times(100, 200)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (Times(300, 600), True),
        (Times(301, 600), False),
        (Times(300, 601), False),
        (Times(1, 1, wrong=1), False),
    ],
)
def test_three_times_the_calm_time_and_no_wrong_status_are_the_limit(times, expected):
    assert times.is_within(CALM) == expected


class Desk(Editor):
    """A desk that answers each form in the same way."""

    def __init__(self, status: int, answer: str) -> None:
        self.status, self.answer = status, answer

    def save(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        return self.status, self.answer.format(**fields)


def test_form_is_stored_or_comes_back_with_its_text():
    assert is_stored(Desk(200, "The incident “{title}” was added."))
    assert not is_stored(Desk(503, "{title} {summary}"))


@pytest.mark.parametrize("desk", [Desk(503, "{title}"), Desk(500, "{title} {summary}")])
def test_form_without_its_text_or_with_another_status_is_lost(desk):
    with pytest.raises(TextLost):
        is_stored(desk)
