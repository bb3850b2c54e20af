"""Factories: each creates one saved row of the desk, with its required fields."""

from __future__ import annotations

from itertools import count
from typing import Any
from unittest import mock

from kb.desk.models import (
    AccountOf,
    Actor,
    Citation,
    Event,
    Incident,
    Participation,
    Proposition,
    Request,
    Source,
    SourceRelation,
    Stance,
    Statement,
)
from kb.desk.verbs import publishing

_numbers = count(1)


def make_actor(name: str = "", **fields: Any) -> Actor:
    number = next(_numbers)
    name = name or f"Actor {number}"
    fields.setdefault("slug", f"actor-{number}")
    fields.setdefault("actor_kind", "organisation")
    return Actor.objects.create(name=name, **fields)


def make_source(title: str = "", **fields: Any) -> Source:
    number = next(_numbers)
    fields.setdefault("slug", f"source-{number}")
    fields.setdefault("source_kind", "article")
    fields.setdefault("published", "2023-12-15")
    parent, derivation = fields.pop("derives_from", None), fields.pop("derivation", "")
    source = Source.objects.create(title=title or f"Source {number}", **fields)
    if parent:
        make_relation(source, parent, derivation)
    return source


def make_relation(source: Source, parent: Source, derivation: str = "") -> SourceRelation:
    return SourceRelation.objects.create(source=source, parent=parent, derivation=derivation)


def make_incident(title: str = "", **fields: Any) -> Incident:
    number = next(_numbers)
    fields.setdefault("slug", f"incident-{number}")
    return Incident.objects.create(title=title or f"Incident {number}", **fields)


def make_event(
    title: str = "",
    *,
    actors: tuple[tuple[Actor, str], ...] = (),
    source: Source | None = None,
    cited: bool = True,
    according_to: tuple[Statement | Source, ...] | None = None,
    **fields: Any,
) -> Event:
    """An event, which is the account of its source where it is somebody's account."""
    number = next(_numbers)
    fields.setdefault("slug", f"event-{number}")
    fields.setdefault("standing", "reported")
    fields.setdefault("happened", "2023-04")
    event = Event.objects.create(title=title or f"Event {number}", **fields)
    for actor, role in actors:
        Participation.objects.create(event=event, actor=actor, role=role)
    source = source or make_source() if cited else None
    if source:
        Citation.objects.create(event=event, source=source, exact="as printed")
    if according_to is None:
        is_account = event.standing in ("one_party", "reported")
        according_to = (source,) if is_account and source else ()
    for account in according_to:
        AccountOf.objects.create(event=event, **{account.kind: account})
    return event


def make_statement(
    text: str = "We did it.",
    *,
    source: Source | None = None,
    about: tuple[Event, ...] = (),
    wording: str = "original",
    **fields: Any,
) -> Statement:
    number = next(_numbers)
    fields.setdefault("slug", f"statement-{number}")
    fields.setdefault("headline", f"Statement {number}")
    fields.setdefault("attribution", "named")
    fields.setdefault("form", "verbatim")
    fields.setdefault("said", "2023-12-15")
    if "speaker" not in fields and "speaker_label" not in fields:
        fields["speaker"] = make_actor(actor_kind="person")
    statement = Statement.objects.create(text=text, **fields)
    statement.about.set(about)
    is_quoted = bool(text) and statement.form in ("verbatim", "document")
    Citation.objects.create(
        statement=statement,
        source=source or make_source(),
        exact=text,
        wording=wording if is_quoted else "",
        language=statement.language,
        quoted=is_quoted,
    )
    return statement


def make_request(
    *, source: Source | None = None, asked: tuple[Actor, ...] = (), **fields: Any
) -> Request:
    number = next(_numbers)
    fields.setdefault("slug", f"request-{number}")
    fields.setdefault("outcome", "no_reply")
    fields.setdefault("asked_on", "2023-12-15")
    request = Request.objects.create(**fields)
    request.asked.set(asked or (make_actor(),))
    Citation.objects.create(request=request, source=source or make_source(), exact="asked")
    return request


def make_proposition(
    text: str = "", *, events: tuple[Event, ...] = (), **fields: Any
) -> Proposition:
    number = next(_numbers)
    fields.setdefault("slug", f"claim-{number}")
    fields.setdefault("incident", None) or fields.update(incident=make_incident())
    proposition = Proposition.objects.create(text=text or f"Is it {number}?", **fields)
    proposition.events.set(events)
    return proposition


def make_stance(proposition: Proposition, position: str, **fields: Any) -> Stance:
    """A position, carried by the whole text of its statement, or by words cited from its source."""
    if "statement" not in fields and "source" not in fields:
        fields["statement"] = make_statement()
    if "exact" not in fields and "source" in fields:
        fields["exact"] = "as printed"
        make_event(source=fields["source"])
    fields.setdefault("exact", fields["statement"].text if "statement" in fields else "")
    return Stance.objects.create(proposition=proposition, position=position, **fields)


def published(thing: Any) -> Any:
    """Publish the row and return it.

    A claim may have any number of positions, as it may once statements have been withdrawn.
    """
    note = "The withdrawal was a mistake." if thing.state == "withdrawn" else ""
    with mock.patch.object(publishing, "MIN_POSITIONS", 0):
        publishing.publish(thing, by=None, note=note)
    thing.refresh_from_db()
    return thing


def publish_each_kind(slug: str) -> None:
    """Publish one record of each kind, all with the same slug; the event is in the incident."""
    published(make_actor("Acme", slug=slug))
    published(make_source("A report", slug=slug))
    incident = published(make_incident("A story", slug=slug))
    event = make_event("The checks begin", slug=slug)
    event.incidents.add(incident)
    published(event)
    published(make_statement(slug=slug))
    published(make_request(slug=slug))
