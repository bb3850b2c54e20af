"""Entries of the generated record as documents and rows, from the drafts of scenes."""

from __future__ import annotations

from bench.generated import templates
from bench.generated.rows import (
    NO_VALUE,
    Rows,
    add_claim,
    add_correction,
    add_revision,
    key_alone,
    origin_count,
    sort_keys,
)
from bench.generated.scenes import Draft, Scene
from bench.generated.templates import canonical
from bench.generated.words import text_of
from kb.record.vocabulary import CONTESTED, CONTESTED_SINCE, ORDERING_LINKS
from kb.text.normalise import fold_name, join_normalised

ROLES = ("acted", "affected", "involved")
PLACES = ("Geneva", "São Paulo", "北京", "New York", "Nairobi", "上海", "Łódź", "Reykjavík")
_PLACES = [
    (
        canonical({"name": name, "wikidata": "", "latitude": "", "longitude": ""}),
        fold_name(name),
    )
    for name in PLACES
]
_SPOKESPERSON = text_of("spokesperson")
# One entry in twenty was corrected; it has the number 7 of them, 27, and so on. So the list of
# changes is full from 1,000 entries on.
CORRECTED_EACH, CORRECTED_FIRST = 20, 7


def corrections_below(number: int) -> int:
    """How many of the entries with a smaller number were corrected."""
    return (number + CORRECTED_EACH - CORRECTED_FIRST - 1) // CORRECTED_EACH


def add_scene(rows: Rows, scene: Scene, when: str, *, first_key: int, first_claim_key: int) -> None:
    """Add the rows of a scene. The first entry of all has ``first_key`` as its revision's."""
    if scene.claim:
        add_claim(rows, first_claim_key + scene.claim.number, scene.claim, when)
    claim_id = scene.claim.id if scene.claim else ""
    keys = sort_keys(scene.entries)
    for draft in scene.entries:
        values, roles = _WRITERS[draft.kind](draft, claim_id)
        values |= _shared_values(draft)
        shape = _TEMPLATES[draft.kind]
        key = first_key + draft.number + corrections_below(draft.number + 1)
        slug = f"made-entry-{draft.number}"
        add_revision(rows, key, draft.kind, slug, draft.title.shown, shape % values, draft.id, when)
        if draft.number % CORRECTED_EACH == CORRECTED_FIRST:
            earlier = shape % (values | {"title": draft.text.json})
            add_correction(rows, key - 1, earlier, draft.text.shown)
        _add_entry(rows, draft, key, keys.get(draft.id) or key_alone(draft), roles)


def _shared_values(draft: Draft) -> dict[str, str]:
    linked = draft.linked
    links = "[]"
    if linked:
        inferred = "true" if draft.link_kind == "answers" else "false"
        links = (
            f'[{{"exact":"","inferred":{inferred},"kind":"{draft.link_kind}",'
            f'"source":null,"to":"{linked.id}"}}]'
        )
    return {
        "id": f'"{draft.id}"',
        "slug": f'"made-entry-{draft.number}"',
        "title": draft.title.json,
        "date": draft.when.json,
        "links": links,
        "citations": _citations(draft),
        "incidents": _ids(draft.incidents),
        "topics": f'["{draft.topic[0]}"]' if draft.topic else "[]",
    }


def _citations(draft: Draft) -> str:
    is_verbatim = draft.form == "verbatim"
    parts = []
    for place, citation in enumerate(draft.citations):
        position = citation.position
        parts.append(
            (templates.CITATION if position is None else templates.LISTED_CITATION)
            % {
                "source": f'"{citation.source.id}"',
                "exact": citation.exact.json,
                "locator": f'"p. {draft.number % 30 + 1}"',
                "bearing": f'"{citation.bearing}"',
                "wording": '"original"' if is_verbatim else '""',
                "language": f'"{citation.source.language}"' if is_verbatim else '""',
                "quoted": "true" if is_verbatim and not place else "false",
                "position": position,
            }
        )
    return f"[{','.join(parts)}]"


def _event(draft: Draft, _claim_id: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    participants = ",".join(
        f'{{"actor":"{actor.id}","role":"{role}"}}'
        for actor, role in zip(draft.actors, ROLES, strict=False)
    )
    roles = [("standing", draft.standing), *(("actor", actor.id) for actor in draft.actors)]
    place = "null"
    if draft.number % 17 == 0:
        place, folded = _PLACES[draft.number // 17 % len(_PLACES)]
        roles.append(("place", folded))
    figures = []
    if draft.number % 23 == 0:
        figures.append(
            {"label": "people", "unit": "people", "source": draft.citations[0].source.id,
             "number": {"bound": "about", "low": str(draft.number % 900 + 10), "high": ""},
             "exact": "", "locator": ""}
        )  # fmt: skip
    according_to = []
    if draft.standing == "one_party":
        according_to.append({"statement": None, "source": draft.citations[0].source.id})
    values = {
        "standing": f'"{draft.standing}"',
        "summary": draft.text.json,
        "actors": f"[{participants}]",
        "according_to": canonical(according_to),
        "place": place,
        "figures": canonical(figures),
    }
    return values, roles


def _statement(draft: Draft, claim_id: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    speaker, employer, addressee = draft.actors
    is_ascribed = draft.form == "attributed"
    speakers = [] if draft.label.shown else [speaker.id]
    by_outlet = draft.outlet
    if is_ascribed:
        roles = [("by", by_outlet.id)] if by_outlet else []
        roles += [("attributed_to", actor) for actor in [*speakers, employer.id]]
    else:
        roles = [*(("by", actor) for actor in speakers), ("for", employer.id)]
    own = [actor for name, actor in roles if name in ("by", "for")]
    roles.append(("to", addressee.id))
    roles += [
        ("about", actor.id)
        for event in draft.about
        for actor in event.actors
        if actor.id not in own
    ]
    facets = [("event", event.id) for event in draft.about]
    for name, actor in roles:
        facets += ((name, actor), ("actor", actor))
    reply = draft.linked if draft.link_kind == "answers" else None
    if reply:
        facets.append(("reply_to", reply.id))
    facets += [("form", draft.form), ("language", draft.language)]
    stances = []
    if draft.position:
        stances.append(
            {"proposition": claim_id, "position": draft.position, "exact": draft.text.shown,
             **NO_VALUE}
        )  # fmt: skip
    wording = "original" if draft.form == "verbatim" else "paraphrase"
    if draft.original.shown:
        wording = "translated"
    original = f'{{"language":"zh","text":{draft.original.json}}}'
    values = {
        "voice": _voice(draft, speakers),
        "form": f'"{draft.form}"',
        "wording": f'"{wording}"',
        "text": draft.text.json,
        "language": f'"{draft.language}"',
        "original": original if draft.original.shown else "null",
        "attributed_by": f'"{by_outlet.id}"' if by_outlet else "null",
        "in_reply_to": f'"{reply.id}"' if reply else "null",
        "about": _ids([event.id for event in draft.about]),
        "stances": canonical(stances) if stances else "[]",
    }
    return values, facets


def _voice(draft: Draft, speakers: list[str]) -> str:
    _speaker, employer, addressee = draft.actors
    return templates.VOICE % {
        "speaker": f'"{speakers[0]}"' if speakers else "null",
        "speakers": _ids(speakers),
        "label": draft.label.json,
        "attribution": '"named"' if speakers else '"unnamed"',
        "role": _SPOKESPERSON.json,
        "on_behalf_of": f'"{employer.id}"',
        "principals": f'["{employer.id}"]',
        "to": f'["{addressee.id}"]',
        "channel": '""',
    }


def _request(draft: Draft, _claim_id: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    asked_by, asked = draft.actors[0], draft.actors[-1]
    facets = [("asked", asked.id), ("actor", asked.id), ("asked_by", asked_by.id)]
    facets.append(("actor", asked_by.id))
    facets.append(("outcome", "answered" if draft.answer else "no_reply"))
    for event in draft.about:
        facets.append(("event", event.id))
        facets += [("actor", actor.id) for actor in event.actors]
    if draft.answer:
        facets.append(("answer", draft.answer.id))
    values = {
        "asked_by": f'"{asked_by.id}"',
        "asked": f'["{asked.id}"]',
        "text": draft.text.json,
        "outcome": '"answered"' if draft.answer else '"no_reply"',
        "about": _ids([event.id for event in draft.about]),
        "answer": f'"{draft.answer.id}"' if draft.answer else "null",
        "claims": "[]",
    }
    return values, facets


_WRITERS = {"event": _event, "statement": _statement, "request": _request}
_TEMPLATES = {
    "event": templates.EVENT,
    "statement": templates.STATEMENT,
    "request": templates.REQUEST,
}


def _month_number(day: str | None) -> int | None:
    """As ``kb.record.months.month_number``, from a day in ISO 8601."""
    return None if day is None else int(day[:4]) * 12 + int(day[5:7]) - 1


def _add_entry(
    rows: Rows, draft: Draft, key: int, sort_key: str, roles: list[tuple[str, str]]
) -> None:
    number, when = draft.number + 1, draft.when
    supporting = [citation.source for citation in draft.citations if citation.bearing == "supports"]
    rows.entries.append(
        (
            number,
            key,
            draft.id,
            draft.kind,
            when.earliest,
            when.latest,
            _month_number(when.earliest),
            _month_number(when.latest),
            when.is_dated,
            sort_key,
            draft.known_since,
            draft.standing,
            _search_text(draft),
        )
    )
    facets = [("kind", draft.kind), *roles]
    if draft.linked:
        facets.append(("linked", draft.linked.id))
        if draft.link_kind in ORDERING_LINKS:
            facets.append(("after", draft.linked.id))
    facets += [("incident", incident) for incident in draft.incidents]
    if draft.topic:
        facets.append(("topic", draft.topic[0]))
    cited = {citation.source.id for citation in draft.citations}
    for citation in draft.citations:
        facets.append(("source", citation.source.id))
        if citation.source.publisher:
            facets.append(("publisher", citation.source.publisher.id))
    origins = 1 if len(supporting) == 1 else origin_count(supporting)
    facets.append(("origins", f"{origins:04d}"))
    facets += [
        ("ancestor", other)
        for source in supporting
        for other in source.related
        if other not in cited
    ]
    if draft.contested_by:
        facets += [(CONTESTED, draft.contested_by), ("standing", CONTESTED)]
    if draft.contested_since:
        facets.append((CONTESTED_SINCE, draft.contested_since))
    rows.facets.extend((number, name, value) for name, value in dict.fromkeys(facets))


def _search_text(draft: Draft) -> str:
    actors = draft.actors
    if draft.label.shown:  # nobody is named as the speaker
        actors = actors[1:]
    names = {actor.id: actor.folded for actor in actors}
    if outlet := draft.outlet:
        names[outlet.id] = outlet.folded
    if draft.topic:
        names[draft.topic[0]] = (draft.topic[1],)
    own = [draft.title, draft.text, draft.original, draft.label]
    shown = {text.shown for text in own}
    passages = {
        citation.exact.shown: citation.exact.folded
        for citation in draft.citations
        if citation.exact.shown not in shown
    }
    named = (part for public_id in sorted(names) for part in names[public_id])
    return join_normalised([*(text.folded for text in own), *named, *passages.values()])


def _ids(ids: list[str]) -> str:
    return '["' + '","'.join(ids) + '"]' if ids else "[]"
