"""The voice of a row of a statement in words: who speaks, and whose words they are."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kb.record.answers import AscribedTo, Voice
from kb.record.headlines import possibly
from kb.record.name_lists import join_names
from kb.record.vocabulary import Certainty


def voice_names(voice: Voice) -> str:
    """The names of the speakers and what the source calls them; "" without either.

    Such as "OpenAI, OpenAI’s terms of service", or the label of an unnamed speaker alone.
    """
    return ", ".join(part for part in (_names(voice), voice["label"]) if part)


def ascribed_words(ascribed: AscribedTo) -> str:
    """To whom an outlet ascribes its words: the speakers, else whom they would speak for."""
    principals = join_names([actor["name"] for actor in ascribed["principals"]])
    return _names(ascribed) or ascribed["label"] or principals


def _names(voice: Voice | AscribedTo) -> str:
    names = [actor["name"] for actor in voice["speakers"]]
    is_certain = voice["identity"] != Certainty.POSSIBLE
    return join_names(names if is_certain else [possibly(name) for name in names])


def words_notice(voice: Voice) -> str:
    """Whose words reported speech is in, and whose not; "" for what speakers said themselves."""
    ascribed = voice["attributed_to"]
    if not ascribed:
        return ""
    words = {"outlet": voice_names(voice), "speaker": ascribed_words(ascribed)}
    if not words["outlet"]:
        return _("Not in %(speaker)s’s words") % words
    return _("%(outlet)s’s words, not %(speaker)s’s") % words
