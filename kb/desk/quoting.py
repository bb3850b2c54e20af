"""Check the quotation of a statement against the exact words of the citation that it quotes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kb.desk.models import Citation, Statement
from kb.record.vocabulary import StatementForm, Wording
from kb.text.quoting import QuotationError, compose, negation_guard

# Forms whose text is composed from the exact words of a citation.
COMPOSED_FORMS = frozenset({StatementForm.VERBATIM, StatementForm.DOCUMENT})


@dataclass(frozen=True)
class QuotationCheck:
    """Why a quotation cannot be published, and what to look at, as sentences."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def is_composed(statement: Statement) -> bool:
    """Return whether the text of a statement must be composed from a citation."""
    return statement.form in COMPOSED_FORMS and bool(statement.text.strip())


def check_quotation(statement: Statement) -> QuotationCheck:
    """Check a statement, saved or from a form, against its quoted citation."""
    if not is_composed(statement):
        return QuotationCheck()
    citations: list[Citation] = statement.belonging("citations", "source", "via")
    quoted = [citation for citation in citations if citation.quoted]
    if not quoted:
        return QuotationCheck([
            _(
                "No citation gives the words of the quotation. Mark one citation with “show these "
                "words”."
            )
        ])  # fmt: skip
    if len(quoted) > 1:
        return QuotationCheck([
            _("Several citations give the words of the quotation. Mark only one of them.")
        ])  # fmt: skip
    citation = quoted[0]
    return check_words(statement.text, citation.exact, citation.language, statement.override_reason)


def check_words(text: str, exact: str, language: str, override_reason: str = "") -> QuotationCheck:
    """Check the text of a quotation against exact words in a language.

    An override reason turns what the negation guard refuses into warnings.
    """
    try:
        guard = negation_guard(text, exact, language)
    except QuotationError as problem:
        return QuotationCheck([str(problem)])
    refusals = [finding.message for finding in guard.refusals]
    warnings = [finding.message for finding in guard.warnings]
    if override_reason.strip():
        return QuotationCheck([], refusals + warnings)
    return QuotationCheck(refusals, warnings)


def quotable_citation(text: str, citations: Iterable[Citation]) -> Citation | None:
    """Return the first citation from whose words a text is composed; None if there is none.

    A citation without a negation that the text loses comes first.
    """
    composed: list[Citation] = []
    for citation in citations:
        if citation.via_id or citation.wording == Wording.PARAPHRASE or not citation.exact.strip():
            continue
        try:
            compose(text, citation.exact)
        except QuotationError:
            continue
        if not check_words(text, citation.exact, citation.language).errors:
            return citation
        composed.append(citation)
    return composed[0] if composed else None


def composed_words(statement: Statement) -> str:
    """Return the quotation as it is composed, with its cuts in one form; "" if it is not."""
    if not is_composed(statement):
        return ""
    for citation in statement.belonging("citations"):
        if citation.quoted:
            try:
                return compose(statement.text, citation.exact).text
            except QuotationError:
                return ""
    return ""
