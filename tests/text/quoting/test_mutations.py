"""Changes of a quotation that change its meaning are caught, each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from kb.text.quoting import QuotationError, compose, negation_guard
from tests.text.quoting.sentences import SENTENCES, Sentence

TERMS = (
    "OpenAI's terms of service, which stipulate that its model output cannot be used to "
    '"develop any artificial intelligence model that competes with our products and services."'
)


class Mutation(NamedTuple):
    """A quotation that its source does not bear out."""

    kind: str
    text: str
    sentence: Sentence


def words_of(sentence: Sentence) -> list[str]:
    """The words, each with what stands after it; for Chinese, its characters and numbers."""
    if sentence.language == "zh":
        return re.findall(r"[0-9]+|.", sentence.exact)
    return sentence.exact.replace("“", "").replace("”", "").split()


def joined(sentence: Sentence, words: list[str]) -> str:
    return ("" if sentence.language == "zh" else " ").join(words)


def with_negation(sentence: Sentence) -> Iterator[Mutation]:
    exact = sentence.exact.replace("“", "").replace("”", "")
    for negation in sentence.negations:
        before, after = exact.split(negation, 1)
        yield Mutation("negation dropped", f"{before.rstrip()} {after.lstrip()}".strip(), sentence)
        if before:
            yield Mutation("negation cut", f"{before.rstrip()} … {after.lstrip()}", sentence)
        yield Mutation("begins after negation", after.strip(), sentence)
        if before:
            yield Mutation("negation cut", f"{before.rstrip()} [then] {after.lstrip()}", sentence)


def after_negation(sentence: Sentence) -> Iterator[Mutation]:
    exact = sentence.exact.replace("“", "").replace("”", "")
    negation = sentence.negations[0]
    before, after = exact.split(negation, 1)
    rest = words_of(sentence)[-3:]
    yield Mutation("cut after negation", f"{before}{negation} … {joined(sentence, rest)}", sentence)
    yield Mutation("cut after negation", f"{before}{negation} …", sentence)


def inserted(sentence: Sentence) -> Iterator[Mutation]:
    words = words_of(sentence)
    extra = "不" if sentence.language == "zh" else "not"
    for place in range(1, len(words) - 1, 3):
        text = joined(sentence, [*words[:place], extra, *words[place:]])
        yield Mutation("negation inserted", text, sentence)


def moved(sentence: Sentence) -> Iterator[Mutation]:
    words = words_of(sentence)
    third = len(words) // 3
    first, second, last = words[:third], words[third : 2 * third], words[2 * third :]
    for runs in ((second, first), (last, second), (last, first)):
        text = " … ".join(joined(sentence, run) for run in runs)
        yield Mutation("runs reordered", text, sentence)
    yield Mutation("distant runs joined", joined(sentence, first + last), sentence)
    yield Mutation("distant runs joined", joined(sentence, words[:2] + words[4:]), sentence)


def renamed(sentence: Sentence) -> Iterator[Mutation]:
    other_name = "云杉" if sentence.language == "zh" else "Larkspur"
    for name in sentence.names:
        yield Mutation("name changed", sentence.exact.replace(name, other_name), sentence)
    for number in sentence.numbers:
        longer = number + ("0" if number[-1].isdigit() else "零")
        for changed in (longer, number[:-1] or "8"):
            text = sentence.exact.replace(number, changed)
            yield Mutation("number changed", text, sentence)


GENERATORS = (with_negation, after_negation, inserted, moved, renamed)
MUTATIONS = [
    mutation
    for sentence in SENTENCES
    for generator in GENERATORS
    for mutation in generator(sentence)
]


def is_caught(text: str, exact: str, language: str) -> bool:
    try:
        return bool(negation_guard(text, exact, language).refusals)
    except QuotationError:
        return True


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.__name__)
def test_no_mutation_is_missed(generator):
    mutations = [mutation for sentence in SENTENCES for mutation in generator(sentence)]
    missed = [
        (mutation.kind, mutation.text)
        for mutation in mutations
        if not is_caught(mutation.text, mutation.sentence.exact, mutation.sentence.language)
    ]
    assert missed == []


def test_suite_has_two_hundred_mutations_of_every_kind():
    counts = Counter(mutation.kind for mutation in MUTATIONS)
    assert len({mutation.text for mutation in MUTATIONS}) >= 200
    assert min(counts.values()) >= 10, counts
    assert all(mutation.text != mutation.sentence.exact for mutation in MUTATIONS)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.exact[:20])
def test_correct_quotations_pass(sentence):
    for text in (sentence.exact, sentence.quotation):
        compose(text, sentence.exact)
        assert negation_guard(text, sentence.exact, sentence.language).refusals == ()


def test_terms_without_their_prohibition_are_refused():
    text = "develop any artificial intelligence model that competes with our products and services."
    refusal = negation_guard(text, TERMS, "en").refusals[0]
    assert (refusal.word, refusal.sentence, refusal.kind) == ("cannot", TERMS, "before")
    assert "“cannot”" in refusal.message and TERMS in refusal.message


@pytest.mark.parametrize(
    "text",
    [
        "cannot be used to develop any artificial intelligence model",
        "cannot be used to develop any … model",
        "[output cannot be used to] develop any artificial intelligence model",
        "its model output cannot be used to “develop any artificial intelligence model",
    ],
)
def test_terms_with_their_prohibition_pass(text):
    result = negation_guard(text, TERMS, "en")
    assert (result.refusals, result.warnings) == ((), ())
