"""Which row the name that was typed in a cell means, or which ones it can mean."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from kb.desk.admin.choice_notes import choice_notes
from kb.desk.admin.choices import near_rows
from kb.desk.admin.create_choice import rows_with_name
from kb.desk.admin.forms import is_primary_key
from kb.desk.models import Actor, Event, Publishable
from kb.desk.models.base import WorkflowState
from kb.text.clean import TextError, clean_line
from kb.text.normalise import fold_name

# The value of a choice that makes a new row of the typed name.
CREATE = "create"
MAX_EVENTS = 8
Choices = list[tuple[str, str]]


class TypedName(NamedTuple):
    """What a name means: a row, or a new actor of this name, or a problem with what to choose."""

    row: Publishable | None = None
    new_name: str = ""
    problem: str = ""
    choices: Choices = []


def typed_actor(name: str, key: str, choice: str) -> TypedName:
    """Return the actor of a typed name.

    ``key`` is that of the actor who was chosen while the name was typed, ``choice`` what was chosen
    after a refusal. A name that is written nearly like that of an actor is refused, with both.
    """
    try:
        name = " ".join(clean_line(name).split())
    except TextError as problem:
        return TypedName(problem=str(problem))
    if not name:
        return TypedName()
    live = Actor.objects.exclude(state=WorkflowState.WITHDRAWN)
    if is_primary_key(choice) and (actor := live.filter(pk=choice).first()):
        return TypedName(actor)
    named = [row for row in rows_with_name(Actor(name=name)) if isinstance(row, Actor)]
    chosen = live.filter(pk=key).first() if is_primary_key(key) else None
    if chosen and (chosen in named or fold_name(chosen.name) == fold_name(name)):
        return TypedName(chosen)
    if len(named) == 1:
        return TypedName(named[0])
    if named:
        message = _("Several actors are called “%(name)s”. Choose one of them.")
        return TypedName(problem=message % {"name": name}, choices=_choices(named))
    near = near_rows(live, name, [])
    if near and choice != CREATE:
        message = _("No actor is called “%(name)s”. Choose a similar name, or create a new one.")
        create = (CREATE, _("Create “%(name)s”") % {"name": name})
        return TypedName(problem=message % {"name": name}, choices=[*_choices(near), create])
    return TypedName(new_name=name)


def typed_event(title: str, key: str, choice: str) -> TypedName:
    """Return the event of a typed title, or those whose titles have the typed words."""
    title = title.strip()
    if not title:
        return TypedName()
    live = Event.objects.exclude(state=WorkflowState.WITHDRAWN)
    if is_primary_key(choice) and (event := live.filter(pk=choice).first()):
        return TypedName(event)
    if is_primary_key(key) and (event := live.filter(pk=key).first()) and event.title == title:
        return TypedName(event)
    found = live.filter(title__iexact=title) or live.filter(title__icontains=title)
    events: list[Publishable] = list(found.order_by("-pk")[:MAX_EVENTS])
    if len(events) == 1:
        return TypedName(events[0])
    if events:
        message = _("Several events have these words in their title. Choose one of them.")
        return TypedName(problem=message, choices=_choices(events))
    message = _(
        "No event has “%(title)s” in its title. Make the event from the text first, or leave the "
        "cell empty."
    )
    return TypedName(problem=message % {"title": title})


def _choices(rows: list[Publishable] | list[Actor]) -> Choices:
    notes = choice_notes(rows)
    labels = {row.pk: notes.get(row.pk, "") for row in rows}
    return [
        (str(row.pk), f"{row} ({labels[row.pk]})" if labels[row.pk] else str(row)) for row in rows
    ]
