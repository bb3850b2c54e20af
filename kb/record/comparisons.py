"""How the words of each carrier of a statement relate to the words that are shown."""

from __future__ import annotations

from functools import lru_cache

from kb.record.answers import CarrierComparison
from kb.record.documents import CitationPart, Document
from kb.record.vocabulary import StatementForm, Wording
from kb.text.quoting import Comparison, QuotationError, compare, compose

SHOWN, SHOWN_WITH_CUT = "shown", "shown_with_cut"
DIFFERS = "differs"
# Longer texts are compared again each time, so that the cache stays small.
_CACHED = 2048


@lru_cache(maxsize=_CACHED)
def compare_words(
    shown: str, exact: str, shown_language: str, language: str, is_paraphrase: bool
) -> Comparison:
    """Compare the words of a carrier that was read with those shown. Cached: it depends on both."""
    return compare(
        shown,
        exact,
        shown_language=shown_language,
        language=language,
        is_paraphrase=is_paraphrase,
        is_relayed=False,
    )


def carrier_comparison(document: Document, citation: CitationPart) -> CarrierComparison | None:
    """How the words of a citation relate to those of its statement; None for other entries."""
    if document["kind"] != "statement":
        return None
    if citation["via"]:
        return _answer("relayed")
    if citation["quoted"]:
        return _answer(_shown_verdict(document["text"], citation["exact"]))
    comparison = compare_words(
        document["text"],
        citation["exact"],
        document["language"],
        citation["language"],
        _is_paraphrase(document, citation),
    )
    return _answer(comparison.verdict, comparison)


def _shown_verdict(shown: str, exact: str) -> str:
    if shown.strip() == exact.strip():
        return SHOWN
    try:
        return SHOWN_WITH_CUT if compose(shown, exact).has_cuts else SHOWN
    except QuotationError:
        return SHOWN


def _is_paraphrase(document: Document, citation: CitationPart) -> bool:
    in_other_words = (StatementForm.PARAPHRASE, StatementForm.ATTRIBUTED)
    return document["form"] in in_other_words or citation["wording"] == Wording.PARAPHRASE


def _answer(verdict: str, comparison: Comparison | None = None) -> CarrierComparison:
    operations = comparison.operations if comparison else ()
    return {
        "verdict": verdict,
        "count": comparison.differing_words if comparison else 0,
        "words": [
            {"was": operation.was, "is": operation.now}
            for operation in operations
            if operation.kind not in ("equal", "cut")
        ],
    }
