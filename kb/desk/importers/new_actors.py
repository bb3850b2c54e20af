"""The rows that belong to actors that a file adds: other names, roles, what they are part of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from kb.desk.importers.bulk_write import update_statement
from kb.desk.importers.named_parts import date_of
from kb.desk.importers.prepared_rows import PreparedRows
from kb.desk.importers.row_parts import ActorRow, AffiliationRow
from kb.desk.importers.rows import ImportRow
from kb.desk.models import Actor, ActorName, Affiliation
from kb.desk.row_snapshots import set_prefetched

# What others are called by if the file does not say what they are.
_USUAL_KIND = "organisation"


def details_by_name(rows: Iterable[ImportRow]) -> dict[str, ActorRow]:
    """What rows say of actors, by casefolded name; of several rows the first counts."""
    details: dict[str, ActorRow] = {}
    for row in rows:
        for actor in row.named_actors:
            details.setdefault(actor.name.casefold(), actor)
    return details


def add_related_names(
    kinds: dict[str, str],
    details: Mapping[str, ActorRow],
    kinds_in_file: Mapping[str, str],
    known: Collection[str],
) -> None:
    """Add to ``kinds`` the actors that new actors are part of or have a role in.

    ``known`` are the casefolded names of actors that exist.
    """
    pending = list(kinds)
    while pending:
        name = pending.pop()
        actor = details.get(name.casefold())
        if actor is None or name.casefold() in known:
            continue
        others = [actor.part_of, *(role.organisation for role in actor.affiliations)]
        for other in filter(None, others):
            if other not in kinds:
                kinds[other] = kinds_in_file.get(other) or _USUAL_KIND
                pending.append(other)


def new_actor(name: str, kind: str, details: ActorRow | None) -> Actor:
    """An actor with its own fields."""
    details = details or ActorRow(name)
    return Actor(
        name=name,
        actor_kind=kind,
        summary=details.summary,
        wikidata=details.wikidata,
        website=details.website,
    )


def add_actor_parts(
    actors: Collection[Actor],
    details: Mapping[str, ActorRow],
    actor_named: Callable[[str], Actor | None],
    prepared: PreparedRows,
) -> list[ActorName]:
    """Plan the rows of new actors. Returns their other names.

    ``actor_named`` gives the actors that the details name.
    """
    names: list[ActorName] = []
    roles: list[Affiliation] = []
    parts: list[Actor] = []
    for actor in actors:
        own = details.get(actor.name.casefold())
        if own is None:
            continue
        if own.part_of and (whole := actor_named(own.part_of)) and whole.pk != actor.pk:
            actor.part_of = whole
            parts.append(actor)
        others = {name.name: name for name in reversed(own.other_names) if name.name}
        names += [
            ActorName(
                actor=actor,
                name=other.name,
                language=other.language,
                name_kind=other.kind,
                note=other.note,
            )
            for other in reversed(others.values())
        ]
        for role in own.affiliations:
            organisation = actor_named(role.organisation)
            if organisation and organisation.pk != actor.pk:
                roles.append(_affiliation(actor, organisation, role))
    prepared.insert(names)
    prepared.insert(roles)
    if parts:
        prepared.inserted.append(update_statement(parts))
    for actor in actors:
        set_prefetched(
            actor,
            {
                "other_names": [name for name in names if name.actor_id == actor.pk],
                "affiliations": [role for role in roles if role.person_id == actor.pk],
                "people": [role for role in roles if role.organisation_id == actor.pk],
            },
        )
    return names


def _affiliation(person: Actor, organisation: Actor, role: AffiliationRow) -> Affiliation:
    # `setattr`: the stubs expect the text of the column.
    affiliation = Affiliation(person=person, organisation=organisation, title=role.title)
    affiliation.since = date_of(role.since)
    affiliation.until = date_of(role.until)
    return affiliation
