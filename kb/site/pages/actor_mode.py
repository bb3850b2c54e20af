"""What several ticked actors of the filter form mean: any of them, all of them, or none.

The form sends ``actor`` for each ticked box, and ``actors`` for what they mean. Links and files
have the parameters of the query instead: ``actor``, ``all_actor`` or ``not_actor``.
"""

from __future__ import annotations

from django.http import QueryDict

from kb.record.query import TimelineQuery
from kb.site.http.parameters import pop_choice

PARAMETER = "actors"
ANY, ALL, NONE = "any", "all", "none"
NAMES = {ANY: "actor", ALL: "all_actor", NONE: "not_actor"}


def pop_actor_mode(data: QueryDict) -> None:
    """Remove ``actors``, and rename the ticked actors as it says.

    Raises InvalidParameters if it is neither any, all nor none.
    """
    mode = pop_choice(data, PARAMETER, (ANY, ALL, NONE))
    if mode != ANY and "actor" in data:
        ticked = data.pop("actor")
        data.setlist(NAMES[mode], [*data.getlist(NAMES[mode]), *ticked])


def actor_mode(query: TimelineQuery) -> str:
    """What the ticked boxes of the form mean, which show the actors of one parameter."""
    modes = {name: mode for mode, name in NAMES.items()}
    return modes[query.name_in_use("actor")]
