"""Makes a mirror: asks for every address of the site, and writes the files that have changed.

It begins with the home pages, the sitemap and the frozen lists, and follows the links of the pages
to all addresses that ``kb.mirror.addresses`` has a file for. A run reads one state of the record,
whatever is published meanwhile. What would be the same as in the last run is not made again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from html import escape, unescape

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db.models import Count
from django.templatetags.static import static
from django.utils import timezone

from kb.mirror import pages
from kb.mirror.addresses import (
    COPY_PAGE,
    SEARCH_PAGE,
    file_of,
    is_about_one_record,
    is_entry_file,
    language_root,
    page_file,
    site_root,
    split_path,
)
from kb.mirror.changed_records import concerned_records, state_as_text
from kb.mirror.folder import MirrorFolder
from kb.mirror.last_run import LastRun, MadePage
from kb.mirror.links import RewrittenPage, css_addresses, rewrite_page
from kb.mirror.manifest import (
    MANIFEST,
    SIGNATURE,
    ManifestHead,
    ManifestInvalid,
    read_signature,
    write_manifest,
    write_signature,
)
from kb.mirror.read_records import ReadRecords
from kb.mirror.requests import AnonymousReader, Answer, one_snapshot, patient_limits
from kb.mirror.search_index import write_search_index
from kb.mirror.work_list import FileEntry, WorkList
from kb.record.addresses import site_origin
from kb.record.frozen_view import FrozenView
from kb.record.models import Entry
from kb.record.publication_version import current_version
from kb.record.signing import public_key_of, signing_key
from kb.record.wall import reading_publicly

# A mirror may lose this share of its files or entries; more is probably a fault.
MAX_SHRINKING = 0.05
PROGRESS_STEP = 500
MAX_LISTED = 10
HTML, CSS, XML = "text/html", "text/css", "application/xml"
# Paths that no page links to. A site may lack those marked, such as one without a contact.
UNLINKED = ("sitemap.xml", "robots.txt", "site.webmanifest", ".well-known/api-catalog")
OPTIONAL = (".well-known/security.txt",)
REDIRECTS = (301, 302, 303, 307, 308)
_LOCATION = re.compile(r"<loc>([^<]+)</loc>")

# A search index has no address of its own to ask for.
SEARCH_INDEX = "search-index"
# Of several servers of readers, each has a state of its own, so a run may have to begin again.
MAX_ATTEMPTS = 3

# Called with the number of addresses so far, and how many of them were not made again.
Progress = Callable[[int, int], object]


class ExportFailed(Exception):
    """No mirror was made, and the one there is was not changed; the message says why."""


class RecordChanged(ExportFailed):
    """Two answers were made from different states of the record."""


@dataclass(frozen=True)
class ExportOptions:
    """``base`` is the path of the mirror on its host, for its error pages."""

    base: str = "/"
    allow_shrinking: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class ExportReport:
    """What a run has done, or with ``dry_run`` would have; ``bytes`` are those of all files.

    ``addresses`` were asked for; ``unchanged`` of them were not made again.
    """

    publication: int
    entries: int
    files: int
    bytes: int
    written: int
    deleted: int
    is_signed: bool
    addresses: int
    unchanged: int


def export_site(
    folder: MirrorFolder,
    options: ExportOptions,
    progress: Progress = lambda addresses, unchanged: None,
) -> ExportReport:
    """Bring the mirror in a folder up to date. Constant memory, whatever the size of the record.

    Raises ExportFailed, FolderRefused (``kb.mirror.folder``), and OSError.
    """
    with folder.locked():
        for _attempt in range(MAX_ATTEMPTS - 1):
            with suppress(RecordChanged):
                return _export_once(folder, options, progress)
        return _export_once(folder, options, progress)


def _export_once(folder: MirrorFolder, options: ExportOptions, progress: Progress) -> ExportReport:
    key = signing_key()
    with (
        closing(WorkList(folder.work / "list.sqlite3")) as work_list,
        closing(LastRun(folder.work)) as last_run,
    ):
        folder.note_old_files(work_list)
        with patient_limits(), reading_publicly(), one_snapshot():
            export = _Export(folder, work_list, last_run, options.base)
            head = export.run(progress)
        if not options.allow_shrinking:
            _check_size(folder.old_head(), head)
        _files, _old, written, deleted = work_list.counts()
        if not options.dry_run:
            if written or deleted or not _is_finished(folder, head, key):
                _finish(folder, work_list, head, key)
            last_run.keep()
        return ExportReport(
            head.publication,
            head.entries,
            head.files,
            head.bytes,
            written,
            deleted,
            key is not None,
            export.addresses,
            export.unchanged,
        )


class _Export:
    def __init__(
        self, folder: MirrorFolder, work_list: WorkList, last_run: LastRun, base: str
    ) -> None:
        self._folder, self._work_list, self._base = folder, work_list, base
        self._last_run = last_run
        state = state_as_text()
        last_run.note_state(state)
        self._concerned = concerned_records(last_run.state(), state)
        self._records = ReadRecords()
        self._reader = AnonymousReader()
        self._faults: list[str] = []
        self._fault_count = 0
        self.addresses = self.unchanged = 0
        number, changed_at = current_version()
        self._moment = pages.RecordMoment(number, changed_at)

    def run(self, progress: Progress) -> ManifestHead:
        """Stage all files, and return what the manifest says of them."""
        self._work_list.add_addresses(self._starts())
        self._add_own_pages()
        with self._records.noting():
            for address, source in self._work_list.addresses():
                self._add(address, source)
                self.addresses += 1
                if self.addresses % PROGRESS_STEP == 0:
                    progress(self.addresses, self.unchanged)
        self._add_search_index()
        entries = Entry.objects.aggregate(number=Count("pk"))["number"]
        # The version only rises, so all pages were made from this one.
        self._check_version(current_version()[0])
        if self._fault_count:
            rest = self._fault_count - len(self._faults)
            more = f"\n… and {rest} more" if rest else ""
            raise ExportFailed("Pages could not be exported:\n" + "\n".join(self._faults) + more)
        moment = self._moment.published_at
        return ManifestHead(
            edition=1,
            site=settings.SITE_URL,
            publication=self._moment.publication,
            published_at=moment.isoformat() if moment else "",
            made_at=timezone.now().isoformat(timespec="seconds"),
            entries=entries,
            files=self._work_list.counts()[0],
            bytes=self._work_list.total_size(),
        )

    # --- Where it begins -----------------------------------------------------------------------

    def _starts(self) -> Iterator[str]:
        for language, _name in settings.LANGUAGES:
            yield language_root(language)
        for path in (*UNLINKED, *OPTIONAL):
            yield f"{site_root()}{path}"
        yield static(pages.STYLESHEET)
        views = FrozenView.objects.order_by("pk").values_list("public_id", flat=True)
        for public_id in views.iterator(chunk_size=1000):
            for language, _name in settings.LANGUAGES:
                yield f"{language_root(language)}views/{public_id}/"

    def _add_own_pages(self) -> None:
        for language, _name in settings.LANGUAGES:
            self._stage_page(
                page_file(COPY_PAGE, language), pages.about_copy_page(language, self._moment)
            )
            self._stage_page(page_file(SEARCH_PAGE, language), pages.copy_search_page(language))
        self._stage_page(pages.AWAY_PAGE, pages.away_page(self._base))
        address = f"{site_root()}{pages.MISSING_PAGE}"
        with self._reader.get(address) as answer:
            page = rewrite_page(
                answer.read().decode(), address, pages.MISSING_PAGE, base=self._base
            )
        self._stage_page(pages.MISSING_PAGE, page)

    # --- One address ---------------------------------------------------------------------------

    def _add(self, address: str, source: str) -> None:
        made = self._stored(address)
        if made and self._is_unconcerned(made):
            self._keep(address, made)
            return
        self._records.begin()
        with self._reader.get(address, made.etag if made else "") as answer:
            if answer.publication is not None:
                self._check_version(answer.publication)
            if made and answer.status == 304:
                self._keep(address, made)
            elif answer.status in REDIRECTS:
                self._add_redirect(address, answer)
            elif answer.status == 404 and address.removeprefix(site_root()) in OPTIONAL:
                return
            elif answer.status in (200, 410) and answer.is_complete:
                self._add_answer(address, answer)
            else:
                linked = f" (linked on {source})" if source else ""
                self._note_fault(f"{answer.status} {address}{linked}")

    def _stored(self, address: str) -> MadePage | None:
        """What the last run has made of an address, if the mirror has it unchanged."""
        made = self._last_run.page(address)
        if made and all(self._work_list.old_file(file.path) == file for file in made.files):
            return made
        return None

    def _is_unconcerned(self, made: MadePage) -> bool:
        """Whether nothing that was published since the last run can have changed an answer."""
        if self._concerned is None or made.ids is None:
            return False
        return not self._concerned.has(made.ids)

    def _keep(self, address: str, made: MadePage) -> None:
        """Leave the files of an address as they are."""
        self.unchanged += 1
        for file in made.files:
            self._work_list.add_file(file)
        self._work_list.add_addresses(made.links, address)
        self._last_run.add(address, made)

    def _add_answer(self, address: str, answer: Answer) -> None:
        path = file_of(address)
        links: Iterable[str] = ()
        if answer.media_type == HTML and not address.endswith(".html"):
            language = split_path(address.partition("?")[0]).language
            note = pages.page_note(address, path, language)
            page = rewrite_page(answer.read().decode(), address, path, note)
            file, links = self._stage(path, [page.html.encode()]), page.addresses
        elif answer.media_type == CSS:
            css = answer.read()
            file, links = self._stage(path, [css]), css_addresses(css.decode(), address)
        elif answer.media_type == XML and "/sitemap" in address:
            body = answer.read()
            file, links = self._stage(path, [body]), tuple(_sitemap_addresses(body.decode()))
        else:
            file = self._stage(path, answer.chunks)
        self._work_list.add_addresses(links, address)
        # An answer that depends on its time is not one with the ETag of the record.
        etag = answer.headers.get("etag", "")
        if etag and answer.status == 200:
            ids = None
            if is_about_one_record(address):
                ids = self._records.ids(may_state_version=is_entry_file(address))
            self._last_run.add(address, MadePage(etag, (file,), tuple(links), ids))

    def _add_search_index(self) -> None:
        """Add the index of the search, or leave it: it is made from the record alone."""
        version = f"{self._moment.publication} {self._moment.published_at}"
        made = self._stored(SEARCH_INDEX)
        if made and made.etag == version:
            for file in made.files:
                self._work_list.add_file(file)
        else:
            files: list[FileEntry] = []
            write_search_index(
                self._work_list, lambda path, body: files.append(self._stage(path, [body]))
            )
            made = MadePage(version, tuple(files), ())
        self._last_run.add(SEARCH_INDEX, made)

    def _add_redirect(self, address: str, answer: Answer) -> None:
        """A page that leads on, for hosts that cannot redirect."""
        target, file = answer.headers.get("location", ""), file_of(address)
        html = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Moved</title>'
            f'</head><body><p><a href="{escape(target)}">{escape(target)}</a></p></body></html>\n'
        )
        page = rewrite_page(html, address, file)
        link = re.search(r'href="([^"]*)"', page.html)
        refresh = f'<meta http-equiv="refresh" content="0; url={link[1] if link else ""}">'
        html = page.html.replace("<title>", f"{refresh}<title>", 1)
        self._stage_page(file, RewrittenPage(html, page.addresses), address)

    def _stage_page(self, file: str, page: RewrittenPage, address: str = "") -> None:
        self._stage(file, [page.html.encode()])
        self._work_list.add_addresses(page.addresses, address)

    def _stage(self, file: str, chunks: Iterable[bytes]) -> FileEntry:
        old = self._work_list.old_file(file)
        entry = self._folder.stage(file, chunks, old)
        self._work_list.add_file(entry)
        return entry

    def _check_version(self, publication: int) -> None:
        if publication != self._moment.publication:
            raise RecordChanged("The record was changed during the export. Run it again.")

    def _note_fault(self, text: str) -> None:
        self._fault_count += 1
        if len(self._faults) < MAX_LISTED:
            self._faults.append(text)


def _sitemap_addresses(xml: str) -> Iterator[str]:
    """The addresses of a sitemap in each language; its files have one address each."""
    for location in _LOCATION.findall(xml):
        address = unescape(location).removeprefix(site_origin())
        if not file_of(address):
            continue
        yield address
        if address.endswith("/"):
            for language, _name in settings.LANGUAGES:
                yield language_root(language) + address.removeprefix(site_root())


def _check_size(old: ManifestHead | None, new: ManifestHead) -> None:
    if old is None:
        return
    for name, before, after in (
        ("files", old.files, new.files),
        ("entries", old.entries, new.entries),
    ):
        if after < before * (1 - MAX_SHRINKING):
            raise ExportFailed(
                f"The mirror would shrink from {before} to {after} {name}. Nothing was changed. "
                "Find out why, or use --allow-shrinking if that is right."
            )


def _is_finished(folder: MirrorFolder, head: ManifestHead, key: Ed25519PrivateKey | None) -> bool:
    """Whether the manifest and the signature of a mirror without changes can stay."""
    old = folder.old_head()
    if old is None or (old.site, old.publication) != (head.site, head.publication):
        return False
    path = folder.path / SIGNATURE
    if key is None:
        return not path.exists()
    try:
        return read_signature(path).public_key == public_key_of(key)
    except (OSError, ManifestInvalid):
        return False


def _finish(
    folder: MirrorFolder, work_list: WorkList, head: ManifestHead, key: Ed25519PrivateKey | None
) -> None:
    digest = write_manifest(folder.staged(MANIFEST), head, work_list.files())
    if key is not None:
        write_signature(folder.staged(SIGNATURE), key, digest)
    folder.apply(work_list.changed_paths(), work_list.gone_paths())
