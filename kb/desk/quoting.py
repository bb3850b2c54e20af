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
    citations: list[Citation] = statement.belonging("citations")
    quoted = [citation for citation in citations if citation.quoted]
    if not quoted:
        return QuotationCheck(_unmarked_errors(statement, citations))
    if len(quoted) > 1:
        message = _("Several citations give the words of the quotation. Mark only one of them.")
        return QuotationCheck([message])
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


def _unmarked_errors(statement: Statement, citations: Iterable[Citation]) -> list[str]:
    with_words = [row for row in citations if row.exact.strip() and not row.via_id]
    if not with_words:
        return [
            _(
                "This quotation has no exact words to be composed from. Add the exact words of "
                "the source to a citation."
            )
        ]
    if len(with_words) == 1:
        check = check_words(
            statement.text,
            with_words[0].exact,
            with_words[0].language,
            statement.override_reason,
        )
        if check.errors:
            return check.errors
    return [
        _(
            "No citation gives the words of the quotation. Mark one citation with “show these "
            "words”."
        )
    ]


def mark_quotable(statement: Statement, citations: Iterable[Citation]) -> Citation | None:
    """Mark the first citation that has the words of a quotation, if none is marked yet.

    Returns it, not saved; None if nothing was marked.
    """
    rows = list(citations)
    if not is_composed(statement) or any(citation.quoted for citation in rows):
        return None
    for citation in rows:
        is_possible = citation.exact.strip() and not citation.via_id
        if not is_possible or citation.wording == Wording.PARAPHRASE:
            continue
        check = check_words(
            statement.text, citation.exact, citation.language, statement.override_reason
        )
        if not check.errors:
            citation.quoted = True
            return citation
    return None


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
