"""References for citing: in words, and as BibTeX, RIS, CSL-JSON and a Wikipedia template.

A date that is not exact never becomes one: each form says as much as is known in the way it has
for that, and in words where it has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from kb.dates import FuzzyDate
from kb.dates.edtf import Piece, parse_shape
from kb.formats.cited_work import (
    Reference,
    encoded_address,
    one_line,
    plain_reference,
    recorded_sentence,
)
from kb.record.vocabulary import SourceKind

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
    if ref.names:
        # Each in braces of its own, so that no name is taken apart and "and" divides nothing else.
        fields.insert(0, ("author", " and ".join(f"{{{_tex(name)}}}" for name in ref.names)))
    if how := _published_in(ref):
        fields.append(("howpublished", _tex(how)))
    fields += _bibtex_date(ref.issued)
    if ref.url:
        # Not escaped: that would change the address.
        fields.append(("url", encoded_address(ref.url)))
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
    return "".join(_TEX.get(character, character) for character in one_line(text))


# --- RIS -------------------------------------------------------------------------------------


def ris(ref: Reference) -> str:
    """One record of RIS, each line ended by CR and LF."""
    lines = [("TY", "NEWS" if ref.is_source and ref.form == "article" else "ELEC")]
    lines += [("ID", ref.key), *(("AU", name) for name in ref.names), ("TI", ref.title)]
    lines += [("T2", ref.container), ("PB", ref.container)]
    lines += _ris_date(ref.issued)
    lines += [
        ("LA", ref.language),
        ("UR", encoded_address(ref.url)),
        ("L2", encoded_address(ref.archive_url)),
    ]
    if ref.accessed:
        lines.append(("Y2", f"{ref.accessed:%Y/%m/%d}/"))
    lines += [
        ("AN", "" if ref.is_source else ref.id),
        ("ET", str(ref.version or "") if not ref.is_source else ""),
        ("DB", ref.site if ref.is_entry else ""),
        ("N1", _note(ref)),
    ]
    cleaned = [(tag, one_line(value)) for tag, value in lines]
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
        "title": one_line(ref.title),
        "author": [{"literal": name} for name in ref.names],
        "container-title": ref.container,
        "publisher": ref.container,
        "issued": _csl_date(ref.issued),
        "accessed": ref.accessed and {"date-parts": [_numbers(ref.accessed)]},
        "URL": encoded_address(ref.url),
        "archive_location": encoded_address(ref.archive_url),
        "number": "" if ref.is_source else ref.id,
        "version": str(ref.version or "") if not ref.is_source else "",
        "language": ref.language,
        "source": one_line(ref.site) if ref.is_entry else "",
        "section": one_line(ref.carrier.place) if ref.carrier else "",
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
    address = encoded_address(ref.url).translate(_WIKI_ADDRESS)
    place = ref.carrier.place if ref.carrier else ""
    fields = [
        *_wiki_authors(ref),
        ("title", _wiki(ref.title)),
        ("url", address),
        ("website", _wiki(ref.container) if not ref.is_source else ""),
        ("publisher", _wiki(ref.container) if ref.is_source else ""),
        ("type", _wiki(_in_english(_kind_of_words, ref))),
        ("at", _wiki(place)),
        ("via", _wiki(ref.site) if ref.is_entry else ""),
        ("date", dated),
        ("orig-date", also),
        ("id", _wiki(_in_english(_record_words, ref)) if not ref.is_source else ""),
        ("language", _wiki(ref.language) if ref.language != "en" else ""),
        ("access-date", _wiki_day(ref.accessed) if address else ""),
    ]
    if address and ref.archive_url and ref.archived:
        archive = encoded_address(ref.archive_url).translate(_WIKI_ADDRESS)
        fields += [("archive-url", archive), ("archive-date", _wiki_day(ref.archived))]
        fields += [("url-status", "live")]
    name = "cite web" if address else "citation"
    return "{{%s %s}}" % (name, " ".join(f"|{key}={value}" for key, value in fields if value))  # noqa: UP031 - braces


def _wiki_authors(ref: Reference) -> list[tuple[str, str]]:
    names = [_wiki(name) for name in ref.names]
    if ref.kind in ("view", "claims", "claim", "incident"):
        return []  # the website says it
    if len(names) < 2:
        return [("author", name) for name in names]
    return [(f"author{number}", name) for number, name in enumerate(names, start=1)]


def _wiki(text: str) -> str:
    text = _ENTITY.sub("&amp;", one_line(text))
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


def _in_english(words_of: Callable[[Reference], str], ref: Reference) -> str:
    with override("en"):
        words = words_of(ref)
        return words[:1].upper() + words[1:]


def _record_words(ref: Reference) -> str:
    return ref.record_words


def _kind_of_words(ref: Reference) -> str:
    """To whom a statement was made, and how its carrier has the words."""
    if not ref.speech:
        return ""
    parts = (ref.speech.to_words, ref.speech.printed_words(ref.carrier))
    return ", ".join(one_line(part) for part in parts if part)


def _published_in(ref: Reference) -> str:
    """Where a source or an entry was published, in English; "" for a compilation."""
    if ref.is_entry:
        return _in_english(lambda ref: ref.carrier_words, ref)
    return ref.container if ref.is_source else ""


def _note(ref: Reference) -> str:
    """Who spoke and where it is printed, the version, and what else the reference says."""
    parts = []
    if ref.speech:
        parts = [_in_english(lambda ref: ref.speaker_words, ref)]
    if ref.is_entry:
        parts.append(_published_in(ref))
        if ref.speech and ref.carrier and ref.carrier.title:
            parts.append(f"In “{one_line(ref.carrier.title)}”")
        if ref.carrier and ref.carrier.others:
            parts.append(f"Further sources: {ref.carrier.others}")
        parts.append(f"Recorded in {one_line(ref.site)}")
    if ref.is_source and ref.record_url:
        parts.append(_in_english(recorded_sentence, ref))
    elif not ref.is_source:
        parts.append(_in_english(_record_words, ref))
    if not _known(ref.issued) and not ref.issued.is_unknown:
        verb = "Said" if ref.speech else "Published"
        parts.append(f"{verb} {_english(ref.issued)}")
    parts.append(one_line(ref.note))
    return ". ".join(part.rstrip(".") for part in parts if part)


# --- The table -------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReferenceForm:
    """One way to write a reference; ``suffix`` and ``media_type`` where it is a file too."""

    name: str
    label: str | Promise
    write: Callable[[Reference], str]
    suffix: str = ""
    media_type: str = ""


REFERENCE_FORMS = (
    ReferenceForm("plain", gettext_lazy("Plain"), plain_reference),
    ReferenceForm("bibtex", "BibTeX", bibtex, "bib", "application/x-bibtex; charset=utf-8"),
    ReferenceForm("ris", "RIS", ris, "ris", "application/x-research-info-systems; charset=utf-8"),
    ReferenceForm("csl", "CSL-JSON", csl, "csl.json", "application/vnd.citationstyles.csl+json"),
    ReferenceForm("wikipedia", "Wikipedia", wikipedia),
)
REFERENCE_FILES = {form.suffix: form for form in REFERENCE_FORMS if form.suffix}
