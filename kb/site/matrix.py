"""Contested claims as a matrix: a row for each claim, a column for each actor with a position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.documents import Document
from kb.record.index import accounts_of, is_contested
from kb.record.known import proposition_on, statements_by, statements_in
from kb.record.models import Entry, Revision
from kb.record.query import TimelineQuery
from kb.record.rows import Names, Row, rows_of

MOST_COLUMNS = 8
UNNAMED = ""  # the column of all voices that the record does not name


@dataclass(frozen=True)
class Matrix:
    """``columns`` are {id, name, url, count, through}; a claim's ``cells`` follow their order."""

    claims: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)


def propositions_of(incident_id: str) -> list[Document]:
    """The documents of an incident's contested claims, by address: always in the same order."""
    found = Revision.objects.standing().filter(kind="proposition", document__incident=incident_id)
    return sorted(found.values_list("document", flat=True), key=lambda one: one["slug"])


def matrix(
    documents: Sequence[Document], *, chosen: Collection[str] = (), known: FuzzyDate | None = None
) -> Matrix:
    """The matrix of some propositions.

    ``chosen`` are public ids of the actors to show; without any, those with the most accounts.
    With ``known`` only accounts that were public by the end of that date are in it. Costs a
    fixed number of queries, however many claims and accounts there are.
    """
    names = Names(documents)
    day: date | None = known.latest if known else None
    if day:
        spoken = statements_by(day, statements_in(documents))
        documents = [proposition_on(day, one, spoken, names.documents) for one in documents]
    entries = Entry.objects.filter(public_id__in=statements_in(documents))
    query = TimelineQuery(known=known)
    rows = {row["id"]: row for row in rows_of(list(entries.select_related("revision")), query)}
    columns = _columns(documents, names, rows)
    shown = [one for one in columns if one["id"] in chosen] or columns[:MOST_COLUMNS]
    ids = {one["id"] for one in shown}
    return Matrix(
        claims=[_claim(one, shown, names, rows) for one in documents],
        columns=shown,
        choices=[
            one | {"shown": one["id"] in ids} for one in columns if len(columns) > MOST_COLUMNS
        ],
        sources=_sources(rows),
    )


def _columns(
    documents: Sequence[Document], names: Names, rows: dict[str, Row]
) -> list[dict[str, Any]]:
    """Every holder of a position, the one with the most accounts first, unnamed voices last."""
    counts: Counter[str] = Counter()
    through: dict[str, dict[str, None]] = {}
    for document in documents:
        for account in document["accounts"]:
            holder = _holder(account, names)
            counts[holder] += 1
            speaker = _speaker(rows.get(account["statement"]))
            if speaker:
                through.setdefault(holder, {})[speaker] = None
    found = []
    for holder, count in counts.most_common():
        actor = names.actor(holder)
        name = actor["name"] if actor else _("Not named")
        said_by = [one for one in through.get(holder, {}) if one != name]
        found.append(
            {
                "id": holder,
                "name": name,
                "slug": actor["slug"] if actor else "",
                "url": actor["url"] if actor else "",
                "count": count,
                "through": ", ".join(said_by[:3]) if actor else "",
            }
        )
    return sorted(found, key=lambda one: one["id"] == UNNAMED)


def _holder(account: dict[str, Any], names: Names) -> str:
    return account["holder"] if account["holder"] in names.documents else UNNAMED


def _speaker(row: Row | None) -> str:
    if not row:
        return ""
    speaker = row["voice"]["speaker"]
    return speaker["name"] if speaker else row["voice"]["label"]


def _claim(
    document: Document, columns: list[dict[str, Any]], names: Names, rows: dict[str, Row]
) -> dict[str, Any]:
    by_holder: dict[str, list[dict[str, Any]]] = {}
    for account in document["accounts"]:
        position = _position(account, names, rows.get(account["statement"]))
        by_holder.setdefault(_holder(account, names), []).append(position)
    return {
        "text": document["title"],
        "aspect": document["aspect"],
        "anchor": document["slug"],
        "contested": is_contested(document),
        "accounts": accounts_of(document),
        "events": names.links(document["events"]),
        "cells": [
            {"column": one, "positions": _latest_first(by_holder.get(one["id"], []))}
            for one in columns
        ],
    }


def _position(account: dict[str, Any], names: Names, row: Row | None) -> dict[str, Any]:
    when = FuzzyDate.from_json(row["date"]) if row else FuzzyDate.from_json(account["date"])
    return {
        "position": account["position"],
        "date": account["date"] if account["date"]["edtf"] else None,
        "row": row,
        "speaker": _speaker(row),
        "source": names.link(account["source"]) if not row else None,
        "note": account["note"],
        "since": when.earliest,
        "by": when.latest,
    }


def _latest_first(positions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By the last day that each can be of; ``earlier`` and a change are said only where certain."""
    ordered = sorted(
        positions, key=lambda one: (one["by"] or date.max, one["since"] or date.min), reverse=True
    )
    found = []
    for one, after, before in zip_longest(ordered, [None, *ordered], ordered[1:]):
        if one is None:
            break
        is_change = before and before["position"] != one["position"] and _precedes(before, one)
        found.append(
            one
            | {
                "earlier": bool(after and _precedes(one, after)),
                "changed_from": before["position"] if is_change else "",
            }
        )
    return found


def _precedes(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["by"] and other["since"] and one["by"] < other["since"])


def _sources(rows: dict[str, Row]) -> list[dict[str, Any]]:
    """Every source that the page's numbers stand for, by number."""
    found = {citation["number"]: citation for row in rows.values() for citation in row["citations"]}
    return [found[number] for number in sorted(found)]
