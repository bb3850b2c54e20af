"""Sentences of parts, with the punctuation of the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

_ENDS = (".", "!", "?", "…", "。", "！", "？")


def as_sentence(text: str) -> str:
    """The text with a full stop, if it has no such mark; "" stays empty."""
    text = text.strip()
    if not text or text.rstrip("”’\"')）」』").endswith(_ENDS):
        return text
    return _("%(sentence)s.") % {"sentence": text}


def joined_sentences(*texts: str) -> str:
    """The texts that are not empty, each as a sentence, but for the last, which stays as it is."""
    *first, last = [text for text in texts if text] or [""]
    joined = last
    for text in reversed(first):
        parts = {"sentence": as_sentence(text), "rest": joined}
        joined = _("%(sentence)s %(rest)s") % parts
    return joined


def labelled(label: str, text: str) -> str:
    """A label, a colon and a text."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}
