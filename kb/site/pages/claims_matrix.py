"""Contested claims as a matrix: a row for each claim, a column for each actor with a position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.addresses import record_path
from kb.record.as_of import claim_on, statements_in
from kb.record.documents import Document
from kb.record.filters import Choice
from kb.record.known_since import public_since
from kb.record.models import Entry, Revision
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.rendering import without_quotation_marks
from kb.record.rows import Names, Row, numbered_citations, rows_for_entries
from kb.record.search_index import is_contested, position_count
from kb.record.vocabulary import SILENT_POSITIONS
from kb.site.http.parameters import InvalidParameters
from kb.site.pages.excerpts import relevant_passage

MAX_COLUMNS = 8
MANY_COLUMNS = 4  # beyond these the cells are narrow: shorter words, and landscape on paper
CLAIMS_PARAMETERS = ("actor", "known")  # the parameters of the page
UNNAMED = ""  # the column of all voices that the record does not name
UNNAMED_SLUG = "-"  # which no actor can have as its address
MAX_EXCERPT_LENGTH = 200
MAX_NARROW_EXCERPT_LENGTH = 140


@dataclass(frozen=True)
class ClaimsMatrix:
    """``columns`` are {id, slug, name, url, count, through}; a claim's ``cells`` follow them.

    ``choices`` are all columns there could be, each with ``shown``; ``later`` counts the accounts
    that were not public on the day asked for, and ``days`` are those on which one became so.
    """

    claims: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    later: int = 0
    days: list[date] = field(default_factory=list)

    @property
    def is_wide(self) -> bool:
        return len(self.columns) > MANY_COLUMNS

    @property
    def differing(self) -> int:
        return sum(one["contested"] for one in self.claims)


def incident_claims(incident_id: str) -> list[Document]:
    """The documents of an incident's contested claims, by address: always in the same order."""
    found = Revision.objects.standing().filter(kind="proposition", document__incident=incident_id)
    return sorted(found.values_list("document", flat=True), key=lambda one: one["slug"])


def claims_query(given: QueryDict) -> tuple[TimelineQuery, bool]:
    """The two parameters, and whether the voices without a name are asked for.

    Raises Unreadable for any other parameter, and for more actors than there is room for.
    """
    data = given.copy()
    strange = {
        name: _("No parameter has this name. Choose one of: %(names)s.")
        % {"names": ", ".join(CLAIMS_PARAMETERS)}
        for name in data
        if name not in CLAIMS_PARAMETERS
    }
    if strange:
        raise InvalidParameters(strange, data)
    actors = data.getlist("actor")
    unnamed = UNNAMED_SLUG in actors
    data.setlist("actor", [one for one in actors if one != UNNAMED_SLUG])
    try:
        query = TimelineQuery.parse(data)
    except InvalidQuery as problem:
        raise InvalidParameters(problem.errors, data) from problem
    if len(query.values("actor")) + unnamed > MAX_COLUMNS:
        most = _("Choose no more than %(most)d actors.") % {"most": MAX_COLUMNS}
        raise InvalidParameters({"actor": most}, data)
    return query, unnamed


def claims_pairs(query: TimelineQuery, unnamed: bool) -> list[tuple[str, str]]:
    """The choice of columns as parameters, which every link to the matrix carries on."""
    chosen = [("actor", one.slug) for one in query.values("actor")]
    return chosen + [("actor", UNNAMED_SLUG)] * unnamed


def claims_matrix(
    documents: Sequence[Document],
    *,
    chosen: Sequence[Choice] = (),
    unnamed: bool = False,
    known: FuzzyDate | None = None,
) -> ClaimsMatrix:
    """The matrix of some propositions.

    ``chosen`` are the actors to show and ``unnamed`` the voices without a name; without either,
    those with the most accounts. With ``known`` only accounts that were public by the end of that
    date are in it, and only claims that had one. Claims whose accounts differ come first. Costs a
    fixed number of queries, however many claims and accounts there are.
    """
    names = Names(documents)
    entries = list(
        Entry.objects.filter(public_id__in=statements_in(documents)).select_related("revision")
    )
    since = {one.public_id: one.known_since for one in entries}
    days = _days(documents, since, names)
    everything = _columns(documents, {}, names)
    total = sum(one["count"] for one in everything)
    if known and known.latest:
        day = known.latest
        spoken = {one for one, public in since.items() if public and public <= day}
        documents = [claim_on(day, one, spoken, names.documents) for one in documents]
        documents = [one for one in documents if one["accounts"]]
        entries = [one for one in entries if one.public_id in spoken]
    rows = {row["id"]: row for row in rows_for_entries(entries, TimelineQuery(known=known))}
    columns = _columns(documents, rows, names)
    shown = _shown(columns, chosen, unnamed) or [_column(UNNAMED, 0, names)]
    numbers, sources = _sources(documents, rows, names)
    longest = MAX_NARROW_EXCERPT_LENGTH if len(shown) > MANY_COLUMNS else MAX_EXCERPT_LENGTH
    cells = _Cells(names, rows, numbers, longest)
    ids = {one["id"] for one in shown}
    claims = [cells.claim(one, shown) for one in documents]
    # Whoever speaks only later can be chosen all the same, so a choice holds for every day.
    counts = {one["id"]: one["count"] for one in columns}
    choices = [one | {"count": counts.get(one["id"], 0)} for one in everything]
    choices += [one for one in shown if one["id"] not in {choice["id"] for choice in choices}]
    return ClaimsMatrix(
        claims=sorted(claims, key=lambda one: not one["contested"]),
        columns=shown,
        choices=[one | {"shown": one["id"] in ids} for one in choices],
        sources=sources,
        later=total - sum(counts.values()),
        days=days,
    )


def _days(documents: Sequence[Document], since: dict[str, date | None], names: Names) -> list[date]:
    """The days on which some account became public, in order."""
    found = set()
    for account in (one for document in documents for one in document["accounts"]):
        source = names.documents.get(account["source"] or "")
        found.add(since.get(account["statement"]) or (public_since(source) if source else None))
    return sorted(found - {None})


def _columns(
    documents: Sequence[Document], rows: dict[str, Row], names: Names
) -> list[dict[str, Any]]:
    """Every holder of a position, the one with the most accounts first."""
    counts: Counter[str] = Counter()
    through: dict[str, dict[str, None]] = {}
    for account in (one for document in documents for one in document["accounts"]):
        holder = _holder(account, names)
        counts[holder] += 1
        if speaker := _speaker(rows.get(account["statement"])):
            through.setdefault(holder, {})[speaker] = None
    found = [_column(one, counts[one], names, list(through.get(one, {}))) for one in counts]
    return sorted(found, key=lambda one: (-one["count"], one["name"]))


def _column(holder: str, count: int, names: Names, voices: Sequence[str] = ()) -> dict[str, Any]:
    actor = names.actor(holder)
    name = actor["name"] if actor else _("Not named")
    return {
        "id": holder,
        "name": name,
        "slug": actor["slug"] if actor else UNNAMED_SLUG,
        "url": actor["url"] if actor else "",
        "count": count,
        "through": "; ".join([one for one in voices if one != name][:3]) if actor else "",
    }


def _shown(
    columns: list[dict[str, Any]], chosen: Sequence[Choice], unnamed: bool
) -> list[dict[str, Any]]:
    """Those asked for, with or without a position; else the first. Unnamed voices stand last."""
    wanted = {one.value for one in chosen} | ({UNNAMED} if unnamed else set())
    shown = [one for one in columns if one["id"] in wanted] if wanted else columns[:MAX_COLUMNS]
    there = {one["id"] for one in shown}
    shown += [
        {
            "id": one.value,
            "name": one.label,
            "slug": one.slug,
            "url": record_path("actor", one.slug),
            "count": 0,
            "through": "",
        }
        for one in chosen
        if one.value not in there
    ]
    return sorted(shown, key=lambda one: one["id"] == UNNAMED)


def _holder(account: dict[str, Any], names: Names) -> str:
    return account["holder"] if account["holder"] in names.documents else UNNAMED


def _speaker(row: Row | None) -> str:
    if not row:
        return ""
    speaker = row["voice"]["speaker"]
    return speaker["name"] if speaker else row["voice"]["label"]


def _sources(
    documents: Sequence[Document], rows: dict[str, Row], names: Names
) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Every source's number on the page, and the list of them by number."""
    found: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for row in rows.values():
        for one in numbered_citations(row):
            found[one["source"]["id"]] = (one["number"], one["source"])
    for account in (one for document in documents for one in document["accounts"]):
        source = names.documents.get(account["source"] or "")
        if source and source["id"] not in found:
            link = names.link(source["id"]) or {}
            more = {"publisher": names.actor(source["publisher"]), "published": source["published"]}
            found[source["id"]] = (len(found) + 1, link | more)
    listed = sorted(found.values(), key=lambda one: one[0])
    return (
        {public_id: number for public_id, (number, _source) in found.items()},
        [{"number": number, "source": source} for number, source in listed],
    )


class _Cells:
    """What stands in the cells: each account, in the order of time."""

    def __init__(
        self, names: Names, rows: dict[str, Row], numbers: dict[str, int], longest: int
    ) -> None:
        self.names, self.rows, self.numbers, self.longest = names, rows, numbers, longest

    def claim(self, document: Document, columns: list[dict[str, Any]]) -> dict[str, Any]:
        by_holder: dict[str, list[dict[str, Any]]] = {}
        for account in document["accounts"]:
            position = self._position(account, document["title"])
            by_holder.setdefault(_holder(account, self.names), []).append(position)
        answers = position_count(document)
        return {
            "id": document["id"],
            "text": document["title"],
            "aspect": document["aspect"],
            "anchor": document["slug"],
            "contested": is_contested(document),
            "accounts": answers,
            "silent": len(document["accounts"]) - answers,
            "events": self.names.links(document["events"]),
            "cells": [
                {
                    "column": one,
                    "positions": _latest_first(
                        by_holder.get(one["id"], []), document, is_one_voice=one["id"] != UNNAMED
                    ),
                }
                for one in columns
            ],
        }

    def _position(self, account: dict[str, Any], question: str) -> dict[str, Any]:
        row = self.rows.get(account["statement"])
        source = self.names.documents.get(account["source"] or "")
        said = (row and row["date"]) or (source and source["published"])
        when = FuzzyDate.from_json(said) if said else FuzzyDate("")
        publisher = self.names.actor(source["publisher"]) if source else None
        numbers = sorted({one["number"] for one in numbered_citations(row)}) if row else []
        text = row["text"] if row else ""
        return {
            "position": account["position"],
            "date": account["date"] if account["date"]["edtf"] else None,
            "words": FuzzyDate.from_json(account["date"]).words()
            if account["date"]["edtf"]
            else "",
            "row": row,
            "text": relevant_passage(
                without_quotation_marks(text), f"{question} {account['note']}", self.longest
            ),
            "speaker": _speaker(row) or (publisher["name"] if publisher else ""),
            "role": row["voice"]["role"] if row else "",
            "source": self.names.link(account["source"]) if source else None,
            "numbers": numbers or ([self.numbers[source["id"]]] if source else []),
            "note": account["note"],
            "said": said,
            "since": when.earliest,
            "by": when.latest,
            "account": account,
        }


def _latest_first(
    positions: list[dict[str, Any]], document: Document, *, is_one_voice: bool
) -> list[dict[str, Any]]:
    """By the last day that each can be of; ``earlier`` and a change are said only where certain.

    Of voices that are not named nothing of the kind is said: they are not known to be one.
    """
    ordered = sorted(
        positions, key=lambda one: (one["by"] or date.max, one["since"] or date.min), reverse=True
    )
    found = []
    for number, one in enumerate(ordered):
        before = [
            other
            for other in ordered[number + 1 :]
            if _precedes(other, one) and other["position"] not in SILENT_POSITIONS
        ]
        is_change = is_one_voice and before and _differ(one, before[0], document)
        earlier = is_one_voice and number > 0 and _precedes(one, ordered[0])
        found.append(one | {"earlier": earlier, "changed_from": before[0] if is_change else None})
    return found


def _precedes(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["by"] and other["since"] and one["by"] < other["since"])


def _differ(one: dict[str, Any], other: dict[str, Any], document: Document) -> bool:
    """Whether one holder's two accounts do not say the same; silence is no answer to differ by."""
    positions = {one["position"], other["position"]}
    if positions & SILENT_POSITIONS:
        return False
    if "undecided" in positions:
        return len(positions) > 1
    return is_contested({**document, "accounts": [one["account"], other["account"]]})
