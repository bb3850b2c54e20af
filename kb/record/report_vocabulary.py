"""The vocabulary of reports from readers: what is sent, and what an editor decides, and why."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kb.record.vocabulary import Labels

# Of a reader's text, a message to or from the reader, and the public sentence of a decision.
MAX_REPORT_LENGTH = 5_000
MAX_SENTENCE_LENGTH = 500


class ReportKind(models.TextChoices):
    """What a reader sends, in the reader's words."""

    ERROR = "error", _("Something here is wrong")
    SOURCE = "source", _("A source is missing")
    REPLY = "reply", _("I am, or speak for, someone named here and wish to reply")
    REMOVAL = "removal", _("Please remove something")


# The same in lists.
REPORT_KIND_LABELS: Labels = {
    ReportKind.ERROR: pgettext_lazy("report", "Error"),
    ReportKind.SOURCE: pgettext_lazy("report", "Missing source"),
    ReportKind.REPLY: pgettext_lazy("report", "Reply"),
    ReportKind.REMOVAL: pgettext_lazy("report", "Removal"),
}


class ReportOutcome(models.TextChoices):
    """What became of a report."""

    CORRECTED = "corrected", pgettext_lazy("report", "corrected")
    REPLY_PUBLISHED = "replied", pgettext_lazy("report", "reply published")
    DECLINED = "declined", pgettext_lazy("report", "declined")
    SET_ASIDE = "set_aside", pgettext_lazy("report", "set aside")


class ReportReason(models.TextChoices):
    """Why it was decided so. Readers see these sentences."""

    CONFIRMED = "confirmed", _("A source confirms the error.")
    SOURCE_ADDED = "source_added", _("The missing source was added.")
    REMOVED = "removed", _("It should not have been published.")
    REPLY_OF_PERSON_NAMED = "reply", _("Those who are named can reply.")
    SOURCES_AGREE = "sources_agree", _("The sources say what is recorded.")
    NO_SOURCE = "no_source", _("No source was named that shows it.")
    ALREADY_RECORDED = "recorded", _("It is recorded already.")
    OPINION = "opinion", _("It is about an opinion, not about what is recorded.")
    NOT_NAMED = "not_named", _("The sender is not named here.")
    PUBLIC_INTEREST = "interest", _("The public interest in the record outweighs the request.")
    DUPLICATE = "duplicate", _("The same was reported before.")
    NO_REQUEST = "no_request", _("It asks for nothing that could be decided.")
    SPAM = "spam", _("It was spam.")


# The reasons of each outcome.
OUTCOME_REASONS: dict[ReportOutcome, tuple[ReportReason, ...]] = {
    ReportOutcome.CORRECTED: (
        ReportReason.CONFIRMED,
        ReportReason.SOURCE_ADDED,
        ReportReason.REMOVED,
    ),
    ReportOutcome.REPLY_PUBLISHED: (ReportReason.REPLY_OF_PERSON_NAMED,),
    ReportOutcome.DECLINED: (
        ReportReason.SOURCES_AGREE,
        ReportReason.NO_SOURCE,
        ReportReason.ALREADY_RECORDED,
        ReportReason.OPINION,
        ReportReason.NOT_NAMED,
        ReportReason.PUBLIC_INTEREST,
    ),
    ReportOutcome.SET_ASIDE: (
        ReportReason.DUPLICATE,
        ReportReason.NO_REQUEST,
        ReportReason.SPAM,
    ),
}
