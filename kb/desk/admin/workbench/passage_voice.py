"""Whose words a passage is: those of a statement that was made from it, or of the source itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kb.desk.admin.workbench.passage import Passage
from kb.desk.models import AccountOf, PassageMark, Statement
from kb.desk.models.source_texts import PassageKind
from kb.text.attribution.runs import quotation_runs


def statement_of(passage: Passage) -> Statement | None:
    """The first statement that was made from some of these words."""
    marks = PassageMark.objects.filter(
        text=passage.text,
        kind=PassageKind.STATEMENT,
        start__lt=passage.end,
        end__gt=passage.start,
    )
    mark = marks.select_related("citation__statement").order_by("start").first()
    return mark.citation.statement if mark is not None and mark.citation is not None else None


def is_quoted(passage: Passage) -> bool:
    """Whether some of the words stand between quotation marks."""
    return any(
        run.start < passage.end and run.end > passage.start
        for run in quotation_runs(passage.text.body)
    )


def account_of(passage: Passage) -> AccountOf | None:
    """Whose account an event from this passage is, unsaved; None if the text does not say.

    Words in quotation marks from which no statement was made are nobody's that the desk knows.
    """
    statement = statement_of(passage)
    if statement is not None:
        return AccountOf(statement=statement)
    if is_quoted(passage):
        return None
    return AccountOf(source=passage.text.source)


def account_reason(account: AccountOf | None) -> str:
    """What the form of an event says about its account."""
    if account is None:
        return _(
            "Words in quotation marks. Make a statement from them, and name it under "
            "“According to”."
        )
    if account.statement is not None:
        return _("According to the statement “%(title)s”.") % {"title": account.statement}
    return _("According to this source, in its own words.")
