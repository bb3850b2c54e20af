"""The words of a statement with their kind, from any row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.quotation import LABELS, quotation_of
from kb.record.vocabulary import StatementForm, Wording

wordings = st.sampled_from([*Wording.values, ""])
citations = st.lists(
    st.fixed_dictionaries(
        {
            "quoted": st.booleans(),
            "wording": wordings,
            "exact": st.text(max_size=20),
            "language": st.just("en"),
        }
    ),
    max_size=3,
)


@given(st.text(min_size=1), st.sampled_from(StatementForm.values), wordings, citations)
@pytest.mark.slow
def test_only_exact_words_go_without_a_label(text, form, wording, rows):
    row = {"kind": "statement", "text": text, "form": form, "wording": wording, "citations": rows}
    quotation = quotation_of(row)
    if not quotation.words:
        assert quotation.text == ""
        return
    quoted = next((citation for citation in rows if citation["quoted"]), None)
    is_exact = form in ("verbatim", "document") and (
        ((quoted and quoted["wording"]) or wording) == "original"
    )
    assert (quotation.label == "") == is_exact == (quotation.shape == "solid")
    assert quotation.label == str(LABELS[quotation.kind])
    assert quotation.label in quotation.text
    assert not quotation.has_marks or form in ("verbatim", "document")


@given(st.text(), st.sampled_from(["event", "actor", "request"]))
def test_other_records_have_no_words(text, kind):
    assert quotation_of({"kind": kind, "text": text, "citations": []}).text == ""
