"""Quotations composed from a carrier's exact words, and how they relate to other carriers' words.

``compose`` checks that a displayed quotation consists of the carrier's words in order,
``negation_guard`` that no word was left out that turns them into something else, ``compare``
says how another carrier's words relate to them, and ``shorten_quotation`` cuts only where nothing
turns.
"""

from kb.text.quoting.compare import Comparison, compare
from kb.text.quoting.compose import Composition, compose
from kb.text.quoting.negation import Finding, GuardResult, negation_guard
from kb.text.quoting.parse import Part, QuotationError, parse_quotation
from kb.text.quoting.shortening import shorten_quotation
from kb.text.quoting.word_diff import Operation

__all__ = [
    "Comparison",
    "Composition",
    "Finding",
    "GuardResult",
    "Operation",
    "Part",
    "QuotationError",
    "compare",
    "compose",
    "negation_guard",
    "parse_quotation",
    "shorten_quotation",
]
