"""What the words of the pages mean, once for every page that explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kb.record.filters import FORM_CHOICES, STANDING_CHOICES
from kb.record.models import Change
from kb.site.pages.source_chain import ABOVE
from kb.site.templatetags.record import BEARINGS, OUTCOMES, POSITIONS, WORDINGS


@dataclass(frozen=True)
class Vocabulary:
    """The words of one field: ``anchor`` of its place on the page, and a meaning for each."""

    anchor: str
    title: Any
    about: Any
    words: Mapping[str, Any]
    meanings: Mapping[str, Any]

    def rows(self) -> list[dict[str, Any]]:
        """Each word with what it means, in the order of the vocabulary."""
        return [
            {"id": f"{self.anchor}-{key or 'any'}", "word": word, "meaning": self.meanings[key]}
            for key, word in self.words.items()
        ]


VOCABULARIES = (
    Vocabulary(
        "standing",
        _("Standing of an event"),
        _("How far the record vouches for an event. It says who tells of it, never who is right."),
        STANDING_CHOICES,
        {
            "undisputed": _("No account on the record differs."),
            "contested": _(
                "Accounts on the record differ. Nobody sets this word: it follows when those who "
                "answer a claim about the event give different answers or different dates."
            ),
            "one_party": _("Only one of those involved says so."),
            "reported": _("A publication says so on its own account."),
            "announced": _("It was said that it would happen. What came of it is not recorded."),
        },
    ),
    Vocabulary(
        "form",
        _("Form of a statement"),
        _("Whose words stand on the page."),
        FORM_CHOICES,
        {
            "verbatim": _("The words between quotation marks are those of a source."),
            "paraphrase": _("The words are ours. They say what the source says was said."),
            "document": _("The words stand in a document, such as terms of use or a filing."),
        },
    ),
    Vocabulary(
        "wording",
        _("Wording of a quotation"),
        _("How near a quotation is to what was said."),
        WORDINGS,
        {
            "original": _("In the language in which it was said or published."),
            "translated": _(
                "Translated, by the source or by us. Where we have the original, it is beside it."
            ),
            "back_translated": _(
                "Said in one language, printed in another, and translated back: the sense is "
                "kept, the words are not those that were spoken."
            ),
        },
    ),
    Vocabulary(
        "outcome",
        _("When nothing was said"),
        _("That somebody was asked is on the record also when there was no answer."),
        OUTCOMES,
        {
            "declined": _("They answered that they would not comment."),
            "no_reply": _("A source says that they were asked and had not answered."),
        },
    ),
    Vocabulary(
        "position",
        _("Position on a claim"),
        _("What a statement or a report says to a question that is answered in different ways."),
        POSITIONS,
        {
            "reports": _("A publication says that it is so."),
            "alleges": _("Somebody says that another did it."),
            "asserts": _("Somebody says that it is so, of themselves or of what they know."),
            "denies": _("Somebody says that it is not so."),
            "confirms": _("Somebody who would know says that what others said is so."),
            "confirms_in_part": _("A part of it is said to be so, and a part is not."),
            "undecided": _("It is said to be unknown, or still looked into."),
            "does_not_address": _("They spoke on the matter, and not on this."),
            "declined": _("They were asked, and would not comment."),
            "no_reply": _("They were asked, and had not answered."),
        },
    ),
    Vocabulary(
        "bearing",
        _("Bearing of a source"),
        _("What a cited passage does for the entry that cites it."),
        BEARINGS,
        {
            "supports": _("The passage says what the entry says. Each entry has one at least."),
            "disputes": _("The passage says otherwise."),
            "mentions": _("The passage names it, and neither supports nor disputes it."),
        },
    ),
    Vocabulary(
        "derivation",
        _("Where a source got it"),
        _("Two sources of which one copied the other are one account, not two."),
        ABOVE,
        {
            "translation": _("The same text in another language."),
            "wire_copy": _("The text of a news agency, printed as it came."),
            "rewrite": _("The facts of another source in words of its own."),
            "first_reported_by": _("It names another source as the first to report it."),
            "own_reporting": _("It cites another source, and adds what it found itself."),
            "": _("It rests on another source in a way that it does not state."),
        },
    ),
)
# What each kind of change is.
CHANGES: Mapping[str, Any] = {
    Change.FIRST: _("A record appears for the first time."),
    Change.UPDATE: _("Something new was added, and nothing that stood before was wrong."),
    Change.CORRECTION: _("Something that stood was wrong. The note says what, and why."),
    Change.MERGE: _("Two records were of one thing. The old address leads to the one that stays."),
    Change.WITHDRAWAL: _(
        "The record should not have stood. Its address says so, with the day and the reason."
    ),
    Change.LINK: _(
        "Another record that it names was published or changed. What it says is the same, so the "
        "list of changes leaves these out."
    ),
}
