"""A search in many texts finds those that match one by one."""

from hypothesis import given
from hypothesis import strategies as st

from kb.text.normalise import Term, matches, query_terms, search_text
from kb.text.text_collection import TextCollection

words = st.sampled_from(("acme", "group", "groups", "字节", "gpt", "4", "acme group", ""))


@given(
    st.lists(st.lists(words, max_size=4).map(lambda parts: search_text(*parts)), max_size=6),
    st.lists(st.sampled_from(("acme", "gro*", '"acme group"', "字", "gpt4", "zzz")), max_size=3),
)
def test_collection_finds_the_texts_that_match(texts, asked):
    terms = query_terms(" ".join(asked))
    expected = [number for number, text in enumerate(texts) if matches(text, terms)]
    assert TextCollection(texts).matching(terms) == expected


def test_words_of_neighbouring_texts_are_no_phrase():
    collection = TextCollection(["acme", "group", "acme group"])
    assert collection.matching([Term(("acme", "group"))]) == [2]
    assert collection.matching([]) == [0, 1, 2]
    assert TextCollection([]).matching([Term(("acme",))]) == []
