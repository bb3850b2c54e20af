"""Measure how the work of a function grows with the length of its text."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

# Linear is four, quadratic is sixteen; large texts do not fit the cache and take a little longer.
ALLOWED = 8
# A shorter time depends more on the machine than on the function.
MIN_SECONDS = 0.02


def seconds(function: Callable[[str], object], text: str) -> float:
    """Return the CPU time of this thread, without other processes of the machine."""
    gc.disable()  # it runs at random times and visits the objects of all other tests
    try:
        start = time.thread_time()
        with suppress(ValueError):
            function(text)
        return time.thread_time() - start
    finally:
        gc.enable()


def assert_grows_linearly(function: Callable[[str], object], unit: str, name: str) -> float:
    """Fail if the function, over repetitions of the unit, takes more than linear time.

    Return how many times as long it took for four times the text, or 0 if that is too short a time
    to tell.
    """
    short, long = ((unit * (size // len(unit) + 1))[:size] for size in (15_000, 60_000))
    few, many = [], []
    # A busy machine is slow sometimes, a quadratic function always: compare the fastest runs.
    for _ in range(8):
        few.append(seconds(function, short))
        many.append(seconds(function, long))
        if min(many) <= MIN_SECONDS:
            return 0.0
        if min(many) <= ALLOWED * min(few):
            return min(many) / min(few)
    pytest.fail(f"{name}: {few}, {many}")
