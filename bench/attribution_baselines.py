"""Published figures for the same tasks, to be read beside ours. Each on its own texts."""

from __future__ import annotations

from typing import NamedTuple


class Baseline(NamedTuple):
    """What somebody measured, with what and on which texts."""

    name: str
    what: str
    figures: str


BASELINES = (
    Baseline(
        "Gender Gap Tracker 5.3",
        "spaCy and rules, 98 news articles marked by hand",
        "quotations P 0.770, R 0.752 (0.8 of the words); speaker right 0.86 to 0.869",
    ),
    Baseline(
        "Guardian and AFP, 2021",
        "a trained spaCy model, more than 800 articles",
        "words 0.93, cue 0.86, speaker 0.84",
    ),
    Baseline(
        "Quootstrap",
        "patterns, no training, articles of 2006 to 2011",
        "quotation with speaker P 0.902, R 0.402",
    ),
    Baseline(
        "BookNLP (big)",
        "BERT, novels",
        "speaker 0.899 (B³)",
    ),
    Baseline(
        "pairs of marks and two patterns",
        "40 lines, half of the file measured here",
        "runs of 5 words and more P 0.974; speaker answered 0.47, right when answered 0.924",
    ),
)


def baseline_lines() -> list[str]:
    """Return the published figures as lines to print."""
    return [f"{row.name} ({row.what}): {row.figures}" for row in BASELINES]
