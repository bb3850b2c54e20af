"""Makes a mirror: asks for every address of the site, and writes the files that have changed.

It begins with the home pages, the sitemap and the frozen lists, and follows the links of the pages
to all addresses that ``kb.mirror.addresses`` has a file for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
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
    language_root,
    page_file,
    site_root,
    split_path,
)
from kb.mirror.folder import MirrorFolder
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
from kb.mirror.requests import AnonymousReader, Answer, patient_limits
from kb.mirror.search_index import write_search_index
from kb.mirror.work_list import WorkList
from kb.record.addresses import site_origin
from kb.record.export import snapshot
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

# Called with the number of addresses so far.
Progress = Callable[[int], object]


class ExportFailed(Exception):
    """No mirror was made, and the one there is was not changed; the message says why."""


@dataclass(frozen=True)
class ExportOptions:
    """``base`` is the path of the mirror on its host, for its error pages."""

    base: str = "/"
    allow_shrinking: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class ExportReport:
    """What a run has done, or with ``dry_run`` would have; ``bytes`` are those of all files."""

    publication: int
    entries: int
    files: int
    bytes: int
    written: int
    deleted: int
    is_signed: bool


def export_site(
    folder: MirrorFolder, options: ExportOptions, progress: Progress = lambda number: None
) -> ExportReport:
    """Bring the mirror in a folder up to date. Constant memory, whatever the size of the record.

    Raises ExportFailed, FolderRefused (``kb.mirror.folder``), and OSError.
    """
    key = signing_key()
    with folder.locked(), closing(WorkList(folder.work / "list.sqlite3")) as work_list:
        folder.note_old_files(work_list)
        with patient_limits(), reading_publicly():
            head = _Export(folder, work_list, options.base).run(progress)
        if not options.allow_shrinking:
            _check_size(folder.old_head(), head)
        _files, _old, written, deleted = work_list.counts()
        if not options.dry_run and (written or deleted or not _is_finished(folder, head, key)):
            _finish(folder, work_list, head, key)
        return ExportReport(
            head.publication,
            head.entries,
            head.files,
            head.bytes,
            written,
            deleted,
            key is not None,
        )


class _Export:
    def __init__(self, folder: MirrorFolder, work_list: WorkList, base: str) -> None:
        self._folder, self._work_list, self._base = folder, work_list, base
        self._reader = AnonymousReader()
        self._faults: list[str] = []
        self._fault_count = 0
        number, changed_at = current_version()
        self._moment = pages.RecordMoment(number, changed_at)

    def run(self, progress: Progress) -> ManifestHead:
        """Stage all files, and return what the manifest says of them."""
        self._work_list.add_addresses(self._starts())
        self._add_own_pages()
        for number, (address, source) in enumerate(self._work_list.addresses(), start=1):
            self._add(address, source)
            if number % PROGRESS_STEP == 0:
                progress(number)
        with snapshot():
            write_search_index(self._work_list, lambda path, body: self._stage(path, [body]))
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
        with self._reader.get(address) as answer:
            if answer.publication is not None:
                self._check_version(answer.publication)
            if answer.status in REDIRECTS:
                self._add_redirect(address, answer)
            elif answer.status == 404 and address.removeprefix(site_root()) in OPTIONAL:
                return
            elif answer.status in (200, 410) and answer.is_complete:
                self._add_answer(address, answer)
            else:
                linked = f" (linked on {source})" if source else ""
                self._note_fault(f"{answer.status} {address}{linked}")

    def _add_answer(self, address: str, answer: Answer) -> None:
        file = file_of(address)
        if answer.media_type == HTML and not address.endswith(".html"):
            language = split_path(address.partition("?")[0]).language
            note = pages.page_note(address, file, language)
            self._stage_page(
                file, rewrite_page(answer.read().decode(), address, file, note), address
            )
        elif answer.media_type == CSS:
            css = answer.read()
            self._stage(file, [css])
            self._work_list.add_addresses(css_addresses(css.decode(), address), address)
        elif answer.media_type == XML and "/sitemap" in address:
            body = answer.read()
            self._stage(file, [body])
            self._work_list.add_addresses(_sitemap_addresses(body.decode()), address)
        else:
            self._stage(file, answer.chunks)

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

    def _stage(self, file: str, chunks: Iterable[bytes]) -> None:
        old = self._work_list.old_file(file)
        self._work_list.add_file(self._folder.stage(file, chunks, old))

    def _check_version(self, publication: int) -> None:
        if publication != self._moment.publication:
            raise ExportFailed("The record was changed during the export. Run it again.")

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
