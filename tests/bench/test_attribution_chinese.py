"""The figures of proposals on the Chinese sample, and its scorer."""

from __future__ import annotations

import pytest

from bench.attribution import Tally
from bench.attribution_chinese import read_marked, read_sample, scores
from kb.text.attribution import propose

FLOORS = {
    "quotations: precision": 0.95,
    "quotations: recall": 0.95,
    "speaker: right of all": 0.90,
    "speaker: right when answered": 0.95,
    "speaker: right when certain": 0.99,
}


def figures(half):
    tally = Tally()
    for marked in read_sample(half=half):
        for name, _span, is_right in scores(marked, list(propose(marked.text))):
            tally.add(name, is_right)
    return tally


def test_marks_are_read():
    marked = read_marked("{李明}说：“⟦船晚点了。⟧”")
    assert marked.text == "李明说：“船晚点了。”"
    assert [marked.text[slice(*span)] for span in marked.quotations] == ["船晚点了。"]
    assert [marked.text[slice(*span)] for span in marked.speakers] == ["李明"]


def test_sample_has_two_hundred_sentences_whose_halves_stay():
    counts = [len(list(read_sample(half=half))) for half in ("develop", "measure")]
    assert counts == [98, 102]


@pytest.mark.parametrize("half", ["develop", "measure"])
def test_figures_are_above_their_floors(half):
    tally = figures(half)
    for name, floor in FLOORS.items():
        assert tally.right[name] / tally.total[name] >= floor, name


def test_wrong_answers_are_scored():
    marked = read_marked("{李明}说：“⟦船晚点了。⟧”")
    wrong = list(propose("李明说：“船晚点了。”“船没有晚点。”"))
    results = [(name, right) for name, _span, right in scores(marked, wrong)]
    assert results.count(("quotations: precision", False)) == 1
    assert ("speaker: right when certain", True) in results
