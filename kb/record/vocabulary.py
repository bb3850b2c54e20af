"""The fixed vocabularies of the record, each written once: its values and their labels.

The label of a value is what editors read. Readers see the same words with a capital letter
(``reader_labels``), or the words of a mapping of their own, which stands below its vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Label: TypeAlias = "str | _StrPromise"
Labels: TypeAlias = dict[str, Label]


def reader_labels(*choices: models.TextChoices) -> Labels:
    """The labels of these values with a capital first letter, by value."""
    return {choice.value: capfirst(choice.label) for choice in choices}


class RecordKind(models.TextChoices):
    ACTOR = "actor", _("actor")
    SOURCE = "source", _("source")
    INCIDENT = "incident", _("incident")
    TOPIC = "topic", _("topic")
    EVENT = "event", _("event")
    STATEMENT = "statement", _("statement")
    REQUEST = "request", _("request for comment")
    PROPOSITION = "proposition", _("claim")


ENTRY_KINDS = (RecordKind.EVENT, RecordKind.STATEMENT, RecordKind.REQUEST)
ENTRY_KIND_LABELS = reader_labels(*ENTRY_KINDS)


class Change(models.TextChoices):
    """What a revision is to the one before it."""

    FIRST = "first", _("Published")
    UPDATE = "update", _("Update")
    CORRECTION = "correction", _("Correction")
    MERGE = "merge", _("Merged")
    WITHDRAWAL = "withdrawal", _("Withdrawn")
    REPUBLISHED = "republished", _("Published again")
    LINK = "link", _("Linked")
    SUPPRESSION = "suppression", _("Removed by order")


# Changes after which a record has no page of its own, only a tombstone.
TOMBSTONE_CHANGES = (Change.WITHDRAWAL, Change.MERGE, Change.SUPPRESSION)
# Changes that readers are told about, each with its reason; their names as the headings of lists.
CHANGE_HEADINGS: Labels = {
    Change.CORRECTION: _("Corrections"),
    Change.WITHDRAWAL: _("Withdrawals"),
    Change.REPUBLISHED: _("Published again after a withdrawal"),
    Change.MERGE: _("Merges"),
    Change.SUPPRESSION: _("Removals by order"),
}


class ActorKind(models.TextChoices):
    PERSON = "person", _("person")
    ORGANISATION = "organisation", _("organisation")
    PUBLICATION = "publication", _("publication")
    GOVERNMENT = "government", _("government body")
    PRODUCT = "product", _("product or model")
    PROJECT = "project", _("project")
    GROUP = "group", _("group")


ACTOR_KIND_LABELS = reader_labels(*ActorKind)


class NameKind(models.TextChoices):
    """What another name of an actor is."""

    ALIAS = "alias", _("also called")
    ORIGINAL = "original", _("original name")
    FORMER = "former", _("formerly")


NAME_KIND_LABELS: Labels = {
    NameKind.ALIAS: NameKind.ALIAS.label,
    NameKind.ORIGINAL: _("original name"),
    NameKind.FORMER: NameKind.FORMER.label,
}


class SourceKind(models.TextChoices):
    ARTICLE = "article", _("article")
    DOCUMENT = "document", _("document")
    POST = "post", _("post")
    FILING = "filing", _("filing")
    INTERVIEW = "interview", _("interview")


SOURCE_KIND_LABELS = reader_labels(*SourceKind)


class Derivation(models.TextChoices):
    """What a source is to the earlier source that it derives from."""

    TRANSLATION = "translation", _("translation")
    WIRE_COPY = "wire_copy", _("wire copy")
    REWRITE = "rewrite", _("rewrite")
    FIRST_REPORTED_BY = "first_reported_by", _("first reported by")
    QUOTES = "quotes", _("quotes")
    OWN_REPORTING = "own_reporting", _("own reporting")


UNKNOWN_DERIVATION = ""  # it derives from another source, and how is not recorded
# Before the title of the earlier source.
DERIVATION_LABELS: Labels = {
    Derivation.TRANSLATION: _("Translation of"),
    Derivation.WIRE_COPY: _("Wire copy of"),
    Derivation.REWRITE: _("Rewrite of"),
    Derivation.FIRST_REPORTED_BY: capfirst(Derivation.FIRST_REPORTED_BY.label),
    Derivation.QUOTES: capfirst(Derivation.QUOTES.label),
    Derivation.OWN_REPORTING: _("Own reporting, also citing"),
    UNKNOWN_DERIVATION: _("Derives from"),
}
# After the title of the later source.
DERIVATION_NOTES: Labels = {
    Derivation.TRANSLATION: Derivation.TRANSLATION.label,
    Derivation.WIRE_COPY: Derivation.WIRE_COPY.label,
    Derivation.REWRITE: Derivation.REWRITE.label,
    Derivation.FIRST_REPORTED_BY: _("credits it with the first report"),
    Derivation.QUOTES: _("quotes it"),
    Derivation.OWN_REPORTING: _("own reporting, also citing it"),
    UNKNOWN_DERIVATION: _("derives from it"),
}


class Reliability(models.TextChoices):
    """How well an event is established: the field ``standing``.

    *Contested* is not chosen by editors: it is computed from the positions on claims.
    """

    UNDISPUTED = "undisputed", _("undisputed")
    ONE_PARTY = "one_party", _("one party’s account")
    REPORTED = "reported", pgettext_lazy("reliability", "reported")
    ANNOUNCED = "announced", pgettext_lazy("reliability", "announced")


CONTESTED = "contested"
# The facet of an event with the day by which a claim about it was contested, and the claim.
CONTESTED_SINCE = "contested_since"
_ONE_PARTY = _("One party’s account")
RELIABILITY_LABELS: Labels = {
    **reader_labels(Reliability.UNDISPUTED),
    CONTESTED: _("Contested"),
    Reliability.ONE_PARTY: _ONE_PARTY,
    **reader_labels(Reliability.REPORTED, Reliability.ANNOUNCED),
}
# Beside an entry that is not undisputed.
RELIABILITY_NOTES: Labels = {
    Reliability.ONE_PARTY: _ONE_PARTY,
    Reliability.REPORTED: RELIABILITY_LABELS[Reliability.REPORTED],
    Reliability.ANNOUNCED: _("Announced, outcome not recorded"),
}
# In feeds, which are in English.
RELIABILITY_SENTENCES: dict[str, str] = {
    Reliability.ONE_PARTY: "According to one party.",
    Reliability.REPORTED: "Reported.",
    Reliability.ANNOUNCED: "Announced.",
}


class ParticipationRole(models.TextChoices):
    """The part of an actor in an event.

    *Regulated* is the part of an authority. Those whom it regulates are *affected*.
    """

    ACTED = "acted", _("acted")
    AFFECTED = "affected", _("affected")
    REPORTED = "reported", _("reported")
    REGULATED = "regulated", _("regulated")
    ANNOUNCED = "announced", _("announced")
    INVOLVED = "involved", _("involved")


class VoiceRole(models.TextChoices):
    """The part of an actor in a statement."""

    BY = "by", _("speaker")
    FOR = "for", _("represented party")
    TO = "to", _("addressee")
    ATTRIBUTED_TO = "attributed_to", _("ascribed speaker")
    ABOUT = "about", _("about")


class RequestRole(models.TextChoices):
    """The part of an actor in a request for comment. Nobody says anything in one."""

    ASKED_BY = "asked_by", _("asked")
    ASKED = "asked", _("was asked for comment")


# Behind the name of the actor.
ROLE_LABELS: Labels = {
    ParticipationRole.ACTED: _("did this"),
    ParticipationRole.AFFECTED: _("was affected"),
    ParticipationRole.REPORTED: _("reported it"),
    ParticipationRole.REGULATED: _("regulated it"),
    ParticipationRole.ANNOUNCED: _("announced it"),
    ParticipationRole.INVOLVED: _("was involved"),
    VoiceRole.BY: _("speaker"),
    VoiceRole.FOR: _("represented party"),
    VoiceRole.TO: _("addressee"),
    VoiceRole.ATTRIBUTED_TO: _("ascribed speaker"),
    RequestRole.ASKED_BY: RequestRole.ASKED_BY.label,
    RequestRole.ASKED: RequestRole.ASKED.label,
}
# As the first words of a line on the actor's page.
ROLE_HEADINGS: Labels = {
    ParticipationRole.ACTED: _("Did"),
    ParticipationRole.AFFECTED: capfirst(ParticipationRole.AFFECTED.label),
    ParticipationRole.REPORTED: capfirst(ParticipationRole.REPORTED.label),
    ParticipationRole.REGULATED: capfirst(ParticipationRole.REGULATED.label),
    ParticipationRole.ANNOUNCED: capfirst(ParticipationRole.ANNOUNCED.label),
    ParticipationRole.INVOLVED: capfirst(ParticipationRole.INVOLVED.label),
    VoiceRole.BY: _("Said"),
    VoiceRole.FOR: _("Said for it"),
    VoiceRole.TO: _("Said to it"),
    VoiceRole.ATTRIBUTED_TO: _("Is said to have said"),
    RequestRole.ASKED_BY: _("Asked others"),
    RequestRole.ASKED: _("Asked for comment"),
}
# What the actor did, in the list of an incident's actors and in the order of that list.
ROLE_VERBS: Labels = {
    **{
        role.value: role.label
        for role in (
            ParticipationRole.ACTED,
            ParticipationRole.AFFECTED,
            ParticipationRole.ANNOUNCED,
            ParticipationRole.REPORTED,
            ParticipationRole.REGULATED,
            ParticipationRole.INVOLVED,
        )
    },
    VoiceRole.BY: _("spoke"),
    VoiceRole.FOR: _("represented"),
    VoiceRole.TO: _("addressed"),
    VoiceRole.ATTRIBUTED_TO: _("said to have spoken"),
    VoiceRole.ABOUT: _("discussed"),
    RequestRole.ASKED_BY: RequestRole.ASKED_BY.label,
    RequestRole.ASKED: RequestRole.ASKED.label,
}


class Bearing(models.TextChoices):
    """What a cited passage does for the entry that cites it."""

    SUPPORTS = "supports", _("supports")
    DISPUTES = "disputes", _("disputes")
    MENTIONS = "mentions", _("mentions")


BEARING_LABELS: Labels = {
    Bearing.SUPPORTS: _("supports this"),
    Bearing.DISPUTES: _("disputes this"),
    Bearing.MENTIONS: _("mentions this"),
}


class Attribution(models.TextChoices):
    """How a statement names its speaker."""

    NAMED = "named", _("named speaker")
    UNNAMED = "unnamed", _("unnamed speaker")
    DOCUMENT = "document", _("document")
    ACCOUNT = "account", _("organisation’s official account")


ATTRIBUTION_LABELS: Labels = {choice.value: choice.label for choice in Attribution}


class StatementForm(models.TextChoices):
    """Whose words the text of a statement is in.

    A paraphrase reports an act of speech of the speaker in the words of the source. *Attributed*
    is what a source ascribes to somebody and no source has in that person's own words.
    """

    VERBATIM = "verbatim", _("quotation")
    PARAPHRASE = "paraphrase", _("paraphrase")
    DOCUMENT = "document", _("document")
    ATTRIBUTED = "attributed", _("reported speech")


STATEMENT_FORM_LABELS = reader_labels(*StatementForm)


class Wording(models.TextChoices):
    """How close the words of a source are to the words as they were spoken or written."""

    ORIGINAL = "original", _("original wording")
    TRANSLATED = "translated", _("translated")
    BACK_TRANSLATED = "back_translated", _("translated and translated back")
    REWORDED = "reworded", _("reworded")
    PARAPHRASE = "paraphrase", _("paraphrase")


WORDING_LABELS: Labels = {
    Wording.ORIGINAL: Wording.ORIGINAL.label,
    Wording.TRANSLATED: Wording.TRANSLATED.label,
    Wording.BACK_TRANSLATED: _("translated and translated back, so not the original words"),
    Wording.REWORDED: _("reworded by the source, so not the original words"),
    Wording.PARAPHRASE: Wording.PARAPHRASE.label,
}


class Certainty(models.TextChoices):
    """How certain it is who spoke, or that two speakers are the same person."""

    CERTAIN = "certain", _("certain")
    POSSIBLE = "possible", _("possible")


class LinkKind(models.TextChoices):
    """What an entry is to another entry. ``ORDERING_LINKS`` say which of the two came first."""

    FOLLOWS = "follows", _("follows")
    ANSWERS = "answers", _("answers")
    PART_OF = "part_of", _("is part of")
    CLAIMED_CAUSE = "claimed_cause", _("is said to be caused by")
    CORRECTS = "corrects", _("corrects")
    CONTRADICTS = "contradicts", _("contradicts")


# The entry that has such a link came after the entry that it links to, or began with it.
ORDERING_LINKS = frozenset({LinkKind.FOLLOWS, LinkKind.ANSWERS, LinkKind.CORRECTS})


# On the page of the entry that has the link, before the title of the other.
LINK_LABELS = reader_labels(*LinkKind)
# On the page of the other entry, before the title of the one that has the link.
REVERSE_LINK_LABELS: Labels = {
    LinkKind.FOLLOWS: _("Followed by"),
    LinkKind.ANSWERS: _("Answered by"),
    LinkKind.PART_OF: _("Has as a part"),
    LinkKind.CLAIMED_CAUSE: _("Is said to have caused"),
    LinkKind.CORRECTS: _("Corrected by"),
    LinkKind.CONTRADICTS: _("Contradicted by"),
}


class RequestOutcome(models.TextChoices):
    """What became of a request for comment."""

    ANSWERED = "answered", _("answered")
    DECLINED = "declined", _("declined to comment")
    NO_REPLY = "no_reply", _("no reply")
    NOT_STATED = "not_stated", _("outcome not stated")


REQUEST_OUTCOME_LABELS = reader_labels(*RequestOutcome)


class NumberBound(models.TextChoices):
    """How a source limits a number."""

    EXACT = "exact", _("exactly")
    ABOUT = "about", pgettext_lazy("a number with its limit", "about")
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    MORE_THAN = "more_than", _("more than")
    LESS_THAN = "less_than", _("less than")


# The field ``outcome`` of every statement in the API. Silence is a request for comment.
SAID = "said"


class Question(models.TextChoices):
    """What a claim asks, and so which kind of answer a position may give."""

    WHETHER = "whether", _("whether")
    WHEN = "when", _("when")
    WHICH = "which", _("which")
    HOW_MANY = "how_many", _("how many")
    WHO = "who", _("who")


# What documents of edition 1 call a question, which programs may still read: the field ``aspect``.
ASPECTS: dict[str, str] = {
    Question.WHETHER: "fact",
    Question.WHEN: "date",
    Question.WHICH: "reason",
    Question.HOW_MANY: "number",
    Question.WHO: "actor",
}
# Next to the text of a claim. What “which” asks is in that text only.
CONTESTED_LABELS: Labels = {
    Question.WHETHER: RELIABILITY_LABELS[CONTESTED],
    Question.WHEN: _("Date contested"),
    Question.WHICH: RELIABILITY_LABELS[CONTESTED],
    Question.HOW_MANY: _("Number contested"),
    Question.WHO: _("Actor contested"),
}


class Position(models.TextChoices):
    """What a statement or a report says about a claim.

    *Declined* and *no reply* are only in documents of edition 1: silence is no position now, but
    the outcome of a request for comment. ``NEW_POSITIONS`` are those that editors may choose.
    """

    REPORTS = "reports", _("reports")
    ALLEGES = "alleges", _("alleges")
    ASSERTS = "asserts", _("asserts")
    DENIES = "denies", _("denies")
    CONFIRMS = "confirms", _("confirms")
    CONFIRMS_IN_PART = "confirms_in_part", _("confirms in part")
    UNDECIDED = "undecided", _("undecided")
    DOES_NOT_ADDRESS = "does_not_address", _("does not address")
    DECLINED = "declined", _("declined to comment")
    NO_REPLY = "no_reply", _("did not reply")


POSITION_LABELS = reader_labels(*Position)
# Those that only documents of edition 1 have.
EARLIER_POSITIONS = frozenset({Position.DECLINED, Position.NO_REPLY})
NEW_POSITIONS = [choice for choice in Position.choices if choice[0] not in EARLIER_POSITIONS]
