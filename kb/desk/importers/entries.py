"""Reads JSON Lines of entries, one on each line, as ``/timeline.jsonl`` publishes them.

Unlike a table, the format has each source with its exact words, unnamed speakers, and the original
wording. A backup of a whole knowledge base (kb.desk.backup) is another format and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from kb.dates import typed_edtf
from kb.desk import backup
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.json_parts import part as _part
from kb.desk.importers.json_parts import parts as _parts
from kb.desk.importers.json_parts import text_part as _text
from kb.desk.importers.json_parts import values as _list
from kb.desk.importers.json_text import parse_json
from kb.desk.importers.named_parts import actors_in, named_actors, named_incidents
from kb.desk.importers.omissions import is_safe, omissions
from kb.desk.importers.read_options import NO_OPTIONS, ReadOptions
from kb.desk.importers.row_parts import ClaimRow, FigureRow, PositionRow
from kb.desk.importers.rows import CitedSourceRow, FileRefused, ImportRow, Limits, LinkRow
from kb.desk.importers.text_files import text_lines
from kb.desk.models.position_checks import typed_number
from kb.record.vocabulary import SAID, LinkKind, RequestOutcome

NOT_STATED = RequestOutcome.NOT_STATED.value

_WHAT = (
    "This is not a JSON Lines list of entries. Each line must be an object with “kind” and "
    "“title”, as in /timeline.jsonl."
)
_WHOLE = (
    "This file is an export of a whole knowledge base. It cannot be loaded as drafts. Run "
    "“manage.py import_kb FILE” on the server to load it into an empty database."
)
_PAGE = (
    "This file is one page of a JSON list. Download the whole list as JSON Lines instead (same "
    "URL, .jsonl)."
)


def read_entries(
    file: BinaryIO,
    limits: Limits,
    options: ReadOptions = NO_OPTIONS,
    notes: FileNotes | None = None,
) -> Iterator[ImportRow]:
    """The entries of a file, one by one. Raises FileRefused if it is not such a list."""
    notes = notes or FileNotes()
    is_over = False
    for number, line in enumerate(text_lines(file, limits, options.encoding), start=1):
        if not line.strip():
            notes.ignore("empty")
            continue
        try:
            entry = parse_json(line)
        except FileRefused as problem:
            raise FileRefused(f"Line {number}: {problem}") from problem
        if not isinstance(entry, dict) or is_over:
            raise FileRefused(_WHAT)
        if number == 1 and entry.get("format") == backup.FORMAT:
            raise FileRefused(_WHOLE)
        if isinstance(entry.get("entries"), list):
            raise FileRefused(_PAGE)
        if "kind" in entry:
            yield _row(number, entry, limits)
        elif number > 1:
            is_over = True  # only a last line, with the number of entries, has no kind
            notes.ignore("the last line, without an entry")
        else:
            notes.ignore("the first line, without an entry")


def _row(number: int, entry: dict[str, Any], limits: Limits) -> ImportRow:
    date, voice = _part(entry, "date"), _part(entry, "voice")
    original = _part(entry, "original")
    to, actors = _parts(voice, "to"), _parts(entry, "actors")
    asked_by, asked = _part(entry, "asked_by"), _parts(entry, "asked")
    kind = _text(entry, "kind")
    speakers, principals, outlet = _voices(voice)
    place, no_reply = _part(entry, "place"), _part(entry, "no_reply_by")
    citations = _parts(entry, "citations")
    publishers = [_part(_part(citation, "source"), "publisher") for citation in citations]
    parties = (*speakers, *principals, outlet, *to, *actors, asked_by, *asked, *publishers)
    details = _part(entry, "named")
    details_of = {_text(source, "id"): source for source in _parts(details, "sources")}
    cited_ids = {_text(_part(citation, "source"), "id") for citation in citations}
    cited_ids.discard("")
    named = [actor for actor in (*parties, *actors_in(details)) if actor]
    kinds = {_text(actor, "name"): _text(actor, "kind") for actor in named}
    row = ImportRow(
        line=number,
        external_id=_text(entry, "id"),
        kind=kind,
        title=_text(entry, "title"),
        date=typed_edtf(_text(date, "edtf")),
        as_written=_text(date, "phrase"),
        zone=_text(date, "zone"),
        time=_text(date, "time"),
        standing=_text(entry, "standing") or "reported",
        summary=_text(entry, "summary"),
        text=_text(entry, "text"),
        language=_text(entry, "language"),
        form=_text(entry, "form") or "paraphrase",
        wording=_text(entry, "wording"),
        override_reason=_text(entry, "override_reason"),
        outcome=_text(entry, "outcome") or (NOT_STATED if kind == "request" else SAID),
        original_text=_text(original, "text"),
        original_language=_text(original, "language"),
        speaker=_first_name(speakers),
        joint_speakers=tuple(_text(actor, "name") for actor in speakers[1:]),
        speaker_label=_text(_part(voice, "attributed_to") or voice, "label"),
        identity=_text(_part(voice, "attributed_to") or voice, "identity"),
        attributed_by=_text(outlet, "name"),
        attribution=_text(voice, "attribution"),
        role=_text(_part(voice, "attributed_to") or voice, "role"),
        channel=_text(voice, "channel"),
        on_behalf_of=_first_name(principals),
        joint_principals=tuple(_text(actor, "name") for actor in principals[1:]),
        to=tuple(_text(actor, "name") for actor in to),
        # Those of a statement or a request repeat its parties.
        actors=tuple((_text(actor, "name"), _text(actor, "role")) for actor in actors)
        if kind == "event"
        else (),
        actor_kinds=tuple(sorted(kinds.items())),
        sources=tuple(_cited(citation, details_of) for citation in citations),
        named_sources=tuple(
            _cited({"source": source}, {})
            for source in _parts(details, "sources")
            if _text(source, "id") not in cited_ids
        ),
        named_actors=named_actors(details),
        named_incidents=named_incidents(details),
        according_to=tuple(_account(account) for account in _parts(entry, "according_to")),
        positions=tuple(_stance(stance) for stance in _parts(entry, "stances")),
        claim_events=tuple(_claim_events(stance) for stance in _parts(entry, "stances")),
        stated_figures=tuple(_figure(figure) for figure in _parts(entry, "figures")),
        place=_text(place, "name"),
        place_wikidata=_text(place, "wikidata"),
        latitude=_text(place, "latitude"),
        longitude=_text(place, "longitude"),
        incidents=tuple(_text(incident, "title") for incident in _parts(entry, "incidents")),
        topics=tuple(_text(topic, "title") for topic in _parts(entry, "topics")),
        asked_by=_text(asked_by, "name"),
        asked=tuple(_text(actor, "name") for actor in asked),
        no_reply_by=typed_edtf(_text(no_reply, "edtf")),
        no_reply_phrase=_text(no_reply, "phrase"),
        no_reply_zone=_text(no_reply, "zone"),
        no_reply_time=_text(no_reply, "time"),
        about=_subjects(entry) if kind != "event" else (),
        in_reply_to=_text(_part(entry, "in_reply_to"), "id"),
        same_speaker=_text(_part(voice, "same_speaker"), "id"),
        same_speaker_certainty=_text(voice, "same_speaker_certainty"),
        about_claims=tuple(_claim(claim) for claim in _list(entry, "claims")),
        answer=_text(_part(entry, "answer"), "title"),
        links=_links(entry),
        is_part_of_list=True,
        omissions=omissions(entry),
    )
    longest = max(len(row.summary), len(row.text), len(row.original_text))
    if longest > limits.cell:
        raise FileRefused(f"Line {number}: a field has more than {limits.cell:,} characters.")
    return row.with_id()


def _voices(
    voice: dict[str, Any],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """The speakers, the represented parties, and the outlet of reported speech, as actors."""
    if ascribed := _part(voice, "attributed_to"):
        outlet = _part(voice, "speaker")
        return _parts(ascribed, "speakers"), _parts(ascribed, "principals"), outlet
    # Exports of edition 1 have one of each.
    speakers = _parts(voice, "speakers") or [_part(voice, "speaker")]
    principals = _parts(voice, "principals") or [_part(voice, "on_behalf_of")]
    return speakers, principals, {}


def _first_name(actors: list[dict[str, Any]]) -> str:
    return _text(actors[0], "name") if actors else ""


def _account(account: dict[str, Any]) -> str:
    """What an account is found by: the id of its statement, or the title of its source."""
    return _text(_part(account, "statement"), "id") or _text(_part(account, "source"), "title")


def _links(entry: dict[str, Any]) -> tuple[LinkRow, ...]:
    """The links to other entries, each once. Unknown kinds are left out.

    So is the link that a list makes of ``in_reply_to``.
    """
    reply = LinkRow(LinkKind.ANSWERS.value, _text(_part(entry, "in_reply_to"), "id"))
    links = (
        LinkRow(
            _text(link, "kind"),
            _text(_part(link, "entry"), "id"),
            _text(_part(link, "source"), "title"),
            _text(link, "exact"),
        )
        for link in _parts(entry, "links")
    )
    known = (link for link in links if link.kind in LinkKind.values and link != reply)
    return tuple(dict.fromkeys(known))


def _cited(citation: dict[str, Any], details_of: dict[str, dict[str, Any]]) -> CitedSourceRow:
    """A cited source. ``details_of`` has what the entry says of sources besides, by their ids."""
    source = _part(citation, "source")
    details = details_of.get(_text(source, "id"), source)
    parents = _parts(details, "parents")
    notes = [_text(parent, "note") for parent in parents]
    published, said = _part(source, "published"), _part(citation, "said")
    archive_url = _text(source, "archive_url")
    return CitedSourceRow(
        title=_text(source, "title"),
        url=_text(source, "link"),
        exact=_text(citation, "exact"),
        locator=_text(citation, "locator"),
        bearing=_text(citation, "bearing") or "supports",
        note=_text(citation, "note"),
        publisher=_text(_part(source, "publisher"), "name"),
        published=typed_edtf(_text(published, "edtf")),
        published_phrase=_text(published, "phrase"),
        published_zone=_text(published, "zone"),
        published_time=_text(published, "time"),
        language=_text(source, "language"),
        archive_url=archive_url if is_safe(archive_url) else "",
        kind=_text(source, "kind") or "article",
        byline=_text(source, "byline"),
        wording=_text(citation, "wording"),
        words_language=_text(citation, "language"),
        translator=_text(citation, "translator"),
        via=_text(_part(citation, "via"), "title"),
        quoted=citation.get("quoted") is True,
        position=_position(citation.get("position")),
        said=_text(said, "edtf"),
        said_phrase=_text(said, "phrase"),
        said_zone=_text(said, "zone"),
        said_time=_text(said, "time"),
        addressee=_text(_part(citation, "addressee"), "name"),
        parents=tuple(
            (_text(_part(parent, "source") or parent, "title"), _text(parent, "kind"))
            for parent in parents
        ),
        parent_notes=tuple(notes) if any(notes) else (),
        accessed_on=_text(details, "accessed_on"),
        archived_on=_text(details, "archived_on"),
        source_note=_text(details, "note"),
    )


def _subjects(entry: dict[str, Any]) -> tuple[str, ...]:
    """What a statement or a request is about: the ids of the events, or texts."""
    subjects = (
        _text(subject, "id") if isinstance(subject, dict) else str(subject)
        for subject in _list(entry, "about")
    )
    return tuple(filter(None, subjects))


def _stance(stance: dict[str, Any]) -> PositionRow:
    """A position as the list has it; a number may also be a text."""
    date, number = _part(stance, "date"), _part(stance, "number")
    limits = (_text(number, "low"), _text(number, "high"), _text(number, "bound"))
    answers = {
        "dated": typed_edtf(_text(date, "edtf")) or _text(stance, "date"),
        "option": _text(stance, "option"),
        "number_low": typed_number(*limits) or _text(stance, "number"),
        "actor": _text(_part(stance, "actor"), "name") or _text(stance, "actor"),
    }
    return PositionRow(
        claim=_claim(stance.get("proposition")),
        position=_text(stance, "position"),
        answers=tuple((field, text) for field, text in answers.items() if text),
        exact=_text(stance, "exact"),
        source=_text(_part(stance, "source"), "title") or _text(stance, "source"),
        note=_text(stance, "note"),
        phrase=_text(date, "phrase"),
        zone=_text(date, "zone"),
        time=_text(date, "time"),
    )


def _claim_events(stance: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The name of a claim, and the ids of the events that it is about."""
    claim = _part(stance, "proposition")
    return _text(claim, "text"), tuple(str(key) for key in _list(claim, "about"))


def _claim(value: object) -> ClaimRow:
    """A claim by its name, or an object; one with an id is of a published list."""
    if not isinstance(value, dict):
        return ClaimRow(value if isinstance(value, str) else "")
    options = value.get("options")
    return ClaimRow(
        name=_text(value, "text"),
        question=_text(value, "question"),
        options=tuple(map(str, options)) if isinstance(options, list) else (),
        unit=_text(value, "unit"),
        is_listed="id" in value,
    )


def _figure(figure: dict[str, Any]) -> FigureRow:
    source = figure.get("source")
    return FigureRow(
        label=_text(figure, "label"),
        number=_text(figure, "low") or _text(figure, "number"),
        end=_text(figure, "high"),
        bound=_text(figure, "bound"),
        unit=_text(figure, "unit"),
        exact=_text(figure, "exact"),
        source=source if isinstance(source, str) else _text(_part(figure, "source"), "title"),
        locator=_text(figure, "locator"),
    )


def _position(value: object) -> int | None:
    is_place = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 32768
    return value if is_place and isinstance(value, int) else None
