"""The claims that rows of a file name: those of the desk, and those that the rows add."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError

from kb.desk.importers.row_parts import ClaimRow
from kb.desk.importers.rows import ImportRow
from kb.desk.models import Incident, Proposition, Request
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.transfers.merge import merged_keys
from kb.text.slugs import unique_slug

# The columns of CSV, by field of a new claim.
_COLUMNS = {"question": "claim_questions", "options": "claim_options", "unit": "claim_units"}


def claims_of(row: ImportRow) -> tuple[ClaimRow, ...]:
    """The claims that a row names."""
    return (*(stated.claim for stated in row.positions), *row.about_claims)


class NamedClaims:
    """Claims by their incident and their title or slug.

    A claim that is not on the desk may stand anywhere above a row that names it, or shortly below.
    """

    def __init__(self) -> None:
        # By the key of the incident, or its title if it is new, and by the name of the claim.
        self._claims: dict[tuple[int | str, str], Proposition] = {}
        self._incidents: dict[str, int] = {}
        self._new: dict[str, tuple[Proposition, str]] = {}
        # What the model refuses of new claims, as field and message.
        self._problems: dict[str, list[tuple[str, str]]] = {}

    def fetch(self, rows: Iterable[ImportRow]) -> None:
        """Read the claims of the incidents of these rows, and plan those that the rows add.

        Costs three queries if a row names a claim of an incident that was not read before.
        """
        naming = [row for row in rows if claims_of(row)]
        titles = {title.casefold() for row in naming for title in row.incidents}
        if titles - self._incidents.keys():
            self._fetch_incidents(titles - self._incidents.keys())
        for row in naming:
            for stated in claims_of(row):
                if stated.question and row.incidents and self.find(row, stated) is None:
                    self._plan(stated, row.incidents[0])

    def _fetch_incidents(self, titles: set[str]) -> None:
        keys = _incident_keys(titles)
        self._incidents |= keys
        claims = Proposition.objects.exclude(state=WorkflowState.WITHDRAWN)
        for claim in claims.filter(incident__in=set(keys.values())).order_by("-pk"):
            for name in (claim.text.casefold(), claim.slug):
                self._claims[claim.incident_id, name] = claim

    def _plan(self, stated: ClaimRow, incident: str) -> None:
        claim = Proposition(
            text=stated.name,
            question=stated.question,
            options="\n".join(stated.options),
            unit=stated.unit,
        )
        self._claims[self._incident_key(incident), stated.name.casefold()] = claim
        self._new[claim.public_id] = claim, incident
        self._problems[claim.public_id] = _new_claim_problems(claim)

    def _incident_key(self, title: str) -> int | str:
        return self._incidents.get(title.casefold(), title.casefold())

    def find(self, row: ImportRow, stated: ClaimRow) -> Proposition | None:
        """The claim that a row names, within the incidents of the row."""
        for title in row.incidents:
            if claim := self._claims.get((self._incident_key(title), stated.name.casefold())):
                return claim
        return None

    def problems(self, row: ImportRow, stated: ClaimRow) -> list[str]:
        """Why a row cannot name this claim, as sentences that name the column."""
        column = "about_claims" if row.kind == Request.kind else "position_claims"
        if not stated.name:
            return [f"{column}: A position names no claim. Write the title or slug of the claim."]
        if not row.incidents:
            return [f"{column}: The claim “{stated.name[:60]}” needs an incident. Fill it in."]
        claim = self.find(row, stated)
        if claim is None:
            return [
                f"{column}: There is no claim “{stated.name[:60]}” in the incident "
                f"“{row.incidents[0][:60]}”. Correct the name, or write in claim_questions what "
                "the claim asks, so that it is added as a draft."
            ]
        if stated.question and stated.question != claim.question:
            return [
                f"claim_questions: The claim “{stated.name[:60]}” asks “{claim.question}”, not "
                f"“{stated.question[:40]}”. Correct the row, or name another claim."
            ]
        if claim.state == WorkflowState.IN_REVIEW:
            return [f"{column}: “{claim}” is in review and cannot be changed by an import."]
        problems = self._problems.get(claim.public_id, [])
        return [f"{_COLUMNS.get(field, column)}: {message}" for field, message in problems]

    def new_ids(self) -> list[str]:
        """The public ids of the planned claims."""
        return list(self._new)

    def store_new(self, public_ids: Iterable[str], by: Any) -> list[Proposition]:
        """Store planned claims as drafts. Their incidents are stored by now."""
        new = [self._new[public_id] for public_id in public_ids]
        keys = _incident_keys({title.casefold() for _claim, title in new})
        for claim, title in new:
            claim.incident_id = keys[title.casefold()]
            claim.created_by = claim.updated_by = by
            claim.slug = unique_slug(claim.text, claim.public_id, _is_taken)
            claim.save(force_insert=True)
        return [claim for claim, _title in new]


def _incident_keys(titles: Collection[str]) -> dict[str, int]:
    """The keys of the incidents with these casefolded titles, by title; of several the oldest."""
    merged = merged_keys(Incident)
    return {
        title.casefold(): merged.get(key, key)
        for title, key in Incident.objects.order_by("-pk").values_list("title", "pk")
        if title.casefold() in titles
    }


def _is_taken(slug: str) -> bool:
    return Proposition.objects.filter(slug=slug).exists()


def _new_claim_problems(claim: Proposition) -> list[tuple[str, str]]:
    """What the model refuses of a new claim, as field and message."""
    relations = {field.name for field in claim._meta.fields if field.is_relation}
    try:
        claim.clean_fields(exclude=relations | {"slug", "public_id"})
        claim.clean()
    except ValidationError as problem:
        return [
            (name, message)
            for name, messages in problem.message_dict.items()
            for message in messages
        ]
    return []
