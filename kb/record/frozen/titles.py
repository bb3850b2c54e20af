"""A frozen list in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from kb.record.frozen_view import FrozenView
from kb.record.past_records import documents_at
from kb.record.query import TimelineQuery


def view_title(view: FrozenView, query: TimelineQuery | None) -> str:
    """The query in words, with the names of that moment; without them if it cannot be read."""
    if query is None:
        return _("A list of entries")
    ids = {choice.value for _name, choices in query.chosen for choice in choices}
    documents = documents_at(ids, view.as_of + timedelta(microseconds=1))
    chosen = tuple(
        (
            name,
            tuple(
                replace(choice, label=documents[choice.value]["title"])
                if choice.value in documents
                else choice
                for choice in choices
            ),
        )
        for name, choices in query.chosen
    )
    return replace(query, chosen=chosen).describe()
