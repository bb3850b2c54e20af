"""The ways to follow a list: what each brings, in words, and its address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.utils.translation import gettext as _

from kb.site.http.representations import FormatLink

FEEDS = ("Atom", "JSON Feed", "iCalendar")


class FollowLink(TypedDict):
    """A feed or calendar: for which program, its format, and what it brings."""

    label: str
    format: str
    url: str
    words: str


def follow_links(formats: Sequence[FormatLink]) -> list[FollowLink]:
    """The feeds and the calendar of these formats, with what they are for."""
    texts = {
        "Atom": (
            _("Feed reader"),
            _("New and changed entries, latest first. Paste the address into your feed reader."),
        ),
        "JSON Feed": (
            _("Feed reader or program"),
            _("The same, for readers and programs that prefer JSON."),
        ),
        "iCalendar": (
            _("Calendar"),
            _("Entries on their days. Subscribe to the address in your calendar."),
        ),
    }
    by_label = {link["label"]: link for link in formats}
    return [
        {
            "label": texts[name][0],
            "format": name,
            "url": by_label[name]["url"],
            "words": texts[name][1],
        }
        for name in FEEDS
        if name in by_label
    ]


def download_links(formats: Sequence[FormatLink]) -> list[FormatLink]:
    """The other formats: files of the whole list."""
    return [link for link in formats if link["label"] not in FEEDS]
