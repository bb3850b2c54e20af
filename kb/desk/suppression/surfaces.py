"""The registry of everything that can have words of the record in it, and what removes them there.

A test compares it with the tables, routes, formats, commands and logs that there are, so that a new
one is not forgotten. Receipts are made from it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from kb.record.vocabulary import Label


class Way(StrEnum):
    """How words are removed from a surface."""

    REWRITTEN = "rewritten"  # the rows of the record itself, and with `everywhere` those of others
    COPIES = "copies"  # rows in which the same words are replaced
    COVERED = "covered"  # the same, with signs of the same number
    REMADE = "remade"  # made again from what is stored
    DELETED = "deleted"
    RENDERED = "rendered"  # made from stored rows for each publication version
    NO_WORDS = "no_words"


class TableSurface(NamedTuple):
    """A table: the way, and its columns that can have words of the record."""

    way: Way
    columns: tuple[str, ...] = ()


TABLES: dict[str, TableSurface] = {
    # What readers get is made from these.
    "record_revision": TableSurface(Way.REWRITTEN, ("document", "title", "slug", "note")),
    "desk_snapshot": TableSurface(Way.REWRITTEN, ("document",)),
    # Without the salts of removed fields nothing can be guessed from the public log.
    "record_commitments": TableSurface(Way.REWRITTEN, ("names", "slots", "forgotten")),
    # The rows of the desk.
    "desk_actor": TableSurface(Way.REWRITTEN, ("name", "summary", "website", "slug")),
    "desk_actorname": TableSurface(Way.REWRITTEN, ("name", "note")),
    "desk_affiliation": TableSurface(Way.REWRITTEN, ("title",)),
    "desk_incident": TableSurface(Way.REWRITTEN, ("title", "summary", "slug")),
    "desk_topic": TableSurface(Way.REWRITTEN, ("name", "slug")),
    "desk_event": TableSurface(Way.REWRITTEN, ("title", "summary", "place_name", "slug")),
    "desk_source": TableSurface(
        Way.REWRITTEN, ("title", "byline", "note", "url", "archive_url", "slug")
    ),
    "desk_sourcerelation": TableSurface(Way.REWRITTEN, ("note",)),
    "desk_statement": TableSurface(
        Way.REWRITTEN,
        (
            "headline",
            "text",
            "original_text",
            "override_reason",
            "speaker_label",
            "role_as_of",
            "channel",
            "place_name",
            "slug",
        ),
    ),
    "desk_proposition": TableSurface(Way.REWRITTEN, ("text", "options", "unit", "slug")),
    "desk_stance": TableSurface(Way.REWRITTEN, ("exact", "option", "note")),
    "desk_request": TableSurface(Way.REWRITTEN, ("text", "slug")),
    "desk_citation": TableSurface(Way.REWRITTEN, ("exact", "locator", "translator", "note")),
    "desk_figure": TableSurface(Way.REWRITTEN, ("exact", "label", "locator", "unit")),
    "desk_entrylink": TableSurface(Way.REWRITTEN, ("exact",)),
    # Logs, remarks, reports and imports.
    "desk_edition": TableSurface(Way.COPIES, ("note", "state")),
    "desk_transfer": TableSurface(
        Way.COPIES, ("origin_title", "target_title", "note", "wanted", "moved")
    ),
    "desk_comment": TableSurface(Way.COPIES, ("text",)),
    "desk_importbatch": TableSurface(Way.COPIES, ("name",)),
    "desk_importedrow": TableSurface(Way.COPIES, ("external_id", "before")),
    "desk_importorigin": TableSurface(Way.COPIES, ("options",)),
    "desk_report": TableSurface(Way.COPIES, ("text", "source_url", "sentence")),
    "desk_reportmessage": TableSurface(Way.COPIES, ("text",)),
    "desk_reportstep": TableSurface(Way.COPIES, ("note",)),
    "desk_suppressionrequest": TableSurface(Way.COPIES, ("receipt",)),
    "record_handledreport": TableSurface(Way.COPIES, ("sentence",)),
    "record_frozenview": TableSurface(Way.COPIES, ("query",)),
    "django_admin_log": TableSurface(Way.COPIES, ("object_repr", "change_message")),
    # Positions in these texts are stored, so they keep their length.
    "desk_sourcetext": TableSurface(Way.COVERED, ("body",)),
    "desk_passagemark": TableSurface(Way.COVERED, ("exact", "before", "after")),
    "desk_dismissedproposal": TableSurface(Way.COVERED, ("exact", "before", "after")),
    # The read index, made from the revisions.
    "record_entry": TableSurface(Way.REMADE, ("search_text",)),
    "record_listedrecord": TableSurface(Way.REMADE, ("search_text", "name_key", "initial")),
    "record_addressindex": TableSurface(Way.REMADE, ("slug", "reversed_slug")),
    "record_facet": TableSurface(Way.REMADE, ("value",)),
    "record_listtotal": TableSurface(Way.REMADE, ("initial",)),
    "record_pendingdependants": TableSurface(Way.REMADE, ("value",)),
    # Files that are not loaded yet, and forms that are kept while a sign-in is renewed.
    "desk_upload": TableSurface(Way.DELETED, ("content", "layout", "report", "notes", "options")),
    # The digest of a short passage could be guessed; the next check makes them again.
    "desk_sourcecheck": TableSurface(Way.DELETED, ("text", "detail", "moved_to")),
    "django_session": TableSurface(Way.DELETED, ("session_data",)),
}
# Tables with texts that are no words of the record: codes, ids, names of accounts and rights.
TABLES_WITHOUT_WORDS = frozenset(
    {
        "account_emailaddress", "account_emailconfirmation", "auth_group", "auth_permission",
        "auth_user", "desk_approval", "desk_cache", "desk_distinctpair", "desk_participation",
        "desk_reference",
        "desk_reviewrequest", "desk_rightschange", "django_content_type", "django_migrations",
        "mfa_authenticator", "record_claiminput", "record_entrychange", "record_listedclaim",
        "record_logleaf", "record_loghead", "record_lognode", "record_sourceparent",
        "record_suppression",
    }
)  # fmt: skip
# Columns of these tables and others that have codes, ids, digests or parts of dates.
COLUMNS_WITHOUT_WORDS = frozenset(
    {
        "about", "actor_kind", "attribution", "bearing", "change", "client", "derivation", "digest",
        "done", "email", "field", "file_kind", "form", "how", "identity", "kind", "language",
        "link_kind", "log_id", "maker", "members", "name_kind", "number_bound", "object_id",
        "origin", "original_language", "outcome", "own_kind", "owner", "part", "place_wikidata",
        "position", "previous", "public_id", "question", "reason", "replacement", "result",
        "runner", "same_speaker_certainty",
        "session_key", "sha256", "sort_key", "source", "source_kind", "standing", "state", "status",
        "target", "ticket_sha256", "unfinished", "wikidata", "wording", "worker", "name",
    }
)  # fmt: skip
# Dates have an EDTF value, a phrase of the source, a zone and a time.
DATE_COLUMNS = frozenset({"happened", "published", "said", "asked_on", "no_reply_by", "dated",
                          "since", "until"})  # fmt: skip
# Command of the program, by whether it writes words of the record, and what it reads.
COMMANDS: dict[str, Way] = {
    "backup": Way.RENDERED,
    "export_kb": Way.RENDERED,
    "import_kb": Way.REWRITTEN,  # removes again what the site has removed
    "restore": Way.REWRITTEN,  # likewise
    "import_csv": Way.REWRITTEN,
    "import_jsonl": Way.REWRITTEN,
    "import_table": Way.REWRITTEN,
    "import_timelinejs": Way.REWRITTEN,
    "import_undo": Way.COPIES,
    "loaddata": Way.REWRITTEN,
    "publish": Way.REWRITTEN,
    "suppress": Way.REWRITTEN,
    "verify_record": Way.NO_WORDS,
    "check_sources": Way.COPIES,
    "demo": Way.NO_WORDS,
    "dev": Way.NO_WORDS,
    "preflight": Way.NO_WORDS,
    "tidy_reports": Way.NO_WORDS,
}
# Loggers write ids, kinds and numbers. A test fails when one is called with a text.
LOGS = Way.NO_WORDS
# Files beside the database, by the setting or the place.
FILES: dict[str, Way] = {
    "EXPORT_FILES": Way.DELETED,
    "EXPORT_LINES": Way.DELETED,
    "PAST_FOLDER": Way.DELETED,
    "READING_INDEX": Way.REMADE,
    "database": Way.DELETED,
}


class RouteGroup(NamedTuple):
    """Addresses of readers that are made from the revisions for each publication version.

    Names of routes are whole ones, or the part before or after the name of a kind of record.
    """

    label: Label
    names: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


# Formats of lists and entries, and of references; the name of a route ends in one of them.
FORMATS = frozenset(
    {
        "json", "jsonl", "csv", "atom", "feed.json", "ics", "jsonld", "timelinejs.json", "md",
        "bib", "ris", "csl.json",
    }
)  # fmt: skip
# The first group that a route belongs to counts.
ROUTES: dict[str, RouteGroup] = {
    "embeds": RouteGroup(
        _("Embedded pages, oEmbed and pictures of shared links"),
        frozenset({"oembed", "card"}),
        beginnings=("embed-",),
        ends=("-card",),
    ),
    "frozen": RouteGroup(
        _("Frozen lists, on their pages and in their files"),
        beginnings=("frozen-", "freeze-"),
    ),
    "feeds": RouteGroup(
        _("Feeds, calendars and the sitemap"),
        frozenset({"sitemap"}),
        beginnings=("sitemap-",),
        ends=("-atom", "-feed-json", "-ics"),
    ),
    "files": RouteGroup(
        _("Files of all formats and the API"),
        frozenset({"proof", "version-proof"}),
        ends=tuple(f"-{name.replace('.', '-')}" for name in sorted(FORMATS))
        + tuple(f"-{name.partition('.')[0]}" for name in sorted(FORMATS)),
    ),
    "search": RouteGroup(
        _("Search, filters, lists of names and suggestions"),
        frozenset({"search", "quotes", "actors", "sources", "incidents"}),
        ends=("-options", "-options-fragment", "-numbers", "-numbers-fragment"),
    ),
    "pages": RouteGroup(
        _("Pages of the site, with titles, addresses, histories and tombstones"),
        frozenset(
            {
                "home", "timeline", "incident", "claims", "claim", "event", "statement", "request",
                "actor", "compare", "source", "changes", "reports", "incident-actors",
                "incident-speakers", "incident-sources", "incident-changes", "report",
            }
        ),
        ends=("-history", "-version", "-fragment"),
    ),
}  # fmt: skip
# Pages of the program, of the site and of one reader, who has sent the words on it.
ROUTES_WITHOUT_WORDS = frozenset(
    {
        "robots", "security-txt", "webmanifest", "about", "accessibility", "method", "method-dates",
        "method-words", "method-corrections", "api", "openapi", "api-schema", "api-catalog",
        "removed", "report-ticket", "report-take-back", "checkpoint", "log-key", "log-entries",
        "log-tile", "verify-program",
    }
)  # fmt: skip
# What nobody can reach from here.
OUT_OF_REACH: dict[str, Label] = {
    "mails": _("Mails and notices that were sent"),
    "exports": _("Files, feeds and pages that others have downloaded, and their copies"),
    "backups": _("Backups made before; restoring one removes the words again"),
    "mirrors": _("Static exports of the site, until they are made again"),
    "search_engines": _("Results and copies of search engines, until they read the page again"),
    "browsers": _("What browsers keep: open pages, and drafts that editors have not saved"),
    "server_logs": _("Logs of web servers, which have the earlier address"),
    "database_archives": _("PostgreSQL: base backups and archived write-ahead logs"),
}


def route_group(name: str) -> str:
    """The group of a route of readers, "" for one without words. Raises KeyError if it has none."""
    if name in ROUTES_WITHOUT_WORDS:
        return ""
    for group, routes in ROUTES.items():
        if name in routes.names or name.startswith(routes.beginnings or ("\0",)):
            return group
        if name.endswith(routes.ends or ("\0",)):
            return group
    raise KeyError(name)
