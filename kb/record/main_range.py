"""Where most entries lie in time, so that a few early or late ones do not press them together."""

from __future__ import annotations

from collections.abc import Mapping

MAIN_SHARE = 0.95  # of the entries, which the range has to hold
MIN_SHORTENING = 2  # only a range that is so many times shorter leaves entries out


def main_range(counts: Mapping[int, int]) -> tuple[int, int]:
    """The first and last place of an axis for entries counted by place.

    It is the shortest range that holds 95 % of the entries, so that a few early ones do not press
    all others together; the whole range, if that is not much longer.
    """
    places = sorted(counts)
    whole = main = places[0], places[-1]
    needed = MAIN_SHARE * sum(counts.values())
    held = start = 0
    for place in places:
        held += counts[place]
        while held - counts[places[start]] >= needed:
            held -= counts[places[start]]
            start += 1
        if held >= needed and place - places[start] < main[1] - main[0]:
            main = places[start], place
    is_shorter = (main[1] - main[0] + 1) * MIN_SHORTENING <= whole[1] - whole[0] + 1
    return main if is_shorter else whole
