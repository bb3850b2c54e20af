"""What the terms on the pages mean, for every page that explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kb.record.vocabulary import (
    BEARING_LABELS,
    CONTESTED,
    DERIVATION_LABELS,
    POSITION_LABELS,
    RELIABILITY_LABELS,
    REQUEST_OUTCOME_LABELS,
    STATEMENT_FORM_LABELS,
    UNKNOWN_DERIVATION,
    WORDING_LABELS,
    Bearing,
    Change,
    Derivation,
    Position,
    Reliability,
    RequestOutcome,
    StatementForm,
    Wording,
)


class GlossaryTerm(TypedDict):
    id: str
    word: str | Promise
    meaning: str | Promise


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one field with their meanings; ``anchor`` is its place on the page."""

    anchor: str
    title: str | Promise
    about: str | Promise
    words: Mapping[str, str | Promise]
    meanings: Mapping[str, str | Promise]

    def rows(self) -> list[GlossaryTerm]:
        """Each term with its meaning, in the order of the vocabulary."""
        return [
            {"id": f"{self.anchor}-{key or 'any'}", "word": word, "meaning": self.meanings[key]}
            for key, word in self.words.items()
        ]


VOCABULARIES = (
    Vocabulary(
        "standing",
        _("Reliability of an event"),
        _(
            "How well an event is established by its sources. It describes who reports the event, "
            "not who is right."
        ),
        RELIABILITY_LABELS,
        {
            Reliability.UNDISPUTED: _("No recorded position differs."),
            CONTESTED: _(
                "Recorded positions differ. This value is computed: an event is contested when two "
                "positions on a claim about it cannot both be true."
            ),
            Reliability.ONE_PARTY: _("Only one of the parties involved reports it."),
            Reliability.REPORTED: _("A publication reports it from its own reporting."),
            Reliability.ANNOUNCED: _("It was announced in advance. The outcome is not recorded."),
        },
    ),
    Vocabulary(
        "form",
        _("Form of a statement"),
        _("Whose words are shown on the page."),
        STATEMENT_FORM_LABELS,
        {
            StatementForm.VERBATIM: _("The words in quotation marks are taken from a source."),
            StatementForm.PARAPHRASE: _(
                "The wording is ours and summarises what the source reports."
            ),
            StatementForm.DOCUMENT: _(
                "The words come from a document, such as terms of use or a filing."
            ),
            StatementForm.ATTRIBUTED: _(
                "A source ascribes this to a speaker. No source has it in the speaker’s own words."
            ),
        },
    ),
    Vocabulary(
        "wording",
        _("Wording of a quotation"),
        _("How close a quotation is to the original words."),
        WORDING_LABELS,
        {
            Wording.ORIGINAL: _("In the language in which it was spoken or published."),
            Wording.TRANSLATED: _(
                "Translated by the source or by us. The original is shown next to it if available."
            ),
            Wording.BACK_TRANSLATED: _(
                "Spoken in one language, published in another, and translated back. The meaning is "
                "preserved, but not the exact words."
            ),
            Wording.REWORDED: _("The source changed the words."),
            Wording.PARAPHRASE: _("The source reports what was said in its own words."),
        },
    ),
    Vocabulary(
        "outcome",
        _("Outcome of a request for comment"),
        _(
            "A request for comment is recorded even if there was no answer. Silence is not a "
            "statement."
        ),
        REQUEST_OUTCOME_LABELS,
        {
            RequestOutcome.ANSWERED: _("The party answered. The answer is a statement."),
            RequestOutcome.DECLINED: _("The party declined to comment."),
            RequestOutcome.NO_REPLY: _(
                "A source reports that the party was asked and had not replied."
            ),
            RequestOutcome.NOT_STATED: _("No source says whether the party answered."),
        },
    ),
    Vocabulary(
        "position",
        _("Position on a claim"),
        _("What a statement or report says about a claim on which positions differ."),
        POSITION_LABELS,
        {
            Position.REPORTS: _("A publication reports that the claim is true."),
            Position.ALLEGES: _("The party says that someone else did it."),
            Position.ASSERTS: _(
                "The party says that the claim is true, from its own knowledge or about its own "
                "conduct."
            ),
            Position.DENIES: _("The party says that the claim is not true."),
            Position.CONFIRMS: _(
                "A party in a position to know says that the claim of others is true."
            ),
            Position.CONFIRMS_IN_PART: _("The party says that the claim is true only in part."),
            Position.UNDECIDED: _(
                "The party says that the answer is unknown or still under investigation."
            ),
            Position.DOES_NOT_ADDRESS: _(
                "The party commented on the matter but not on this claim."
            ),
            Position.DECLINED: _("The party was asked and declined to comment."),
            Position.NO_REPLY: _("The party was asked and had not replied."),
        },
    ),
    Vocabulary(
        "bearing",
        _("Relation of a source to an entry"),
        _("How a cited passage relates to the entry."),
        BEARING_LABELS,
        {
            Bearing.SUPPORTS: _(
                "The passage supports the entry. Each entry has at least one such passage."
            ),
            Bearing.DISPUTES: _("The passage contradicts the entry."),
            Bearing.MENTIONS: _(
                "The passage mentions the subject of the entry but neither supports nor disputes "
                "it."
            ),
        },
    ),
    Vocabulary(
        "derivation",
        _("Where a source got its information"),
        _("If one source copies another, the two count as one independent source."),
        DERIVATION_LABELS,
        {
            Derivation.TRANSLATION: _("The same text in another language."),
            Derivation.WIRE_COPY: _("A news agency text, published unchanged."),
            Derivation.REWRITE: _("The facts of another source, reworded."),
            Derivation.FIRST_REPORTED_BY: _("Credits another source with the first report."),
            Derivation.QUOTES: _("Quotes another source."),
            Derivation.OWN_REPORTING: _("Cites another source and adds its own reporting."),
            UNKNOWN_DERIVATION: _("Relies on another source without saying how."),
        },
    ),
)
# What each kind of change means.
CHANGES: Mapping[str, str | Promise] = {
    Change.FIRST: _("The record was published for the first time."),
    Change.UPDATE: _("New information was added. Nothing published before was wrong."),
    Change.CORRECTION: _("Something published before was wrong. The note says what and why."),
    Change.MERGE: _(
        "Two records described the same thing. The old URL redirects to the remaining record."
    ),
    Change.WITHDRAWAL: _(
        "The record should not have been published. Its URL now shows the date and reason of the "
        "withdrawal."
    ),
    Change.REPUBLISHED: _(
        "The record had been withdrawn and is published again. The note says why. The versions "
        "from before the withdrawal can be read again."
    ),
    Change.SUPPRESSION: _(
        "Words were removed by order of a court, or to protect a person. The id of the record and "
        "the numbers of its versions stay."
    ),
    Change.LINK: _(
        "A record it refers to was published or changed. Its own content is the same, so the list "
        "of changes omits it."
    ),
}
