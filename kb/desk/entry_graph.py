"""The links between the entries of the desk: which must come before which, and what cannot be.

A link that would close a circle, or that contradicts the dates of its ends, is refused wherever it
would be stored. What an editor has in a form takes the place of the stored links of that entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.desk.models import EntryLink, Event, Publishable, Request, Statement
from kb.desk.models.base import WorkflowState
from kb.record.entry_order import connected_documents, links_among
from kb.record.graph import adjacency, component, reachable
from kb.record.order_values import OrderConflict, find_conflict
from kb.record.ordering import BeforeLink
from kb.record.vocabulary import ORDERING_LINKS, LinkKind

ENTRY_MODELS: tuple[type[Publishable], ...] = (Event, Statement, Request)
_ENDS = ("event", "statement", "request")


@dataclass
class EntryInForm:
    """An entry as a form has it: its date, and the links and the reply that it would have."""

    entry: Publishable
    links: list[tuple[str, Publishable]] = field(default_factory=list)

    @property
    def date(self) -> FuzzyDate:
        """The date of the entry; undated if it cannot be read."""
        when = getattr(self.entry, self.entry.date_field)
        return when if isinstance(when, FuzzyDate) else FuzzyDate("")

    def before_links(self) -> list[BeforeLink]:
        """The ordering links of the entry."""
        links = [
            BeforeLink(target.public_id, self.entry.public_id, kind)
            for kind, target in self.links
            if kind in ORDERING_LINKS
        ]
        reply = self.entry.in_reply_to if isinstance(self.entry, Statement) else None
        if reply:
            links.append(BeforeLink(reply.public_id, self.entry.public_id, LinkKind.ANSWERS.value))
        return links


def form_errors(form: EntryInForm) -> list[str]:
    """Return why an entry cannot be saved with these links and this date; empty if it can."""
    own = form.before_links()
    others = {link.earlier for link in own}
    return _errors({form.entry.public_id, *others}, form)


def desk_errors(public_ids: Collection[str]) -> list[str]:
    """Return which stored links of these entries, and of all connected, cannot be."""
    return _errors(public_ids, None)


def ids_in_stated_order(form: EntryInForm) -> set[str]:
    """Return the ids of all entries that links put before or after this one."""
    own = form.entry.public_id
    others = {link.earlier for link in form.before_links()}
    _ids, links = _connected({own, *others}, form)
    forwards = adjacency((link.earlier, link.later) for link in links)
    backwards = adjacency((link.later, link.earlier) for link in links)
    return reachable(own, forwards) | reachable(own, backwards)


def record_errors(public_ids: Collection[str]) -> list[str]:
    """Return which published links of these entries, and of all connected, cannot be."""
    documents = connected_documents(public_ids)
    dates = {
        public_id: FuzzyDate.from_json(document["date"])
        for public_id, document in documents.items()
    }
    names = {public_id: document["title"] for public_id, document in documents.items()}
    return _sentences(find_conflict(dates, links_among(documents)), names, dates)


def _errors(public_ids: Collection[str], form: EntryInForm | None) -> list[str]:
    """The conflict among these entries and all connected, as sentences."""
    connected, links = _connected(public_ids, form)
    if not links:
        return []
    names: dict[str, str] = {}
    dates: dict[str, FuzzyDate] = {}
    for model in ENTRY_MODELS:
        rows = model._default_manager.filter(public_id__in=connected)
        for row in rows.exclude(state=WorkflowState.WITHDRAWN):
            names[row.public_id], dates[row.public_id] = str(row), getattr(row, row.date_field)
    if form:
        names[form.entry.public_id], dates[form.entry.public_id] = str(form.entry), form.date
    among = [link for link in links if link.earlier in dates and link.later in dates]
    return _sentences(find_conflict(dates, sorted(among, key=_sort_key)), names, dates)


def _connected(
    public_ids: Collection[str], form: EntryInForm | None
) -> tuple[set[str], set[BeforeLink]]:
    """The ids of these entries and all that links connect with them, and these links."""
    own = form.entry.public_id if form else None
    links = set(form.before_links()) if form else set()

    def neighbours(batch: Collection[str]) -> set[str]:
        new = {link for link in _stored_links(batch) if link.later != own}
        links.update(new)
        return {end for link in new for end in (link.earlier, link.later)}

    return component(public_ids, neighbours), links


def _sort_key(link: BeforeLink) -> tuple[str, str]:
    return link.earlier, link.later


def _stored_links(public_ids: Collection[str]) -> Iterator[BeforeLink]:
    """The stored ordering links, and replies, that have one of these entries at an end."""
    at_an_end = Q()
    for name in _ENDS:
        at_an_end |= Q(**{f"{name}__public_id__in": public_ids})
        at_an_end |= Q(**{f"to_{name}__public_id__in": public_ids})
    rows = EntryLink.objects.filter(at_an_end, link_kind__in=ORDERING_LINKS)
    owners = [f"{name}__public_id" for name in _ENDS]
    targets = [f"to_{name}__public_id" for name in _ENDS]
    for kind, *ends in rows.values_list("link_kind", *owners, *targets):
        later, earlier = _first(ends[:3]), _first(ends[3:])
        if later and earlier:
            yield BeforeLink(earlier, later, kind)
    replies = Statement.objects.filter(
        Q(public_id__in=public_ids) | Q(in_reply_to__public_id__in=public_ids)
    ).exclude(in_reply_to=None)
    for later, earlier in replies.values_list("public_id", "in_reply_to__public_id"):
        yield BeforeLink(str(earlier), later, LinkKind.ANSWERS.value)


def _first(values: Iterable[str | None]) -> str:
    return next((value for value in values if value), "")


def _sentences(
    conflict: OrderConflict | None, names: Mapping[str, str], dates: Mapping[str, FuzzyDate]
) -> list[str]:
    """What cannot be, with the names and the dates of the entries, and what to do."""
    if conflict is None:
        return []
    entries = [f"“{names[public_id]}” ({dates[public_id].words()})" for public_id in conflict.ids]
    if len(entries) == 1:
        return [_("%(entries)s is linked to itself. Remove the link.") % {"entries": entries[0]}]
    if conflict.is_cycle:
        circle = ", then ".join([*entries, entries[0]])
        return [
            _("The links form a circle: %(circle)s. Remove one of these links.")
            % {"circle": circle}
        ]
    earlier, later = entries
    return [
        _(
            "Links put %(earlier)s before %(later)s, but its date is later. "
            "Remove a link between them, or correct a date."
        )
        % {"earlier": earlier, "later": later}
    ]
