"""Names are ranked together as each would be on its own."""

from __future__ import annotations

from itertools import product

import pytest

from kb.record.name_texts import CurrentNames, NamedRecord, NameTexts
from kb.record.record_search import SearchRequest, _matching_names, _ranked_names
from kb.text.normalise import matches, normalised_text, search_text

NAMES = (
    "Ibex Board", "the ibex board", "Board of Ibex", "GPT4", "GPT 4", "e-mail group",
    "email group", "Łódź Council", "Lodz Council", "字节跳动", "ByteDance", "Byte Dance", "",
)  # fmt: skip
SEARCHES = (
    "ibex board", '"ibex board"', "board*", "board -ibex", "-ibex", "gpt4", "gpt 4", "email",
    "e-mail", "lodz council", "Łódź", "字节", "byte dance", "bytedance", "council nothing",
)  # fmt: skip
KINDS = ("actor", "incident", "proposition", "source")


def record(number, title, other, summary):
    """A record with a title, another name and a summary."""
    also = (other,) if other else ()
    text = search_text(title, *also, summary)
    return NamedRecord(str(number), KINDS[number % 4], "", title, "", also, summary, text)


RECORDS = tuple(
    record(number, *texts)
    for number, texts in enumerate(
        product(NAMES[:-1], NAMES[::3], ("", "Ibex, GPT-4, e-mail", "on bytedance and gpt 4"))
    )
)


def tier_of(request, named):
    """How well a record matches: the definition, of this record alone."""
    words = [normalised_text(name).words for name in named.names]
    if normalised_text(request.q).words in words:
        return 0
    if any(matches(name, request.typed) for name in words):
        return 1
    if any(matches(search_text(name), request.terms) for name in named.names):
        return 2
    return 3 if matches(named.search_text, request.typed) else 4


@pytest.mark.parametrize("q", SEARCHES)
def test_ranks_of_names_are_those_of_each_record_alone(q):
    request, texts = SearchRequest(q), CurrentNames(NameTexts(RECORDS))
    numbers = _matching_names(texts, request.query)
    expected = [named for kind in KINDS for named in RECORDS
                if named.kind == kind and request.query.finds(named.search_text)]  # fmt: skip
    ranked = _ranked_names(texts, request, numbers.items())
    assert [named for _rank, named in ranked] == expected
    assert [rank[0] for rank, _named in ranked] == [tier_of(request, named) for named in expected]


def test_searches_reach_every_rank():
    tiers = {
        tier_of(request, named)
        for request in map(SearchRequest, SEARCHES)
        for named in RECORDS
        if request.query.finds(named.search_text)
    }
    assert tiers == {0, 1, 2, 3, 4}
