"""The whole site as static files: every link leads to a file, and nothing private is in it."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.core.management import CommandError, call_command

from kb.desk.models import Event
from kb.desk.verbs.publishing import publish
from kb.mirror import export as export_module
from kb.record.vocabulary import Change
from tests.make import make_event, make_source, make_statement, publish_each_kind, published

pytestmark = [pytest.mark.wall, pytest.mark.slow, pytest.mark.one_database]
SECRET = "Unpublished words that nobody may read"


@pytest.fixture(autouse=True)
def _served_as_by_the_program(settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
    settings.SIGNING_KEY = base64.b64encode(bytes(32)).decode()


def exported(folder: Path, **options) -> str:
    output = StringIO()
    call_command("export_site", str(folder), verbosity=0, stdout=output, **options)
    return output.getvalue().replace(",", "")


class Links(HTMLParser):
    """The links and the files that a page needs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = ("href", "src", "action", "formaction", "poster")
        self.links += [value for name, value in attrs if name in names and value]


def broken_links(folder: Path, base: str) -> list[str]:
    """Links of the pages below a path of a host that lead to no file, and how many were followed.

    A static host adds nothing but ``index.html`` to a folder.
    """
    broken, followed = [], 0
    for page in folder.rglob("*.html"):
        address = base + page.relative_to(folder).as_posix()
        for link in Links(page.read_text(encoding="utf-8")).links:
            target = urlsplit(urljoin(f"https://host.example{address}", link))
            if target.netloc != "host.example":
                continue
            followed += 1
            path = unquote(target.path)
            inside = path.startswith(base)
            file = folder / path.removeprefix(base)
            if not inside or not (file.is_file() or (file / "index.html").is_file()):
                broken.append(f"{link} on {address}")
    assert followed > 500
    return broken


def test_whole_site_is_exported_followed_corrected_and_verified(tmp_path):
    publish_each_kind("first")
    make_event(SECRET, slug="unpublished")
    make_statement(text=SECRET, slug="unpublished-words")
    make_source(SECRET, slug="unpublished-source")
    mirror = tmp_path / "mirror"

    # --- Every link of every page leads to a file, below a path too.
    first = exported(mirror, path="/a/mirror/")
    assert broken_links(mirror, "/a/mirror/") == []
    for path in ("index.html", "zh-hans/events/first/index.html", "events/first.md", "robots.txt",
                 "sitemap.xml", "404.html", "503.html", "timeline.csv", "timeline.atom",
                 "statements/first/history/1/index.html", "search/index.html",
                 "zh-hans/copy/index.html", "static/css/site-mirror.css"):  # fmt: skip
        assert (mirror / path).is_file(), path

    # --- Nothing that was not published, and nothing of the desk.
    for file in mirror.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert SECRET.encode() not in content, file
            assert b"unpublished" not in file.relative_to(mirror).as_posix().encode()
            assert b"csrfmiddlewaretoken" not in content, file

    # --- After a correction: pages of the entry and lists, not those of other records.
    assert first.startswith("Wrote ")
    untouched = (mirror / "method/dates/index.html").stat().st_ino
    event = Event.objects.get(slug="first")
    event.title = "The checks began"
    event.save()
    publish(event, by=None, change=Change.CORRECTION, note="They had begun.")
    exported(mirror, path="/a/mirror/")
    assert "checks began" in (mirror / "events/first/index.html").read_text()
    assert (mirror / "events/first/history/2/index.html").is_file()
    assert (mirror / "method/dates/index.html").stat().st_ino == untouched

    # --- Without a change there is nothing to write.
    dry = exported(mirror, path="/a/mirror/", dry_run=True)
    assert dry.startswith("Would write 0 files would delete 0 ")

    # --- What was exported is whole, and signed.
    output = StringIO()
    call_command("verify_export", str(mirror), stdout=output)
    assert "signed with the key" in output.getvalue()

    # --- The search of the browser has the words.
    names = json.loads((mirror / "search/words.json").read_text())
    words = [json.loads((mirror / f"search/words/{name}.json").read_text()) for name in names]
    found = {word: value for piece in words for word, value in piece.items()}
    assert event.public_id in found["checks"][1].split()
    names = json.loads((mirror / "search/records.json").read_text())
    shown = [json.loads((mirror / f"search/records/{name}.json").read_text()) for name in names]
    records = {public_id: value for piece in shown for public_id, value in piece.items()}
    title, path, kind, *_others = records[event.public_id]
    # An account never stands as a fact, here neither.
    assert title.startswith("The checks began, according to ")
    assert (path, kind) == ("events/first/", "Event")


def test_page_that_fails_leaves_the_mirror_as_it_was(tmp_path, monkeypatch):
    published(make_event("An event", slug="event"))
    monkeypatch.setattr(export_module, "UNLINKED", ("no-such-page/",))
    with pytest.raises(CommandError, match="404 /no-such-page/"):
        exported(tmp_path / "mirror")
    assert not (tmp_path / "mirror").exists()
