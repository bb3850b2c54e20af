"""Exports of the release before citations had a wording of their own."""

from kb.desk.earlier_exports import EarlierRows

STATEMENT = {"form": "verbatim", "wording": "back_translated", "language": "en", "text": "We won."}


def test_wording_of_a_statement_goes_to_its_citations():
    earlier = EarlierRows()
    statement = earlier.upgraded("desk.statement", 7, {**STATEMENT})
    assert "wording" not in statement
    first = earlier.upgraded("desk.citation", 1, {"statement": 7, "exact": "We won. "})
    assert (first["wording"], first["language"], first["quoted"]) == ("back_translated", "en", True)
    second = earlier.upgraded("desk.citation", 2, {"statement": 7, "exact": "We won."})
    assert (second["wording"], second["quoted"]) == ("back_translated", False)
    unread = {"statement": 7, "exact": ""}
    assert earlier.upgraded("desk.citation", 3, unread) == unread


def test_paraphrase_shows_no_words_of_a_citation():
    earlier = EarlierRows()
    earlier.upgraded("desk.statement", 7, {**STATEMENT, "form": "paraphrase"})
    row = earlier.upgraded("desk.citation", 1, {"statement": 7, "exact": "We won."})
    assert (row["wording"], row["quoted"]) == ("paraphrase", False)


def test_rows_of_this_release_stay_as_they_are():
    earlier = EarlierRows()
    statement = {name: value for name, value in STATEMENT.items() if name != "wording"}
    assert earlier.upgraded("desk.statement", 7, statement) == statement
    citation = {"statement": 7, "exact": "We won.", "wording": "", "quoted": False}
    assert earlier.upgraded("desk.citation", 1, citation) == citation
