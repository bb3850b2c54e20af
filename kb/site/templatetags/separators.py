"""Marks between the parts of a line, such as commas, in the language of the page.

A template never writes them itself: Chinese has marks of its own, without a space after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from kb.record.answers import ActorLink, AscribedTo, Voice
from kb.record.headlines import possibly
from kb.record.vocabulary import Certainty

register = template.Library()


class Loop(TypedDict):
    """What a loop of a template says about itself, as far as it is used here."""

    last: bool


@register.simple_tag
def comma() -> str:
    """The mark between two parts of a line."""
    return pgettext("between parts of a list", ", ")


@register.filter
def after_comma(text: str) -> str:
    """A comma and the text; "" without a text."""
    return f"{comma()}{text}" if text else ""


@register.simple_tag
def comma_of_names(forloop: Loop) -> str:
    """The mark behind a name in a loop over names; "" behind the last."""
    return "" if forloop["last"] else pgettext("between names", ", ")


@register.simple_tag
def name_links(actors: Sequence[ActorLink]) -> SafeString:
    """The names of actors as links: "A", "A and B", "A, B and C"."""
    return _listed(
        format_html('<a href="{}">{}</a>', actor["url"], actor["name"]) for actor in actors
    )


@register.simple_tag
def speaker_links(voice: Voice | AscribedTo) -> SafeString:
    """The names of speakers as links, marked if it is not certain that they spoke."""
    return _listed(_speaker_link(speaker, voice) for speaker in voice["speakers"])


def _speaker_link(speaker: ActorLink, voice: Voice | AscribedTo) -> SafeString:
    link = format_html('<a class="speaker" href="{}">{}</a>', speaker["url"], speaker["name"])
    if voice.get("identity") != Certainty.POSSIBLE:
        return link
    before, _slot, after = possibly("\0").partition("\0")
    return format_html("{}{}{}", before, link, after)


def _listed(links: Iterable[SafeString]) -> SafeString:
    *others, last = [*links] or [SafeString()]
    if not others:
        return last
    beginning = format_html_join(
        pgettext("between names", ", "), "{}", ((link,) for link in others)
    )
    return format_html("{}{}{}", beginning, gettext(" and "), last)


@register.simple_tag
def semicolon() -> str:
    """The mark between two facts."""
    return pgettext("between two facts", "; ")


@register.simple_tag
def colon() -> str:
    """The mark between a label and its text."""
    return gettext(": ")


@register.filter
def bracketed(text: str) -> str:
    """A text in brackets, behind another one."""
    return pgettext("behind another text", " (%(text)s)") % {"text": text}
