"""References for citing: in words, and as BibTeX, RIS, CSL-JSON and a Wikipedia template.

A date that is not exact never becomes one: each form says as much as is known in the way it has
for that, and in words where it has none.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kb.dates import UNKNOWN, FuzzyDate
from kb.dates.edtf import Piece, parse_shape
from kb.record.vocabulary import Labels, RecordKind, SourceKind

SOURCE_TYPES: Labels = {
    RecordKind.EVENT: RecordKind.EVENT.label,
    RecordKind.STATEMENT: RecordKind.STATEMENT.label,
    RecordKind.REQUEST: RecordKind.REQUEST.label,
    RecordKind.ACTOR: RecordKind.ACTOR.label,
    RecordKind.INCIDENT: RecordKind.INCIDENT.label,
    "view": gettext_lazy("timeline view"),
}


@dataclass(frozen=True)
class Reference:
    """What is cited: a version of a record, the state of a view on a day, or a source itself.

    ``kind`` is event, statement, request, actor, incident, view or source; ``site`` the name of
    this site; ``url`` an absolute address, for a record that of its version. ``id`` and
    ``version`` are for records, ``author`` (a byline as printed), ``publisher``, ``form`` (the
    kind of source), ``accessed`` and the archived copy for sources. Every text may hold anything.
    """

    kind: str
    title: str
    url: str
    site: str
    id: str = ""
    version: int = 0
    issued: FuzzyDate = UNKNOWN
    author: str = ""
    publisher: str = ""
    form: str = ""
    language: str = ""
    accessed: date | None = None
    archive_url: str = ""
    archived: date | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """A short name that is the same each time: letters, digits and hyphens."""
        own = self.id or hashlib.sha256(self.url.encode("utf-8", "replace")).hexdigest()[:8]
        return f"{self.kind}-{own}" + (f"-v{self.version}" if self.version else "")

    @property
    def is_source(self) -> bool:
        return self.kind == "source"

    @property
    def record_words(self) -> str:
        """ "event g9d4cbrm, version 2", "timeline view"; "" for a source."""
        if self.is_source:
            return ""
        kind = str(SOURCE_TYPES[self.kind])
        if not self.id:
            return kind
        return _("%(kind)s %(id)s, version %(version)d") % {
            "kind": kind,
            "id": self.id,
            "version": self.version,
        }


# --- In words --------------------------------------------------------------------------------


def plain_reference(ref: Reference) -> str:
    """One sentence and the address, in the active language."""
    title = _line(ref.title).replace("“", "‘").replace("”", "’")
    parts = [
        _line(ref.author),
        _("“%(title)s”") % {"title": title},
        _line(ref.publisher) if ref.is_source else ref.record_words,
        "" if ref.is_source else _line(ref.site),
        ref.issued.span_words(),
    ]
    sentence = ", ".join(part for part in parts if part) + "."
    return f"{sentence} {_address(ref.url)}".strip()


# --- BibTeX ----------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Braces by name: BibTeX counts those behind a backslash too.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "$&#_%"},
}
# What biblatex reads as a date: EDTF without marks on single parts and without quarters.
_END = r"(?:\d{4}|\d{3}X|\d{2}XX|\d{4}-(?:XX|0\d|1[0-2]|2[1-4])(?:-(?:XX|\d\d))?)[?~%]?"
_LEVEL_1 = re.compile(rf"(?:{_END}|\.\.)(?:/(?:{_END}|\.\.))?|{_END}/|/{_END}")


def bibtex(ref: Reference) -> str:
    """A ``@misc`` entry in UTF-8, for BibTeX and for biblatex, with a line end."""
    fields: list[tuple[str, str]] = [("title", f"{{{_tex(ref.title)}}}")]
    author = ref.author if ref.is_source else ref.site
    if _line(author):
        fields.insert(0, ("author", f"{{{_tex(author)}}}"))
    if ref.is_source and _line(ref.publisher):
        fields.append(("howpublished", _tex(ref.publisher)))
    fields += _bibtex_date(ref.issued)
    if ref.url:
        # Not escaped: that would change the address.
        fields.append(("url", _address(ref.url)))
        if ref.accessed:
            fields.append(("urldate", ref.accessed.isoformat()))
    if note := _note(ref):
        fields.append(("note", _tex(note)))
    # The months are BibTeX's own names, so they have no braces.
    lines = [
        f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}"
        for name, value in fields
    ]
    return f"@misc{{{ref.key},\n" + ",\n".join(lines) + "\n}\n"


def _bibtex_date(when: FuzzyDate) -> list[tuple[str, str]]:
    fields = []
    if known := _known(when):
        fields.append(("year", f"{known[0]:04}"))
        if len(known) > 1:
            fields.append(("month", _MONTHS[known[1] - 1]))
    elif year := _about_year(when):
        # The one way that BibTeX's manual gives for it.
        fields.append(("year", f"about {year:04}"))
    if not when.is_unknown and _LEVEL_1.fullmatch(when.edtf):
        fields.append(("date", when.edtf))
    return fields


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in _line(text))


# --- RIS -------------------------------------------------------------------------------------


def ris(ref: Reference) -> str:
    """One record of RIS, each line ended by CR and LF."""
    lines = [("TY", "NEWS" if ref.is_source and ref.form == "article" else "ELEC")]
    lines += [("ID", ref.key), ("AU", ref.author), ("TI", ref.title)]
    lines += [("T2", ref.publisher if ref.is_source else ref.site)]
    lines += [("PB", ref.publisher if ref.is_source else ref.site)]
    lines += _ris_date(ref.issued)
    lines += [("LA", ref.language), ("UR", _address(ref.url)), ("L2", _address(ref.archive_url))]
    if ref.accessed:
        lines.append(("Y2", f"{ref.accessed:%Y/%m/%d}/"))
    lines += [
        ("AN", "" if ref.is_source else ref.id),
        ("ET", str(ref.version or "")),
        ("N1", _note(ref)),
    ]
    cleaned = [(tag, _line(value)) for tag, value in lines]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in cleaned if value) + "ER  - \r\n"


def _ris_date(when: FuzzyDate) -> list[tuple[str, str]]:
    """Year/month/day/other: what is not a plain date is said in the last part."""
    if known := _known(when):
        numbers = [f"{known[0]:04}", *(f"{part:02}" for part in known[1:]), "", ""]
        return [("PY", numbers[0]), ("DA", "/".join([*numbers[:3], ""]))]
    if when.is_unknown:
        return []
    year = _about_year(when)
    return [("DA", f"{f'{year:04}' if year else ''}///{_english(when)}")]


# --- CSL-JSON --------------------------------------------------------------------------------

_CSL_TYPES: dict[str, str] = {
    SourceKind.ARTICLE: "article-newspaper",
    SourceKind.DOCUMENT: "document",
    SourceKind.FILING: "document",
    SourceKind.POST: "post",
    SourceKind.INTERVIEW: "interview",
}


# A list of numbers over several lines, as ``indent`` writes it. No string holds a line end.
_NUMBERS = re.compile(r"\[\n\s*\d+(?:,\n\s*\d+)*\n\s*\]")


def csl(ref: Reference) -> str:
    """A list of one item in CSL-JSON, as Zotero, Pandoc and citeproc read it."""
    text = json.dumps([csl_item(ref)], ensure_ascii=False, indent=1)
    return _NUMBERS.sub(lambda match: "".join(match[0].split()), text) + "\n"


def csl_item(ref: Reference) -> dict[str, Any]:
    """The reference as an item of CSL-JSON, without what is empty."""
    item: dict[str, Any] = {
        "id": ref.key,
        "type": _CSL_TYPES.get(ref.form, "webpage") if ref.is_source else "webpage",
        "title": _line(ref.title),
        "author": [{"literal": _line(ref.author)}] if _line(ref.author) else None,
        "container-title": _line(ref.publisher if ref.is_source else ref.site),
        "publisher": _line(ref.publisher if ref.is_source else ref.site),
        "issued": _csl_date(ref.issued),
        "accessed": ref.accessed and {"date-parts": [_numbers(ref.accessed)]},
        "URL": _address(ref.url),
        "archive_location": _address(ref.archive_url),
        "number": "" if ref.is_source else ref.id,
        "version": str(ref.version or ""),
        "language": ref.language,
        "note": _note(ref),
    }
    return {name: value for name, value in item.items() if value}


def _csl_date(when: FuzzyDate) -> dict[str, Any]:
    shape = parse_shape(when.edtf)
    if when.is_unknown:
        return {}
    ends = [shape.first, shape.last] if shape.interval else [shape.first]
    parts = [_parts(piece) for piece in ends]
    issued: dict[str, Any] = {"literal": _english(when)}
    if all(parts):
        issued = {"date-parts": [list(part) for part in parts if part]}
    elif len(ends) == 1 and ends[0] and ends[0].kind == "season" and int(ends[0].month) <= 24:
        issued = {"date-parts": [[int(ends[0].year)]], "season": int(ends[0].month) - 20}
    if "literal" not in issued and when.qualifier:
        issued["circa"] = True
    return issued


# --- Wikipedia -------------------------------------------------------------------------------

_WIKI = {character: f"&#{ord(character)};" for character in "|[]{}<>~"}
_ENTITY = re.compile(r"&(?=#?\w+;)")
# Marks of bold, of switches such as __NOTOC__ and of links: only where there are two.
_DOUBLED = re.compile(r"''+|__+|://")
_WIKI_ADDRESS = str.maketrans({"[": "%5B", "]": "%5D", "'": "%27"})


def wikipedia(ref: Reference) -> str:
    """A ``{{cite web}}`` of the English Wikipedia; ``{{citation}}`` where there is no address."""
    dated, also = _wiki_date(ref.issued)
    address = _address(ref.url).translate(_WIKI_ADDRESS)
    fields = [
        ("author", _wiki(ref.author)),
        ("title", _wiki(ref.title)),
        ("url", address),
        ("website", _wiki(ref.site) if not ref.is_source else ""),
        ("publisher", _wiki(ref.publisher) if ref.is_source else ""),
        ("date", dated),
        ("orig-date", also),
        ("id", _wiki(_english_record_words(ref))),
        ("language", _wiki(ref.language) if ref.language != "en" else ""),
        ("access-date", _wiki_day(ref.accessed) if address else ""),
    ]
    if address and ref.archive_url and ref.archived:
        archive = _address(ref.archive_url).translate(_WIKI_ADDRESS)
        fields += [("archive-url", archive), ("archive-date", _wiki_day(ref.archived))]
        fields += [("url-status", "live")]
    name = "cite web" if address else "citation"
    return "{{%s %s}}" % (name, " ".join(f"|{key}={value}" for key, value in fields if value))  # noqa: UP031 - braces


def _wiki(text: str) -> str:
    text = _ENTITY.sub("&amp;", _line(text))
    text = "".join(_WIKI.get(character, character) for character in text)
    return _DOUBLED.sub(
        lambda match: "".join(f"&#{ord(character)};" for character in match[0]), text
    )


def _wiki_date(when: FuzzyDate) -> tuple[str, str]:
    """What ``date`` takes, and for ``orig-date`` the words of what it does not take."""
    if _known(when):
        return _english(when), ""
    if when.is_unknown:
        return "n.d.", ""
    words = _wiki(_english(when))
    year = _about_year(when)
    return (f"c. {year}", "") if year and when.precision == "year" else ("n.d.", words)


def _wiki_day(day: date | None) -> str:
    return _english(FuzzyDate(day.isoformat())) if day else ""


# --- Shared ----------------------------------------------------------------------------------


def _line(text: str) -> str:
    """The text in one line, without control characters and halves of surrogate pairs."""
    return " ".join(
        "".join(
            character if unicodedata.category(character) not in ("Cc", "Cs") else ""
            for character in " ".join(text.split())
        ).split()
    )


def _address(url: str) -> str:
    """The address with everything percent-encoded that an address may not hold."""
    return quote(url.strip(), safe="%/:?#[]@!$&'()*+,;=~-._", errors="replace")


def _numbers(day: date) -> list[int]:
    return [day.year, day.month, day.day]


def _parts(piece: Piece | None) -> tuple[int, ...]:
    """(year,), (year, month) or (year, month, day) of a calendar date; () for all else."""
    if piece is None or piece.kind not in ("day", "month", "year"):
        return ()
    parts = [part for part in (piece.year, piece.month, piece.day) if part and part != "XX"]
    return tuple(int(part) for part in parts)


def _known(when: FuzzyDate) -> tuple[int, ...]:
    """The parts of a date that is one day, month or year without doubt; () for all else."""
    shape = parse_shape(when.edtf)
    return () if shape.interval or when.qualifier else _parts(shape.first)


def _about_year(when: FuzzyDate) -> int:
    """The year of one approximate or uncertain date; 0 for all else."""
    shape = parse_shape(when.edtf)
    parts = () if shape.interval or not when.qualifier else _parts(shape.first)
    return parts[0] if parts else 0


def _english(when: FuzzyDate) -> str:
    """The date's words. The machine forms are English whatever the page is in."""
    with override("en"):
        return str(when.span_words())


def _english_record_words(ref: Reference) -> str:
    with override("en"):
        words = ref.record_words
        return words[:1].upper() + words[1:]


def _note(ref: Reference) -> str:
    """Which version it is, the words of a date that is no plain one, and the reference's note."""
    parts = [_english_record_words(ref), _line(ref.note)]
    if not _known(ref.issued) and not ref.issued.is_unknown:
        parts.insert(1, f"Published {_english(ref.issued)}")
    return ". ".join(part.rstrip(".") for part in parts if part)


# --- The table -------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReferenceForm:
    """One way to write a reference; ``suffix`` and ``media_type`` where it is a file too."""

    name: str
    label: str
    write: Callable[[Reference], str]
    suffix: str = ""
    media_type: str = ""


REFERENCE_FORMS = (
    ReferenceForm("bibtex", "BibTeX", bibtex, "bib", "application/x-bibtex; charset=utf-8"),
    ReferenceForm("ris", "RIS", ris, "ris", "application/x-research-info-systems; charset=utf-8"),
    ReferenceForm("csl", "CSL-JSON", csl, "csl.json", "application/vnd.citationstyles.csl+json"),
    ReferenceForm("wikipedia", "Wikipedia", wikipedia),
)
REFERENCE_FILES = {form.suffix: form for form in REFERENCE_FORMS if form.suffix}
