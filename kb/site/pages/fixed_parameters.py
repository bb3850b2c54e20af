"""Which parameters the address of a list decides: /incidents/<slug>/ is a filter by incident."""

from __future__ import annotations

from typing import NamedTuple

from django.http import QueryDict

from kb.record.headlines import ACCOUNT_STANDINGS
from kb.record.vocabulary import Reliability
from kb.site.charts.swimlanes import DID, LANES, SAID_DID
from kb.site.http.parameters import pop_choice


class ActorLane(NamedTuple):
    """A lane of an actor's page: the parameter that filters by it, and its name in the address."""

    parameter: str
    key: str

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        return (("lane", self.key),) if self.parameter != "actor" else ()


def pop_lane(data: QueryDict) -> ActorLane:
    """Remove ``lane`` from the parameters. Raises InvalidParameters if there is no such lane."""
    parameters = {key: parameter for parameter, key, _label in LANES}
    key = pop_choice(data, "lane", list(parameters))
    return ActorLane(parameters[key], key)


def fixed_parameters(kind: str, slug: str, lane: ActorLane | None = None) -> dict[str, list[str]]:
    """The parameters that the address decides; none for the timeline."""
    if kind == "timeline":
        return {}
    if lane is None:
        return {kind: [slug]}
    if lane.parameter in (DID, SAID_DID):
        is_account = lane.parameter == SAID_DID
        standings = [
            standing.value
            for standing in Reliability
            if (standing in ACCOUNT_STANDINGS) is is_account
        ]
        return {"actor": [slug], "kind": ["event"], "standing": standings}
    return {lane.parameter: [slug]}
