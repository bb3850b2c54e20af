"""Marks move to the same words in a changed text, or are reported as lost."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.carried_marks import carry_marks

OLD = "The firm said no.\n“We did not,” it said.\nThe firm said yes."


def carried(old, new, words):
    start = old.index(words)
    [mark] = carry_marks(old, new, [(start, start + len(words))])
    return mark.status, new[mark.start : mark.end]


@pytest.mark.parametrize(
    ("new", "status"),
    [
        (OLD, "same"),
        (OLD + "\nA note.", "same"),
        ("A note.\n" + OLD, "moved"),
        (OLD.replace("it said", "she said"), "moved"),
        (OLD.replace("We did not", "We never did"), "lost"),
        ("", "lost"),
    ],
)
def test_status_says_whether_the_paragraph_changed(new, status):
    words = "“We did not,”"
    assert carried(OLD, new, words) == (status, "" if status == "lost" else words)


def test_context_decides_between_passages_with_the_same_words():
    assert carry_marks(OLD, "Added.\n" + OLD, [(37, 50), (0, 13)])[1].start == len("Added.\n")
    text = "yes no.\nIt said yes no.\nIt said yes no."
    start = text.index("yes no.\nIt said yes no.\nIt") + 16
    assert carry_marks(text, text.replace("yes", "yes"), [(start, start + 3)])[0].status == "same"


def test_passage_is_lost_if_nothing_decides():
    assert carried("One word.", "word word word", "word") == ("lost", "")


def test_part_of_a_longer_word_is_not_the_word():
    assert carried("The art of it.", "The start of it.", "art") == ("lost", "")
    assert carried("The start of it.", "A start.", "art") == ("moved", "art")


VOCABULARY = [
    "the",
    "firm",
    "said",
    "no",
    "yes",
    "it",
    "did",
    "not",
    "never",
    "“We",
    "we”",
    "2023,",
    "deal.",
    "Bell",
    "Bell’s",
    "你好",
    "a",
]


def random_text(chance):
    lines = [
        chance.choices(VOCABULARY, k=chance.randint(1, 12)) for _ in range(chance.randint(1, 8))
    ]
    return "\n".join(" ".join(line) for line in lines)


def edited(text, chance):
    """The text after some edits: words and lines added, removed, exchanged, typing errors."""
    for _ in range(chance.randint(1, 6)):
        lines = [line.split(" ") for line in text.split("\n")]
        line = chance.choice(lines)
        place = chance.randrange(len(line))
        edit = chance.randrange(6)
        if edit == 0:
            line.insert(place, chance.choice(VOCABULARY))
        elif edit == 1:
            line[place] = chance.choice(VOCABULARY)
        elif edit == 2 and len(line) > 1:
            del line[place]
        elif edit == 3:
            lines.insert(chance.randrange(len(lines) + 1), chance.choices(VOCABULARY, k=5))
        elif edit == 4:
            chance.shuffle(lines)
        else:
            word = line[place]
            line[place] = word[: len(word) // 2] + chance.choice("xyz") + word[len(word) // 2 :]
        text = "\n".join(" ".join(line) for line in lines)
    return text


def times_in(text, words):
    """How often a text has these words between spaces and line ends: not how the code counts."""
    return len(re.findall(f"(?<!\\S)(?={re.escape(words)}(?!\\S))", text))


def check_edit(seed):
    """Check every mark of one text after random edits; return how many marks there were."""
    chance = random.Random(seed)
    old = random_text(chance)
    new = edited(old, chance)
    words = [match.span() for match in re.finditer(r"\S+", old)]
    spans = []
    for _ in range(6):
        first = chance.randrange(len(words))
        last = min(len(words) - 1, first + chance.randrange(6))
        spans.append((words[first][0], words[last][1]))
    marks = carry_marks(old, new, spans)
    assert marks == carry_marks(old, new, spans)
    for (start, end), mark in zip(spans, marks, strict=True):
        exact = old[start:end]
        if mark.status == "lost":
            assert not (new.count(exact) == 1 and times_in(new, exact) == 1), (seed, exact)
        else:
            assert new[mark.start : mark.end] == exact, (seed, exact)
        if mark.status == "same":
            assert (
                old.split("\n")[old[:start].count("\n")]
                == (new.split("\n")[new[: mark.start].count("\n")])
            )
    return len(marks)


@pytest.mark.slow
def test_no_mark_is_lost_or_misplaced_in_1000_random_edits():
    assert sum(check_edit(seed) for seed in range(1000)) == 6000


@given(st.text(alphabet="ab \n.", min_size=1, max_size=40), st.text(alphabet="ab \n.", max_size=40))
def test_mark_is_only_ever_put_on_its_own_words(old, new):
    spans = [(start, min(len(old), start + 5)) for start in range(len(old))]
    for (start, end), mark in zip(spans, carry_marks(old, new, spans), strict=True):
        assert mark.status == "lost" or new[mark.start : mark.end] == old[start:end]
