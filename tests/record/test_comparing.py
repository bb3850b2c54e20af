"""What changed between two versions: the pieces give both texts back, and say no more."""

from hypothesis import given
from hypothesis import strategies as st

from kb.record.document_diff import (
    MAX_DIFF_WORDS,
    diff_pieces,
    document_differences,
    document_texts,
)

texts = st.text(alphabet=st.sampled_from("ab 字节\n.,é"), max_size=40)


def sides(pieces):
    old = "".join(text for kind, text in pieces if kind in ("same", "old"))
    new = "".join(text for kind, text in pieces if kind in ("same", "new"))
    return old, new


@given(texts, texts)
def test_the_pieces_give_both_texts_back(old, new):
    assert sides(diff_pieces(old, new)) == (old, new)


@given(texts)
def test_equal_texts_have_nothing_old_or_new(text):
    assert {kind for kind, _ in diff_pieces(text, text)} <= {"same"}


def test_words_are_compared_not_letters():
    assert diff_pieces("It did not stop.", "It did stop.") == [
        ("same", "It did "),
        ("old", "not "),
        ("same", "stop."),
    ]


def test_chinese_is_compared_by_character():
    assert diff_pieces("字节跳动", "字节跃动") == [
        ("same", "字节"),
        ("old", "跳"),
        ("new", "跃"),
        ("same", "动"),
    ]


def test_long_texts_are_compared_by_line():
    long = "word " * MAX_DIFF_WORDS + "\n"
    pieces = diff_pieces(long + "end", long + "END")
    assert sides(pieces) == (long + "end", long + "END")
    assert pieces[0] == ("same", long)


def test_fields_are_named_and_ids_become_titles():
    old = {"id": "a", "kind": "event", "title": "One", "incidents": ["x1"], "standing": "reported"}
    new = {**old, "title": "Two", "incidents": ["x1", "x2"]}
    names = {"x1": "First story", "x2": "Second story"}

    def words_of(name, text):
        return names.get(text, text)

    pieces = {
        difference.field: difference.pieces
        for difference in document_differences(old, new, words_of)
    }
    assert set(pieces) == {"title", "incidents"}
    assert sides(pieces["incidents"]) == ("First story", "First story\nSecond story")
    assert document_differences(old, old, words_of) == []
    assert document_texts(old, words_of)["standing"] == "reported"


def test_a_date_is_in_words():
    date = {"edtf": "2023-04", "words": "April 2023", "phrase": "in April", "earliest": None}
    assert (
        document_texts({"date": date}, lambda name, text: text)["date"]
        == "April 2023 (2023-04); “in April”"
    )


def test_the_order_is_that_of_the_declaration_however_it_was_stored():
    part = {"role": "acted", "actor": "Acme"}
    name = {"note": "", "name": "ACME", "kind": "alias", "language": "en"}
    stored = {"other_names": [name], "actors": [part], "title": "One", "kind": "event"}
    texts = document_texts(stored, lambda name, text: text)
    assert list(texts) == ["title", "actors", "other_names"]
    assert (texts["actors"], texts["other_names"]) == ("Acme; acted", "ACME; en; alias")
