"""The band above the page of a version: whether it is current, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypedDict

from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.record.addresses import record_path
from kb.record.document_diff import Piece, word_count
from kb.record.documents import Document, referenced_ids
from kb.record.history import is_tombstone, merge_target, versions
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.vocabulary import Change
from kb.site.pages.date_words import day_words, moment_words
from kb.site.pages.document_words import FieldChange, field_changes
from kb.site.pages.sentences import as_sentence, joined_sentences

MAX_EVENTS = 3  # corrections and withdrawals that are told one by one
MAX_CHANGES = 3  # fields
MAX_RENAMED = 3
MAX_WORDS = 40  # of a field that is shown whole
CONTEXT = 60  # characters beside a change that stay of a longer text
MAX_PIECE = 300  # characters of a piece that is old or new
# The tints of the band.
CURRENT, ADDED, CORRECTED = "current", "added", "corrected"


class VersionBand(TypedDict):
    """The context of ``history/_band.html``.

    ``tint`` is CURRENT, ADDED or CORRECTED. ``more`` counts the changed fields that ``changes``
    does not have. An address is "" where there is no such page.
    """

    tint: str
    title: str
    words: str
    changes: list[FieldChange]
    more: int
    compare_url: str
    live_url: str
    live_label: str


def current_band(current: Revision) -> VersionBand:
    """The band of the version that is read today."""
    title = _("Version %(number)d of %(last)d, the current version")
    words = _("Nothing has changed since %(day)s. This address always shows this version.")
    return _band(
        current,
        CURRENT,
        title % {"number": current.number, "last": current.number},
        words % {"day": day_words(current.published_at)},
    )


def superseded_band(current: Revision, version: Revision, names: Names) -> VersionBand:
    """The band of an earlier version of a live record.

    ``names`` are those of the version when it was current. Costs eight queries at most.
    """
    names_today = Names([version.document, current.document], at=timezone.now())
    changes = [
        change
        for change in field_changes(
            without_edition(version.document), without_edition(current.document), names_today
        )
        if change["pieces"]
    ]
    events = _events_since(version)
    renamed = list(_renamed(version.document, names, names_today))
    band = _band(
        current,
        CORRECTED if events else ADDED if changes or renamed else CURRENT,
        _title(version, current, _state_words(events, changes, renamed)),
        joined_sentences(
            _period(version.published_at, version.superseded_at or version.published_at),
            *_told(events, version, changes),
            *_renamed_words(renamed),
            *_withheld_words(version.document, names),
        ),
    )
    path = record_path(current.kind, current.slug)
    return band | {
        "changes": [shortened_change(change) for change in changes[:MAX_CHANGES]],
        "more": max(0, len(changes) - MAX_CHANGES),
        "compare_url": f"{path}history/?old={version.number}&new={current.number}",
    }


def tombstone_band(current: Revision, version: Revision) -> VersionBand:
    """The band of a version that cannot be shown.

    Its record is withdrawn or merged, or the version itself is such a change.
    """
    tombstone = current if is_tombstone(current) else version
    is_merge = tombstone.change == Change.MERGE
    words = {"day": day_words(tombstone.published_at)}
    is_removal = tombstone.change == Change.SUPPRESSION
    if is_removal:
        sentences = [_removal_sentence(current, tombstone)]
    else:
        sentence = (_("Merged on %(day)s.") if is_merge else _("Withdrawn on %(day)s.")) % words
        sentences = [_with_reason(sentence, tombstone.note)]
    is_live = tombstone is not current
    if is_live and not is_removal:
        sentences.append(_("It was published again later."))
    live = current if is_live else merge_target(tombstone)
    state = pgettext("state of a version", "merged") if is_merge else _("withdrawn")
    if is_removal:
        state = pgettext("state of a version", "removed by order")
    return {
        "tint": CORRECTED,
        "title": _title(version, current, state),
        "words": joined_sentences(*sentences),
        "changes": [],
        "more": 0,
        "compare_url": "",
        "live_url": record_path(live.kind, live.slug) if live else "",
        "live_label": _("Read the current version") if is_live else _("Read the record that stays"),
    }


def _removal_sentence(current: Revision, tombstone: Revision) -> str:
    """Without a day for a version that was removed while the record has others."""
    if not is_tombstone(current):
        return _("This version was removed by order.")
    return _("Removed by order on %(day)s.") % {"day": day_words(tombstone.published_at)}


def version_words(version: Revision, current: Revision) -> str:
    """ "Version 2 of 3"."""
    words = {"number": version.number, "last": current.number}
    return _("Version %(number)d of %(last)d") % words


def _band(current: Revision, tint: str, title: str, words: str) -> VersionBand:
    return {
        "tint": tint,
        "title": title,
        "words": words,
        "changes": [],
        "more": 0,
        "compare_url": "",
        "live_url": record_path(current.kind, current.slug),
        "live_label": _("Read the current version"),
    }


def _title(version: Revision, current: Revision, state: str) -> str:
    words = {"version": version_words(version, current), "state": state}
    return pgettext("title of a band", "%(version)s, %(state)s") % words


def _state_words(
    events: Sequence[Revision], changes: Sequence[FieldChange], renamed: Sequence[object]
) -> str:
    if any(event.change == Change.CORRECTION for event in events):
        return _("corrected since")
    if events:
        return _("withdrawn and published again since")
    if changes:
        return _("added to since") if _only_adds(changes) else _("changed since")
    return _("with names that have changed since") if renamed else _("the same as the current one")


def _events_since(version: Revision) -> list[Revision]:
    """The first corrections and tombstones after a version, and one more if there are more."""
    later = versions(version.public_id).filter(
        number__gt=version.number,
        change__in=[Change.CORRECTION, Change.WITHDRAWAL, Change.MERGE],
    )
    return list(later.order_by("number").defer("document")[: MAX_EVENTS + 1])


def _told(
    events: Sequence[Revision], version: Revision, changes: Sequence[FieldChange]
) -> Iterator[str]:
    """What happened after a version, with the reasons."""
    patterns = {
        Change.CORRECTION.value: _("It was corrected on %(day)s."),
        Change.WITHDRAWAL.value: _("It was withdrawn on %(day)s and published again later."),
        Change.MERGE.value: _("It was merged on %(day)s and published again later."),
    }
    for event in events[:MAX_EVENTS]:
        sentence = patterns[event.change] % {"day": day_words(event.published_at)}
        yield _with_reason(sentence, event.note)
    if len(events) > MAX_EVENTS:
        yield _("There were more corrections later.")
    elif not events and changes and version.superseded_at:
        words = {"day": day_words(version.superseded_at)}
        if _only_adds(changes):
            yield _("On %(day)s something was added. Nothing that is on this page was changed.") % (
                words
            )
        else:
            yield _("It was changed on %(day)s.") % words


def _with_reason(sentence: str, note: str) -> str:
    if not note:
        return sentence
    words = {"sentence": sentence, "reason": as_sentence(note)}
    return _("%(sentence)s Reason: %(reason)s") % words


def _only_adds(changes: Iterable[FieldChange]) -> bool:
    """Whether nothing was removed or replaced."""
    return not any(
        kind == "old" and text.strip() for change in changes for kind, text in change["pieces"]
    )


def _period(first: datetime, last: datetime) -> str:
    """From when until when a version was current; in hours and minutes within a day."""
    if localtime(first).date() != localtime(last).date():
        words = {"first": day_words(first), "last": day_words(last)}
    elif (minute := moment_words(first)) != moment_words(last):
        words = {"first": f"{minute} UTC", "last": f"{localtime(last):%H:%M} UTC"}
    else:
        return _("This is the page as it was on %(moment)s UTC.") % {"moment": minute}
    return _("This is the page as it was from %(first)s to %(last)s.") % words


def _renamed(document: Document, then: Names, today: Names) -> Iterator[tuple[str, str]]:
    """The old and the new titles of records that a version names and that have others today."""
    for public_id in sorted(referenced_ids(document)):
        old, new = then.documents.get(public_id), today.documents.get(public_id)
        if old and new and old["title"] != new["title"]:
            yield old["title"], new["title"]


def _renamed_words(renamed: Sequence[tuple[str, str]]) -> Iterator[str]:
    for old, new in renamed[:MAX_RENAMED]:
        yield _("“%(old)s” is now called “%(new)s”.") % {"old": old, "new": new}
    if more := len(renamed[MAX_RENAMED:]):
        yield ngettext(
            "%(count)d more name has changed.", "%(count)d more names have changed.", more
        ) % {"count": more}


def _withheld_words(document: Document, names: Names) -> Iterator[str]:
    """How many records that a version names cannot be shown."""
    if count := len(referenced_ids(document) - names.documents.keys()):
        yield ngettext(
            "%(count)d record that this version names was withdrawn since and is not shown.",
            "%(count)d records that this version names were withdrawn since and are not shown.",
            count,
        ) % {"count": count}


def without_edition(document: Document) -> Document:
    """The document without the edition of its data, which is of no interest to a reader."""
    return {**document, "edition": 0}


def shortened_change(change: FieldChange) -> FieldChange:
    """The change of a long text: what changed, with a few words before and after it."""
    pieces = change["pieces"]
    if sum(word_count(text) for _kind, text in pieces) <= MAX_WORDS:
        return change
    last = len(pieces) - 1
    return {
        **change,
        "pieces": [
            _shortened_piece(piece, is_first=place == 0, is_last=place == last)
            for place, piece in enumerate(pieces)
        ],
    }


def _shortened_piece(piece: Piece, *, is_first: bool, is_last: bool) -> Piece:
    kind, text = piece
    if kind != "same":
        return kind, text if len(text) <= MAX_PIECE else f"{text[:MAX_PIECE]}…"
    if len(text) <= 2 * CONTEXT:
        return piece
    before = "" if is_first else text[:CONTEXT].rpartition(" ")[0]
    after = "" if is_last else text[-CONTEXT:].partition(" ")[2]
    return kind, f"{before} … {after}"
