"""What the terms on the pages mean, for every page that explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kb.record.filters import FORM_CHOICES, STANDING_CHOICES
from kb.record.models import Change
from kb.site.pages.labels import BEARINGS, OUTCOMES, POSITIONS, WORDINGS
from kb.site.pages.source_chain import ABOVE


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
        STANDING_CHOICES,
        {
            "undisputed": _("No recorded position differs."),
            "contested": _(
                "Recorded positions differ. This value is computed: an event is contested when the "
                "positions on a claim about it give different answers or different dates."
            ),
            "one_party": _("Only one of the parties involved reports it."),
            "reported": _("A publication reports it from its own reporting."),
            "announced": _("It was announced in advance. The outcome is not recorded."),
        },
    ),
    Vocabulary(
        "form",
        _("Form of a statement"),
        _("Whose words are shown on the page."),
        FORM_CHOICES,
        {
            "verbatim": _("The words in quotation marks are taken from a source."),
            "paraphrase": _("The wording is ours and summarises what the source reports."),
            "document": _("The words come from a document, such as terms of use or a filing."),
        },
    ),
    Vocabulary(
        "wording",
        _("Wording of a quotation"),
        _("How close a quotation is to the original words."),
        WORDINGS,
        {
            "original": _("In the language in which it was spoken or published."),
            "translated": _(
                "Translated by the source or by us. The original is shown next to it if available."
            ),
            "back_translated": _(
                "Spoken in one language, published in another, and translated back. The meaning is "
                "preserved, but not the exact words."
            ),
        },
    ),
    Vocabulary(
        "outcome",
        _("No comment and no reply"),
        _("A request for comment is recorded even if there was no answer."),
        OUTCOMES,
        {
            "declined": _("The party declined to comment."),
            "no_reply": _("A source reports that the party was asked and had not replied."),
        },
    ),
    Vocabulary(
        "position",
        _("Position on a claim"),
        _("What a statement or report says about a claim on which positions differ."),
        POSITIONS,
        {
            "reports": _("A publication reports that the claim is true."),
            "alleges": _("The party says that someone else did it."),
            "asserts": _(
                "The party says that the claim is true, from its own knowledge or about its own "
                "conduct."
            ),
            "denies": _("The party says that the claim is not true."),
            "confirms": _("A party in a position to know says that the claim of others is true."),
            "confirms_in_part": _("The party says that the claim is true only in part."),
            "undecided": _(
                "The party says that the answer is unknown or still under investigation."
            ),
            "does_not_address": _("The party commented on the matter but not on this claim."),
            "declined": _("The party was asked and declined to comment."),
            "no_reply": _("The party was asked and had not replied."),
        },
    ),
    Vocabulary(
        "bearing",
        _("Relation of a source to an entry"),
        _("How a cited passage relates to the entry."),
        BEARINGS,
        {
            "supports": _(
                "The passage supports the entry. Each entry has at least one such passage."
            ),
            "disputes": _("The passage contradicts the entry."),
            "mentions": _(
                "The passage mentions the subject of the entry but neither supports nor disputes "
                "it."
            ),
        },
    ),
    Vocabulary(
        "derivation",
        _("Where a source got its information"),
        _("If one source copies another, the two count as one independent source."),
        ABOVE,
        {
            "translation": _("The same text in another language."),
            "wire_copy": _("A news agency text, published unchanged."),
            "rewrite": _("The facts of another source, reworded."),
            "first_reported_by": _("Credits another source with the first report."),
            "own_reporting": _("Cites another source and adds its own reporting."),
            "": _("Relies on another source without saying how."),
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
    Change.LINK: _(
        "A record it refers to was published or changed. Its own content is the same, so the list "
        "of changes omits it."
    ),
}
