"""The columns of CSV: their names, what each holds, and a template with example rows."""

from __future__ import annotations

import csv
import io

from django.db.models import TextChoices

from kb.desk.importers.link_columns import LINK_COLUMNS
from kb.record.vocabulary import (
    NEW_POSITIONS,
    Attribution,
    Certainty,
    Derivation,
    NumberBound,
    ParticipationRole,
    Question,
    Reliability,
    RequestOutcome,
    StatementForm,
    Wording,
)


def value_list(choices: type[TextChoices], default: str = "") -> str:
    """The values of a vocabulary for the documentation, with the default marked."""
    return ", ".join(
        f"`{value}` (default)" if value == default else f"`{value}`" for value in choices.values
    )


# By column: (other names for it, what it holds). docs/importing.md prints this table.
IMPORT_COLUMNS: dict[str, tuple[tuple[str, ...], str]] = {
    "id": (
        ("external_id", "incident_id", "unique_id", "key"),
        "Id of the row in this file. If empty, the content of the row serves as its id",
    ),
    "kind": (
        ("type",),
        "`event`, `statement` or `request` (for comment). If empty, a row with `asked` is a "
        "request, and another row with a text or an outcome is a statement",
    ),
    "title": (
        ("headline", "name"),
        "Title of the event, or headline of the statement. A request needs none",
    ),
    "date": (
        ("happened", "said", "when"),
        "In plain language or EDTF. 2020-21 is refused, because it can mean a season or two years",
    ),
    "edtf": ((), "The date in EDTF. Takes precedence over `date`. 2020-21 is spring 2020"),
    "start": (
        ("start_date", "startdate"),
        "First day of a longer event, instead of `date`. Also `from`, see below",
    ),
    "end": (
        ("end_date", "enddate"),
        "Last day of a longer event, with `start` or `date`. Also `to`, see below",
    ),
    "as_written": (
        ("phrase", "display_date"),
        "The date as worded in the source. If empty, the words of `date` if `cited_words` has them",
    ),
    "zone": (
        ("time_zone", "timezone"),
        "Time zone that the source gives: an offset such as `+08:00`, `UTC`, or a name such as "
        "`Asia/Shanghai`. Leave empty if it gives none",
    ),
    "time": (
        ("time_of_day",),
        "Time of day that the source gives for a single day, such as `18:05` or `2:00 PM`",
    ),
    "standing": (
        (),
        f"Reliability of an event: {value_list(Reliability, Reliability.REPORTED)}",
    ),
    "summary": (
        ("description",),
        "Summary of an event, in Markdown. HTML is converted to Markdown",
    ),
    "text": (
        ("quotation", "words", "quote"),
        "Text of a statement. For a request, how the source puts it",
    ),
    "form": ((), value_list(StatementForm, StatementForm.PARAPHRASE)),
    "wording": (
        (),
        f"How near the quoted words are to the speaker’s: {value_list(Wording)}. "
        "Empty if not stated",
    ),
    "override_reason": (
        (),
        "Why the quotation may leave out a word such as “not” of its sentence. Readers see it",
    ),
    "language": (("lang",), "Language of the text, as a BCP 47 tag"),
    "original_text": ((), "The text in its original language"),
    "original_language": ((), "BCP 47"),
    "outcome": (
        (),
        f"Outcome of a request: {value_list(RequestOutcome, RequestOutcome.NOT_STATED)}. A "
        "statement with `declined` or `no_reply`, as in older files, becomes a request to its "
        "speaker by its first addressee",
    ),
    "asked_by": ((), "Name of the outlet that asked for comment. Empty if not stated"),
    "asked": ((), "Names of those who were asked for comment"),
    "no_reply_by": ((), "The day by which there was no reply"),
    "no_reply_as_written": (
        (),
        "That day as worded in the source. If empty, the words of `no_reply_by` if `cited_words` "
        "has them",
    ),
    "about_events": (
        (),
        "For a request: the events that it is about, as ids of rows of this file or of an earlier "
        "file of the same origin, or as titles of events here",
    ),
    "about_claims": (
        (),
        "For a request: titles or slugs of the claims that it is about. The columns `claim_…` are "
        "in the same order",
    ),
    "answer": ((), "Headline of the statement that answers the request, in the file or here"),
    "speaker": (
        ("said_by", "by"),
        "Name of the speaker. A new name creates a person",
    ),
    "speaker_label": (
        (),
        "How the source describes an unnamed speaker. Leave `speaker` empty",
    ),
    "attribution": (
        (),
        f"{value_list(Attribution)}. If empty, `named` if there is a speaker",
    ),
    "joint_speakers": ((), "Names of others who made the statement together with the speaker"),
    "identity": (
        (),
        f"Whether it is certain who spoke: {value_list(Certainty, Certainty.CERTAIN)}",
    ),
    "attributed_by": (
        (),
        "For the form `attributed`: name of the outlet that ascribes the words to the speaker",
    ),
    "attributed_to": (
        (),
        "For the form `attributed`, instead of `speaker`: names of those to whom the words are "
        "ascribed. `speaker` may then be the outlet, as in an export",
    ),
    "role": (("capacity",), "Role of the speaker on that date"),
    "on_behalf_of": (("for",), "Name"),
    "joint_principals": ((), "Names of others on whose behalf the statement was made"),
    "to": (("addressees",), "Names of the addressees"),
    "channel": ((), "Outlet or occasion"),
    "place": ((), "Place of the event or statement, as the source names it"),
    "place_wikidata": ((), "Wikidata id of the place"),
    "latitude": ((), "Decimal degrees"),
    "longitude": ((), "Decimal degrees"),
    "actors": (
        ("participants",),
        "Participants of an event, as `Name (role)`. The role is one of: "
        f"{value_list(ParticipationRole, ParticipationRole.INVOLVED)}. "
        "Any other word in brackets is part of the name",
    ),
    "sources": (("source", "source_title"), "Titles of supporting sources"),
    "source_urls": (
        ("source_url", "url_of_source", "link"),
        "URLs of these sources, in the same order",
    ),
    "cited_words": (
        ("exact_words",),
        "The exact words of each source, in the same order",
    ),
    "cited_wordings": (
        (),
        "How near the exact words of each source are to the speaker’s, in the same order. The "
        "values are those of `wording`",
    ),
    "cited_languages": ((), "Language of the exact words of each source, in the same order"),
    "translators": ((), "Who translated the exact words of each source, in the same order"),
    "via": (
        ("as_cited_in",),
        "For a source that was not read: the title of the source that relays it, in the same order",
    ),
    "cited_dates": (
        (),
        "When it was said, as each source has it, if sources differ, in the same order",
    ),
    "cited_addressees": (
        (),
        "To whom, as each source has it, if sources differ, in the same order",
    ),
    "quoted": (
        ("shown",),
        "`yes` for the source whose words are shown, in the same order. If empty, the first source "
        "whose exact words have the text",
    ),
    "derived_from": (
        (),
        "Titles of earlier sources from which each source derives, in the same order, with a "
        "vertical bar between several. Read for sources that the file adds",
    ),
    "derivations": (
        (),
        f"How each derives from these, in the same order: {value_list(Derivation)}. Empty if not "
        "stated",
    ),
    "account_records": (
        ("according_to",),
        "Whose account an event is: titles or URLs of sources of the row, or ids of statements of "
        "the same file or of an earlier file of the same origin",
    ),
    "position_claims": (
        (),
        "For positions of a statement, or of the report of an event: the titles or slugs of claims "
        "of the incident. The other columns of positions and claims are in the same order",
    ),
    "positions": (
        (),
        "The position on each claim: " + ", ".join(f"`{value}`" for value, _label in NEW_POSITIONS),
    ),
    "position_answers": (
        (),
        "What the position answers to a claim that does not ask whether: a date, an option, a "
        "number such as “about 1,200”, or the name of an actor",
    ),
    "position_words": (
        (),
        "The words that carry each position. If empty, all exact words of the source",
    ),
    "position_sources": (
        (),
        "For an event, the source that takes each position: title or URL of a source of the row. "
        "If empty, the first that was read and has exact words",
    ),
    "position_notes": ((), "A note on each position"),
    "claim_questions": (
        (),
        f"What each claim asks: {value_list(Question)}. With it, a claim that does not exist is "
        "added as a draft",
    ),
    "claim_options": (
        (),
        "For a new claim that asks which: its options, with a vertical bar between them",
    ),
    "claim_units": ((), "For a new claim that asks how many: what is counted"),
    "figure_labels": (
        (),
        "For figures of an event: what is counted, such as people injured. The other columns of "
        "figures are in the same order",
    ),
    "figure_numbers": (
        (),
        "The number of each figure as digits, such as 1400. “2–3 million” is refused: write the "
        "lower number here and the higher one in `figure_ends`",
    ),
    "figure_ends": ((), "The higher number of each figure that is a range"),
    "figure_bounds": ((), f"{value_list(NumberBound, NumberBound.EXACT)}"),
    "figure_units": ((), "The unit of each figure, such as USD"),
    "figure_words": ((), "The exact words of the source that give each figure"),
    "figure_sources": (
        (),
        "The source of each figure: title or URL of a source of the row. If empty, the first "
        "source that was read",
    ),
    "figure_locators": ((), "Where each figure is in its source, such as a page"),
    "incidents": (("incident", "story"), "Title"),
    "topics": (("topic", "tags"), "Name"),
    **LINK_COLUMNS,
}
EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "id": "1", "kind": "event", "title": "The harbour bridge is closed",
        "date": "mid-March 2024", "as_written": "in the middle of March",
        "standing": "reported", "summary": "Both lanes, for **repairs**.",
        "actors": "Harbour Authority (acted); Ferry Company (affected)",
        "sources": "Bridge closed until May", "source_urls": "https://example.org/bridge",
        "account_records": "Bridge closed until May",
        "figure_labels": "lanes closed", "figure_numbers": "2",
        "incidents": "The harbour bridge", "topics": "Traffic",
    },
    {
        "id": "2", "kind": "statement", "title": "The authority gives its reason",
        "date": "15 March 2024", "text": "Safety comes first.", "form": "verbatim",
        "language": "en", "speaker": "Ann Bee", "role": "spokesperson",
        "on_behalf_of": "Harbour Authority", "to": "The Daily Example",
        "sources": "Bridge closed until May; Questions and answers",
        "source_urls": "https://example.org/bridge; https://example.org/answers",
        "cited_words": "Safety comes first.; 安全第一。",
        "cited_wordings": "translated; original", "cited_languages": "en; zh", "quoted": "yes; ",
        "position_claims": "Why was the bridge closed?", "positions": "asserts",
        "position_answers": "safety", "position_words": "Safety comes first.",
        "claim_questions": "which", "claim_options": "safety | cost",
        "incidents": "The harbour bridge",
    },
    {
        "id": "3", "kind": "request", "date": "14 March 2024", "asked_by": "The Daily Example",
        "asked": "Ferry Company", "outcome": "no_reply", "no_reply_by": "15 March 2024",
        "about_events": "1", "about_claims": "Why was the bridge closed?",
        "sources": "Questions and answers", "source_urls": "https://example.org/answers",
        "incidents": "The harbour bridge",
    },
)  # fmt: skip
# Our columns by all their names.
COLUMNS_BY_NAME = {
    alias: name for name, (others, _) in IMPORT_COLUMNS.items() for alias in (name, *others)
}


def csv_template() -> bytes:
    """A file with all columns and three example rows, which spreadsheet programs can open."""
    out = io.StringIO()
    lines = csv.DictWriter(out, list(IMPORT_COLUMNS), restval="", lineterminator="\r\n")
    lines.writeheader()
    lines.writerows(EXAMPLES)
    return "\ufeff".encode() + out.getvalue().encode()


def columns_table() -> str:
    """The columns as a Markdown table."""
    lines = ["| Column | Other names | Content |", "|---|---|---|"]
    for name, (others, holds) in IMPORT_COLUMNS.items():
        also = ", ".join(f"`{other}`" for other in others)
        lines.append(f"| `{name}` | {also} | {holds} |")
    return "\n".join(lines)
