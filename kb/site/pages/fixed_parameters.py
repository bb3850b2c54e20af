"""Which parameters the address of a list decides: /incidents/<slug>/ is a filter by incident."""

from __future__ import annotations

from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.site.charts.swimlanes import LANES
from kb.site.http.parameters import InvalidParameters


class ActorLane(NamedTuple):
    """A lane of an actor's page: the parameter that finds it, and its name in the address."""

    parameter: str
    key: str

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        return (("lane", self.key),) if self.parameter != "actor" else ()


def pop_lane(data: QueryDict) -> ActorLane:
    """Take ``lane`` out of the parameters. Raises Unreadable when there is no such lane."""
    key = (data.pop("lane", None) or [""])[-1] or "all"
    for parameter, name, _label in LANES:
        if name == key:
            return ActorLane(parameter, key)
    keys = ", ".join(name for _parameter, name, _label in LANES)
    wrong = _("“%(value)s” is not a valid value. Choose one of: %(values)s.") % {
        "value": key[:40],
        "values": keys,
    }
    raise InvalidParameters({"lane": wrong}, data)


def fixed_parameters(kind: str, slug: str, lane: ActorLane | None = None) -> dict[str, str]:
    """The parameters that the address decides; none for the timeline."""
    if kind == "timeline":
        return {}
    if lane is None:
        return {kind: slug}
    if lane.parameter == "did":
        return {"actor": slug, "kind": "event"}
    return {lane.parameter: slug}
