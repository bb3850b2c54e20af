"""The figures of proposals on marked news, which is not part of the project."""

from __future__ import annotations

import time

import pytest

from bench.attribution import CertainSpeakers, Tally, scores
from bench.attribution_gold import read_articles
from kb.text.attribution import propose

pytestmark = [pytest.mark.slow, pytest.mark.one_database]
# Lower limits, on the half that the rules are written with.
FLOORS = {
    "runs, 5 words and more: precision": 0.985,
    "runs, 5 words and more: recall": 0.985,
    "runs, shorter: precision": 0.92,
    "runs, shorter: recall": 0.80,
    "speaker: answered": 0.90,
    "speaker: mention right when answered": 0.95,
    "speaker: mention right when certain": 0.985,
    "resolved name: right, of surnames": 0.95,
    "indirect, 30% of the words: precision": 0.85,
    "indirect, 30% of the words: recall": 0.44,
    "indirect, 30% of the words: recall, said and the like": 0.88,
    "indirect, 30% of the words: recall, verbs of saying": 0.75,
    "indirect speaker: mention right when certain": 0.985,
}
MAX_SECONDS_EACH = 0.05


@pytest.fixture(scope="module")
def figures(request):
    path = request.config.getoption("--attributions")
    if path is None:
        pytest.skip("needs marked news: pytest --attributions FILE")
    tally, certain, seconds, count = Tally(), CertainSpeakers(), 0.0, 0
    for article in read_articles(path, "develop"):
        started = time.thread_time()
        proposals = propose(article["text"])
        seconds += time.thread_time() - started
        count += 1
        for name, span, is_right in scores(article, proposals):
            tally.add(name, is_right)
            certain.add(article, name, span, is_right)
    return tally, certain, seconds / count


@pytest.mark.parametrize("name", FLOORS)
def test_figure_is_above_its_floor(figures, name):
    tally, _certain, _seconds = figures
    assert tally.right[name] / tally.total[name] >= FLOORS[name]


def test_article_takes_little_time(figures):
    _tally, _certain, seconds = figures
    assert seconds < MAX_SECONDS_EACH


def test_no_certain_speaker_is_wrong(figures):
    _tally, certain, _seconds = figures
    assert certain.errors == []
