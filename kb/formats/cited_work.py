"""What a reference names: the work, who said or wrote it, which carrier has it, and its version."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.dates import UNKNOWN, FuzzyDate
from kb.record.headlines import possibly
from kb.record.name_lists import join_names
from kb.record.quotation import NOT_STATED, REPORTED
from kb.record.vocabulary import Labels, RecordKind, Wording

KIND_NAMES: Labels = {
    RecordKind.EVENT: RecordKind.EVENT.label,
    RecordKind.STATEMENT: RecordKind.STATEMENT.label,
    RecordKind.REQUEST: RecordKind.REQUEST.label,
    RecordKind.SOURCE: RecordKind.SOURCE.label,
    RecordKind.INCIDENT: RecordKind.INCIDENT.label,
    "view": gettext_lazy("timeline view"),
    "frozen": gettext_lazy("frozen list"),
    "claims": gettext_lazy("list of claims"),
    "claim": RecordKind.PROPOSITION.label,
}
# How a carrier has the words of a statement.
_PRINTED: Labels = {
    Wording.ORIGINAL: gettext_lazy("in the exact words, as printed in %(carrier)s"),
    Wording.TRANSLATED: gettext_lazy("as printed, translated, in %(carrier)s"),
    Wording.BACK_TRANSLATED: gettext_lazy("as printed, back-translated, in %(carrier)s"),
    Wording.REWORDED: gettext_lazy("as printed, reworded, in %(carrier)s"),
    Wording.PARAPHRASE: gettext_lazy("as paraphrased in %(carrier)s"),
    REPORTED: gettext_lazy("as reported in %(carrier)s"),
    NOT_STATED: gettext_lazy("as printed, wording not stated, in %(carrier)s"),
}


@dataclass(frozen=True)
class Carrier:
    """The source from which an entry has its words or facts.

    ``name`` is its publisher, or its title without one; ``title`` is "" where the name is the
    title. ``place`` is where in it they stand. ``relay`` names the source that was read in its
    place, and ``others`` counts the further sources of the entry that were read.
    """

    name: str
    title: str = ""
    place: str = ""
    relay: str = ""
    link: str = ""
    others: int = 0

    @property
    def words(self) -> str:
        """ "The Verge, as cited in Machine Heart, not read by us"."""
        name = one_line(self.name)
        if not self.relay:
            return name
        names = {"name": name, "via": one_line(self.relay)}
        return _("%(name)s, as cited in %(via)s, not read by us") % names


@dataclass(frozen=True)
class Speech:
    """How a statement was made: in what capacity, for whom, to whom, and in what kind of words.

    ``kind`` is that of a ``Quotation``. ``label`` is what a source calls the speaker beside the
    names; ``ascribed`` names to whom an outlet ascribes its own words.
    """

    kind: str
    label: str = ""
    role: str = ""
    principals: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    ascribed: str = ""
    is_certain: bool = True

    @property
    def to_words(self) -> str:
        """ "to The Verge"; "" if it is not stated."""
        return _("to %(names)s") % {"names": join_names(self.to)} if self.to else ""

    def printed_words(self, carrier: Carrier | None) -> str:
        """ "as printed, back-translated, in Machine Heart"."""
        name = carrier.words if carrier else _("a source that is not stated")
        return str(_PRINTED[self.kind]) % {"carrier": name}


@dataclass(frozen=True)
class Reference:
    """What is cited: a version of an entry, a compilation of this site, or a source itself.

    ``kind`` is event, statement, request, incident, claim, claims, view, frozen or source; ``site``
    is the name of this site, which is an author of compilations only. ``url`` is an absolute
    address: of an entry that of its version. ``authors`` are the speakers of a statement, or who
    signed the carrier of an event. ``record_url`` is the address of the version of what this site
    holds on a source, whose ``url`` is its own. ``issued`` is when a statement was made, or when
    the carrier or the compilation was published. Every text may hold anything.
    """

    kind: str
    title: str
    url: str
    site: str
    id: str = ""
    version: int = 0
    record_url: str = ""
    issued: FuzzyDate = UNKNOWN
    authors: tuple[str, ...] = ()
    publisher: str = ""
    carrier: Carrier | None = None
    speech: Speech | None = None
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
        # A source is the same whatever version of it is held here.
        has_version = self.version and not self.is_source
        return f"{self.kind}-{own}" + (f"-v{self.version}" if has_version else "")

    @property
    def is_source(self) -> bool:
        return self.kind == "source"

    @property
    def is_entry(self) -> bool:
        return self.kind in (RecordKind.EVENT, RecordKind.STATEMENT, RecordKind.REQUEST)

    @property
    def names(self) -> list[str]:
        """The authors, each in one line, without empty ones."""
        return [name for author in self.authors if (name := one_line(author))]

    @property
    def container(self) -> str:
        """Where the work stands: its carrier or publisher; this site for a compilation."""
        if self.is_entry:
            return one_line(self.carrier.name) if self.carrier else ""
        return one_line(self.publisher if self.is_source else self.site)

    @property
    def record_words(self) -> str:
        """ "event g9d4cbrm, version 2", "timeline view, record version 7"."""
        kind = str(KIND_NAMES[self.kind])
        if not self.id:
            words = {"kind": kind, "version": self.version}
            return _("%(kind)s, record version %(version)d") % words if self.version else kind
        return _("%(kind)s %(id)s, version %(version)d") % {
            "kind": kind,
            "id": self.id,
            "version": self.version,
        }

    @property
    def speaker_words(self) -> str:
        """Who speaks, in what capacity, for whom, of whom and to whom; "" for no statement."""
        speech = self.speech
        if not speech:
            return ""
        names = join_names(self.names) or _("speaker not stated")
        if not speech.is_certain and self.names:
            names = possibly(names)
        principals = [name for name in speech.principals if name not in self.authors]
        ascribed = _("of %(name)s") % {"name": speech.ascribed} if speech.ascribed else ""
        parts = [names, speech.label, speech.role, join_names(principals), ascribed]
        return ", ".join(line for part in (*parts, speech.to_words) if (line := one_line(part)))

    @property
    def carrier_words(self) -> str:
        """Where it is printed, with the place: for a statement after the kind of its words."""
        carrier = self.carrier
        if self.speech:
            words = self.speech.printed_words(carrier)
        elif carrier:
            title = _("in %(title)s") % {"title": _in_marks(carrier.title)} if carrier.title else ""
            words = ", ".join(part for part in (title, carrier.words) if part)
        else:
            return ""
        place = one_line(carrier.place) if carrier else ""
        return ", ".join(part for part in (words, place) if part)


def plain_reference(ref: Reference) -> str:
    """One or two sentences with the address, in the active language."""
    if not ref.is_entry:
        names = join_names(ref.names) if ref.is_source else ""
        publisher = one_line(ref.publisher) if ref.is_source else ref.record_words
        site = "" if ref.is_source else one_line(ref.site)
        parts = [names, _in_marks(ref.title), publisher, site, ref.issued.span_words()]
        sentence = ", ".join(part for part in parts if part)
        recorded = recorded_sentence(ref) if ref.record_url else ""
        return f"{sentence}. {encoded_address(ref.url)} {recorded}".strip()
    if ref.speech:
        parts = [ref.speaker_words, ref.issued.span_words(), ref.carrier_words]
    else:
        names = join_names(ref.names)
        parts = [names, _in_marks(ref.title), ref.carrier_words, ref.issued.span_words()]
    sentence = ", ".join(part for part in parts if part)
    return f"{sentence[:1].upper()}{sentence[1:]}. {recorded_sentence(ref)}"


def recorded_sentence(ref: Reference) -> str:
    """ "Recorded in On the Record, event g9d4cbrm, version 2, https://…"."""
    return _("Recorded in %(site)s, %(record)s, %(address)s") % {
        "site": one_line(ref.site),
        "record": ref.record_words,
        "address": encoded_address(ref.record_url or ref.url),
    }


def one_line(text: str) -> str:
    """The text in one line, without control characters and halves of surrogate pairs."""
    return " ".join(
        "".join(
            character if unicodedata.category(character) not in ("Cc", "Cs") else ""
            for character in " ".join(text.split())
        ).split()
    )


def encoded_address(url: str) -> str:
    """The address with everything percent-encoded that an address may not hold."""
    return quote(url.strip(), safe="%/:?#[]@!$&'()*+,;=~-._", errors="replace")


def _in_marks(title: str) -> str:
    """A title in quotation marks; those inside it become single ones."""
    single = one_line(title).replace("“", "‘").replace("”", "’")
    return _("“%(title)s”") % {"title": single}
