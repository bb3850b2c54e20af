"""A search in many texts finds those that it finds one by one."""

from hypothesis import given
from hypothesis import strategies as st

from kb.text.normalise import search_query, search_text
from kb.text.text_collection import TextCollection

words = st.sampled_from(("acme", "group", "groups", "字节", "gpt", "4", "acme group", ""))


@given(
    st.lists(st.lists(words, max_size=4).map(lambda parts: search_text(*parts)), max_size=6),
    st.lists(
        st.sampled_from(("acme", "gro*", '"acme group"', "字", "gpt4", "zzz", "-acme", "-gro*")),
        max_size=3,
    ),
)
def test_collection_finds_what_the_query_finds(texts, asked):
    query = search_query(" ".join(asked))
    expected = [number for number, text in enumerate(texts) if query.finds(text)]
    assert TextCollection(texts).found_by(query) == expected


def test_words_of_neighbouring_texts_are_no_phrase():
    collection = TextCollection(["acme", "group", "acme group"])
    assert collection.found_by(search_query('"acme group"')) == [2]
    assert collection.found_by(search_query("")) == [0, 1, 2]
    assert TextCollection([]).found_by(search_query("acme")) == []
