"""The band above a frozen list: what it is, and how it differs from the list of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from kb.record.addresses import record_path
from kb.record.frozen.differences import ListedDifference, ViewDifferences
from kb.record.frozen.states import MemberState
from kb.record.frozen_view import FrozenView
from kb.record.history import is_tombstone, merge_target
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.query import TimelineQuery
from kb.record.revision_headlines import revision_headlines
from kb.record.vocabulary import Change, Labels
from kb.site.pages.date_words import day_words
from kb.site.pages.document_words import FieldChange, field_changes
from kb.site.pages.list_paths import ListPath
from kb.site.pages.sentences import as_sentence, joined_sentences
from kb.site.pages.version_band import shortened_change, without_edition

# The differences are open if there are no more.
MAX_OPEN = 5
MAX_CHANGES = 2  # fields of one entry
STATE_WORDS: Labels = {
    MemberState.CORRECTED: pgettext_lazy("entries since then", "corrected"),
    MemberState.CHANGED: pgettext_lazy("entries since then", "changed or added to"),
    MemberState.WITHDRAWN: pgettext_lazy("entries since then", "withdrawn"),
    MemberState.MERGED: pgettext_lazy("entries since then", "merged"),
    MemberState.REMOVED: pgettext_lazy("entries since then", "removed by order"),
}


class DifferenceLine(TypedDict):
    """What became of one entry. ``more`` counts the changed fields that ``changes`` has not."""

    place: int
    title: str
    url: str
    changes: list[FieldChange]
    more: int
    compare_url: str
    words: str


class NewEntry(TypedDict):
    title: str
    url: str


class FrozenBand(TypedDict):
    """The context of ``frozen/_band.html``. ``words`` are of the list, ``changes`` of today.

    ``more`` and ``more_new`` count what ``lines`` and ``new`` have not. ``live_url`` is "" if the
    list of today cannot be made.
    """

    title: str
    words: str
    changes: str
    is_open: bool
    lines: list[DifferenceLine]
    more: int
    new: list[NewEntry]
    more_new: int
    live_url: str


def frozen_band(
    view: FrozenView, query: TimelineQuery | None, words: str, differences: ViewDifferences
) -> FrozenBand:
    """The band of a frozen list whose query is ``words``. Costs the same for any number."""
    revisions = _revisions(differences)
    titles = {pk: words.words for pk, words in revision_headlines([*revisions.values()]).items()}
    names = Names([revision.document for revision in _shown(revisions)], at=timezone.now())
    total = differences.differing + (differences.new or 0)
    return {
        "title": _("A list as it was on %(day)s") % {"day": day_words(view.as_of)},
        "words": joined_sentences(
            _("%(list)s: %(entries)s") % {"list": words, "entries": entries_words(view.count)},
            _("It shows exactly what the list held."),
        ),
        "changes": changes_words(view, query, differences),
        "is_open": total <= MAX_OPEN,
        "lines": [
            _line(listed, revisions, titles[listed.key], names) for listed in differences.listed
        ],
        "more": differences.differing - len(differences.listed),
        "new": [
            {"title": titles[key], "url": record_path(revisions[key].kind, revisions[key].slug)}
            for key in differences.new_keys
        ],
        "more_new": (differences.new or 0) - len(differences.new_keys),
        "live_url": live_url(query) if query else "",
    }


def entries_words(count: int) -> str:
    """ "16 entries"."""
    return ngettext("%(n)d entry", "%(n)d entries", count) % {"n": count}


def live_url(query: TimelineQuery) -> str:
    """The page of the same list as it is today: an incident's own, or else the timeline."""
    incidents = query.values("incident")
    if len(incidents) == 1:
        path = reverse("incident", args=[incidents[0].slug])
        return ListPath(path, ("incident",)).url(query)
    return ListPath(reverse("timeline")).url(query)


def changes_words(
    view: FrozenView, query: TimelineQuery | None, differences: ViewDifferences
) -> str:
    """ "3 of 41 entries corrected since; 2 new ones match."."""
    if differences.is_capped:
        words = _("%(count)d entries of the list then and of the list today differ")
        return as_sentence(words % {"count": differences.differing})
    parts = list(_state_parts(view.count, differences.states))
    if not parts:
        parts.append(_("Nothing in it has changed since"))
    if count := differences.unmatched:
        parts.append(
            ngettext("%(n)d no longer matches", "%(n)d no longer match", count) % {"n": count}
        )
    if count := differences.new:
        parts.append(
            ngettext("%(n)d new one matches", "%(n)d new ones match", count) % {"n": count}
        )
    sentence = pgettext("between parts of a sentence", "; ").join(parts)
    return joined_sentences(as_sentence(sentence), *_no_list_words(query, differences))


def _no_list_words(query: TimelineQuery | None, differences: ViewDifferences) -> Iterator[str]:
    if query is None:
        yield _(
            "The list of today cannot be made, because a record that its filter names was "
            "withdrawn or merged."
        )
    elif differences.new is None:
        yield _("The list of today is too long to be compared.")


def _state_parts(total: int, states: Mapping[MemberState, int]) -> Iterator[str]:
    is_first = True
    for state, label in STATE_WORDS.items():
        if count := states.get(MemberState(state), 0):
            pattern = (
                ngettext(
                    "%(count)d of %(total)d entry %(state)s since",
                    "%(count)d of %(total)d entries %(state)s since",
                    total,
                )
                if is_first
                else _("%(count)d %(state)s")
            )
            yield pattern % {"count": count, "total": total, "state": str(label)}
            is_first = False


def _revisions(differences: ViewDifferences) -> dict[int, Revision]:
    """The revisions that the band names, by primary key; one query."""
    keys = {key for listed in differences.listed for key in (listed.key, listed.current_key)}
    keys |= set(differences.new_keys)
    return {revision.pk: revision for revision in Revision.objects.filter(pk__in=keys)}


def _shown(revisions: Mapping[int, Revision]) -> Sequence[Revision]:
    return [revision for revision in revisions.values() if not is_tombstone(revision)]


def _line(
    listed: ListedDifference, revisions: Mapping[int, Revision], title: str, names: Names
) -> DifferenceLine:
    version, current = revisions[listed.key], revisions[listed.current_key]
    path = record_path(current.kind, current.slug)
    changes = [] if listed.state.is_gone else _changes(version, current, names)
    return {
        "place": listed.place,
        "title": title,
        "url": path,
        "changes": [shortened_change(change) for change in changes[:MAX_CHANGES]],
        "more": max(0, len(changes) - MAX_CHANGES),
        "compare_url": comparison_path(path, version.number, current.number) if changes else "",
        "words": joined_sentences(
            gone_words(listed.state, current) if listed.state.is_gone else _reason(listed.note),
            _("It no longer matches the filter.") if listed.is_unmatched else "",
        ),
    }


def _reason(note: str) -> str:
    return _("Reason: %(reason)s") % {"reason": as_sentence(note)} if note else ""


def _changes(version: Revision, current: Revision, names: Names) -> list[FieldChange]:
    old, new = without_edition(version.document), without_edition(current.document)
    return [change for change in field_changes(old, new, names) if change["pieces"]]


def comparison_path(path: str, old: int, new: int) -> str:
    """The address that compares two versions of the record at this path."""
    return f"{path}history/?old={old}&new={new}"


def gone_words(state: MemberState, tombstone: Revision) -> str:
    """ "Withdrawn on 21 November 2026. It was entered twice."."""
    words = {"day": day_words(tombstone.published_at)}
    if state == MemberState.MERGED:
        target = merge_target(tombstone)
        if target:
            sentence = _("Merged on %(day)s into “%(title)s”.") % {**words, "title": target.title}
        else:
            sentence = _("Merged on %(day)s.") % words
    elif state == MemberState.REMOVED:
        return _removal_words(tombstone)
    else:
        sentence = _("Withdrawn on %(day)s.") % words
    return joined_sentences(sentence, as_sentence(tombstone.note))


def _removal_words(tombstone: Revision) -> str:
    """Without a day for a version that was removed while the record has others."""
    if tombstone.change != Change.SUPPRESSION:
        return _("This version was removed by order.")
    return _("Removed by order on %(day)s.") % {"day": day_words(tombstone.published_at)}
