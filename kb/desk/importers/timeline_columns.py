"""Tells the tables of timeline programs, whose rows are events, from tables of statements.

TimelineJS in small letters has ``headline`` and ``text``; TimeMapper has ``from`` and ``to``. In a
table of statements, ``text`` is what was said and ``to`` is the addressee.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Columns, and their usual names, that only statements and requests have, besides "text" and "to".
_STATEMENT_NAMES = frozenset(
    {
        "kind", "type", "form", "wording", "original_text", "outcome", "asked", "asked_by",
        "answer", "speaker", "said_by", "by", "said", "speaker_label", "attribution",
        "joint_speakers", "attributed_by", "attributed_to", "role", "capacity", "on_behalf_of",
        "for", "joint_principals", "channel", "quoted", "quotation", "quote", "words",
        "addressees",
    }
)  # fmt: skip


def timeline_names(head: Iterable[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Our columns for names that mean something else in a table of events alone.

    ``head`` has the names of the file, and ``chosen`` our columns by the names that the sender has
    mapped, all in small letters. "" is for a column that no event has. Empty for a table that may
    have statements.
    """
    names = set(head) - chosen.keys()
    if names & _STATEMENT_NAMES or set(chosen.values()) & (_STATEMENT_NAMES | {"text", "to"}):
        return {}
    columns = {}
    if "text" in names:
        if "headline" not in names or names & {"title", "summary", "description"}:
            return {}
        columns["text"] = "summary"
    if "from" in names and not names & {"start", "date"}:
        columns["from"] = "start"
    if "to" in names:
        columns["to"] = "end" if "from" in names and "end" not in names else ""
    return columns
