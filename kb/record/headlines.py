"""The headline of an entry: its title and whose account it is, in the language of the page.

An event that is one party's account, reported or announced never stands as a fact: its headline
names who says so. Everything that shows the title of an entry takes it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kb.record.documents import AccountSource, CitationPart, Document
from kb.record.documents import Voice as DocumentVoice
from kb.record.name_lists import join_names
from kb.record.request_headlines import document_headline
from kb.record.vocabulary import Bearing, Certainty, RecordKind, Reliability, StatementForm

# Events that happened according to somebody.
ACCOUNT_STANDINGS = frozenset({Reliability.ONE_PARTY, Reliability.REPORTED, Reliability.ANNOUNCED})
MAX_REPORTERS = 3  # named of those that report an event whose account nobody has recorded
_SLOT = "\0"


@dataclass(frozen=True)
class Headline:
    """A title, and the words before or after it that say whose account it is.

    ``before`` and ``after`` bring their own punctuation and spaces; both are empty for an entry
    that needs no account. With ``is_hidden`` the title is what a withdrawn record shows instead of
    its own (``kb.record.hidden_titles``).
    """

    title: str
    before: str = ""
    after: str = ""
    is_hidden: bool = False

    @property
    def account(self) -> str:
        """The words besides the title."""
        return f"{self.before}{self.after}".strip()

    @property
    def words(self) -> str:
        """The whole headline as plain text."""
        return f"{self.before}{self.title}{self.after}"


class EventAccount(NamedTuple):
    """Whose account an event is: the names, how the headline says it, and the actors of it."""

    names: list[str]
    is_reported_by: bool = False
    actors: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        return join_names(self.names)


def headline(entry: Mapping[str, object]) -> Headline:
    """The headline of a row of an entry, or of a link to one, with the title apart.

    Anything else that has a title has that alone.
    """
    title = str(entry["title"])
    words = str(entry.get("headline") or title)
    if not title or title not in words:
        return Headline(words)  # a title that is not typed yet
    before, _whole, after = words.partition(title)
    return Headline(title, before, after)


def entry_headline(document: Document, documents: Mapping[str, Document]) -> Headline:
    """The headline of an entry's document; ``documents`` are those that it names, by public id."""
    title = document["title"]
    if document["kind"] == RecordKind.EVENT:
        account = event_account(document, documents)
        return _with_account(title, document["standing"], account) if account else Headline(title)
    if document.get("form") == StatementForm.ATTRIBUTED:
        outlet = _title_of(document["attributed_by"], documents)
        return _attributed(title, outlet, speaker_names(document["voice"], documents))
    if document["kind"] == RecordKind.REQUEST:
        return Headline(document_headline(document, documents))
    return Headline(title)


def event_account(document: Document, documents: Mapping[str, Document]) -> EventAccount | None:
    """Whose account an event is; None for one that is undisputed.

    Without a recorded account, those are named whose sources support the event.
    """
    if document["standing"] not in ACCOUNT_STANDINGS:
        return None
    accounts = [(account, account_name(account, documents)) for account in document["according_to"]]
    names = list(dict.fromkeys(name for _account, name in accounts if name))
    if names:
        holders = [_holder_ids(account, documents) for account, _name in accounts]
        return EventAccount(names, False, frozenset().union(*holders))
    return EventAccount(_reporters(document, documents), True)


def account_holders(document: Document) -> list[str]:
    """The ids of the statements and sources that the headline of an event names somebody of."""
    if document["kind"] != RecordKind.EVENT:
        return []
    holders = [account["statement"] or account["source"] for account in document["according_to"]]
    if document["standing"] in ACCOUNT_STANDINGS:
        holders += [citation["source"] for citation in _supporting(document)]
    return [public_id for public_id in holders if public_id]


def account_name(account: AccountSource, documents: Mapping[str, Document]) -> str:
    """Who gives an account: the party that a statement speaks for, or a source's publisher."""
    statement = documents.get(account["statement"] or "")
    if statement:
        return statement_holder(statement, documents)
    source = documents.get(account["source"] or "")
    return source_holder(source, documents) if source else ""


def statement_holder(statement: Document, documents: Mapping[str, Document]) -> str:
    """Whose words a statement has: the represented parties, else the speakers.

    Of reported speech, the outlet that ascribes it.
    """
    if statement["form"] == StatementForm.ATTRIBUTED:
        return _title_of(statement["attributed_by"], documents)
    voice = statement["voice"]
    principals = _titles_of(voice["principals"], documents)
    names = principals or speaker_names(voice, documents)
    return join_names(names) or voice["label"] or _("an unnamed speaker")


def source_holder(source: Document, documents: Mapping[str, Document]) -> str:
    """The publisher of a source, else its title."""
    return _title_of(source["publisher"], documents) or source["title"]


def speaker_names(voice: DocumentVoice, documents: Mapping[str, Document]) -> list[str]:
    """The named speakers, each marked if the sources leave open who spoke."""
    names = _titles_of(voice["speakers"], documents)
    if voice["identity"] == Certainty.POSSIBLE:
        return [possibly(name) for name in names]
    return names


def possibly(name: str) -> str:
    """The name of somebody of whom it is not certain that they spoke."""
    return _("possibly %(name)s") % {"name": name}


def _with_account(title: str, standing: str, account: EventAccount) -> Headline:
    if not account.names:
        return Headline(title)
    if account.is_reported_by:
        pattern = pgettext("headline", "%(title)s, as reported by %(account)s")
    elif standing == Reliability.ANNOUNCED:
        pattern = pgettext("headline", "%(title)s, announced by %(account)s")
    else:
        pattern = pgettext("headline", "%(title)s, according to %(account)s")
    return filled_pattern(pattern, title, account.words)


def _attributed(title: str, outlet: str, speakers: Sequence[str]) -> Headline:
    if not outlet:
        return Headline(title)
    if any(title.startswith(speaker) for speaker in speakers):
        pattern = pgettext("headline", "According to %(account)s, %(title)s")
    else:
        pattern = pgettext("headline", "According to %(account)s: %(title)s")
    return filled_pattern(pattern, title, outlet)


def filled_pattern(pattern: str, title: str, account: str) -> Headline:
    """A headline whose order is that of a translated pattern with %(title)s and %(account)s."""
    before, _slot, after = (pattern % {"title": _SLOT, "account": account}).partition(_SLOT)
    return Headline(title, before, after)


def _reporters(document: Document, documents: Mapping[str, Document]) -> list[str]:
    names = [
        source_holder(documents[citation["source"]], documents)
        for citation in _supporting(document)
        if citation["source"] in documents
    ]
    names = list(dict.fromkeys(names))
    if len(names) > MAX_REPORTERS:
        return [*names[:MAX_REPORTERS], _("others")]
    return names


def _supporting(document: Document) -> list[CitationPart]:
    return [
        citation for citation in document["citations"] if citation["bearing"] == Bearing.SUPPORTS
    ]


def _holder_ids(account: AccountSource, documents: Mapping[str, Document]) -> set[str]:
    statement = documents.get(account["statement"] or "")
    if statement is None:
        source = documents.get(account["source"] or "")
        return {source["publisher"]} if source and source["publisher"] else set()
    if statement["form"] == StatementForm.ATTRIBUTED:
        return {statement["attributed_by"]} if statement["attributed_by"] else set()
    voice = statement["voice"]
    return set(voice["principals"] or voice["speakers"])


def _title_of(public_id: str | None, documents: Mapping[str, Document]) -> str:
    document = documents.get(public_id or "")
    return document["title"] if document else ""


def _titles_of(public_ids: Iterable[str], documents: Mapping[str, Document]) -> list[str]:
    return [title for public_id in public_ids if (title := _title_of(public_id, documents))]
