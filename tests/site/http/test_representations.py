"""HTTP headers of files: type, name, validators, methods, negotiation, compression."""

from __future__ import annotations

import gzip
import importlib

import pytest
from django.urls import clear_url_caches, reverse

from kb import urls as root
from kb.formats import EVERYWHERE, FORMATS, Format, formats_for
from kb.formats.view import FormatContext
from kb.record.models import Epoch
from kb.site import urls
from kb.site.http import decorators, negotiation, representations
from tests.formats.reading import body
from tests.make import make_actor, make_event, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture
def old_enough(monkeypatch):
    """Set the last change of the record to a time before the last change of the program."""
    from datetime import UTC, datetime

    day = datetime(2024, 1, 1, tzinfo=UTC)
    program = decorators.build_info()._replace(changed_at=day)
    monkeypatch.setattr(decorators, "build_info", lambda: program)
    return lambda: Epoch.objects.update(changed_at=datetime(2024, 6, 1, 12, 30, tzinfo=UTC))


def test_list_is_available_in_every_format(reader):
    published(make_event("The checks begin", slug="checks"))
    for path, kind in (("/timeline", "timeline"), ("/events/checks", "event")):
        for form in formats_for(kind):
            answer = reader.get(f"{path}.{form.suffix}")
            assert answer.status_code == 200
            assert answer["Content-Type"] == form.media_type
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
            assert "Accept" not in answer.get("Vary", "").split(", ")
            assert body(answer)


def test_the_name_of_a_file_is_the_query_in_ascii(reader):
    make = published(make_statement(speaker=make_actor("Zoë Ångström “X”\u202e", slug="zoe")))
    answer = reader.get("/timeline.csv?kind=statement&by=zoe&from=2023")
    name = 'attachment; filename="statements-said-by-zoe-angstrom-x-from-2023.csv"'
    assert answer["Content-Disposition"] == name
    answer = reader.get(f"/statements/{make.slug}.json")
    assert answer["Content-Disposition"] == f'inline; filename="{make.slug}.json"'


def test_an_unchanged_file_is_304_after_one_query(reader, queries):
    published(make_event())
    for form in FORMATS.values():
        path = f"/timeline.{form.suffix}?kind=event&until=2024"
        etag = reader.get(path)["ETag"]
        with queries(1):
            answer = reader.get(path, headers={"If-None-Match": f'"other", {etag}'})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer["ETag"] == etag
        assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    published(make_event())
    assert reader.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_the_order_of_parameters_makes_no_other_version(reader, monkeypatch):
    etag = reader.get("/timeline.csv?kind=event&until=2024")["ETag"]
    assert reader.get("/timeline.csv?until=2024&kind=event")["ETag"] == etag
    assert reader.get("/timeline.csv?kind=event")["ETag"] != etag
    assert reader.get("/timeline.jsonl?kind=event&until=2024")["ETag"] != etag
    changed = decorators.build_info()._replace(digest="another")
    monkeypatch.setattr(decorators, "build_info", lambda: changed)
    assert reader.get("/timeline.csv?kind=event&until=2024")["ETag"] != etag


def test_error_response_is_never_304(reader):
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    for headers in (later, {"If-None-Match": "*"}):
        assert reader.get("/timeline.csv?colour=red", headers=headers).status_code == 400
        assert reader.get("/events/nothing.json", headers=headers).status_code == 404
        assert reader.get("/events/nothing/", headers=headers).status_code == 404


def test_last_modified_is_when_the_record_changed(reader, old_enough):
    published(make_event())
    assert "Last-Modified" not in reader.get("/timeline.csv"), "it may change again this second"
    old_enough()
    for path in ("/timeline.csv", "/timeline/", "/timeline.json"):
        moment = reader.get(path)["Last-Modified"]
        assert moment == "Sat, 01 Jun 2024 12:30:00 GMT"
        assert reader.get(path, headers={"If-Modified-Since": moment}).status_code == 304
        earlier = {"If-Modified-Since": "Sat, 01 Jun 2024 12:29:59 GMT"}
        assert reader.get(path, headers=earlier).status_code == 200


def test_head_matches_get_and_reads_no_export(reader, queries):
    published(make_event())
    for form in FORMATS.values():
        got = reader.get(f"/timeline.{form.suffix}")
        # Which pages are beside a page, as its Link header says, is known from its entries.
        with queries(None if form.in_pages else 1):
            head = reader.head(f"/timeline.{form.suffix}")
        assert not body(head)
        same = ("Content-Type", "Content-Disposition", "ETag", "Cache-Control", "Link")
        assert [head[name] for name in same] == [got[name] for name in same]


def test_other_methods(reader):
    preflight = reader.options("/timeline.csv", headers={"Origin": "https://example.org"})
    assert (preflight.status_code, preflight["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in preflight["Access-Control-Allow-Headers"]
    page = reader.options("/timeline/")
    assert (page.status_code, page["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "Access-Control-Allow-Origin" not in page
    for path in ("/timeline.csv", "/timeline/"):
        assert reader.delete(path).status_code == 405
        assert reader.delete(path)["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, ""),
        ("*/*", ""),
        (BROWSER, ""),
        ("", ""),
        ("text/*", ""),
        ("application/json", "json"),
        ("application/json, text/plain, */*", "json"),
        ("text/html;q=0.4, application/ld+json", "jsonld"),
        ("text/csv", "csv"),
        ("application/atom+xml, application/xml;q=0.1", "atom"),
        ("text/calendar;q=0.2, application/x-bibtex;q=0.9", "bib"),
        ("application/vnd.citationstyles.csl+json", "csl.json"),
    ],
)
def test_accept_chooses_and_browsers_get_the_page(reader, accept, suffix):
    published(make_event(slug="checks"))
    for path in ("/timeline/", "/events/checks/"):
        headers = {} if accept is None else {"Accept": accept}
        answer = reader.get(path, headers=headers)
        assert answer.status_code == 200
        assert "Accept" in answer["Vary"].split(", ")
        if not suffix:
            assert answer["Content-Type"].startswith("text/html")
            continue
        assert answer["Content-Type"] == FORMATS[suffix].media_type
        assert answer["Content-Location"] == f"{path.rstrip('/')}.{suffix}"
        beside = reader.get(f"{path.rstrip('/')}.{suffix}")
        assert body(answer) == body(beside)


def test_unavailable_media_type_returns_406_with_alternatives(reader):
    answer = reader.get("/timeline/", headers={"Accept": "application/pdf"})
    assert answer.status_code == 406
    assert "text/csv" in answer.json()["errors"]["Accept"]
    assert "Accept" in answer["Vary"]


def test_etags_differ_between_representations(reader):
    """Caches tell the representations of one address apart by Vary and ETag."""
    page = reader.get("/timeline/")["ETag"]
    data = reader.get("/timeline/", headers={"Accept": "application/json"})["ETag"]
    assert page != data
    headers = {"Accept": "application/json", "If-None-Match": page}
    assert reader.get("/timeline/", headers=headers).status_code == 200
    unchanged = reader.get("/timeline/", headers=headers | {"If-None-Match": data})
    assert unchanged.status_code == 304
    assert "Accept" in unchanged["Vary"]


def test_page_in_other_language_redirects_to_file(reader):
    answer = reader.get("/zh-hans/timeline/?kind=event", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer["Location"]) == (302, "/timeline.csv?kind=event")
    assert "Accept" in answer["Vary"]
    assert reader.get("/zh-hans/timeline/")["ETag"] != reader.get("/timeline/")["ETag"]


def test_old_address_redirects_to_same_format(reader):
    event = published(make_event(slug="old"))
    event.slug = "new"
    event.save()
    published(event)
    answer = reader.get("/events/old.md?x")
    assert (answer.status_code, answer["Location"]) == (301, "/events/new.md?x")


def test_errors_are_data(reader):
    answer = reader.get("/timeline.ics?kind=rumour&colour=red&after=x")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"kind", "colour", "after"}
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert reader.get("/actors/nobody.csv").json()["status"] == 404
    assert reader.get("/timeline.exe").status_code == 404


@pytest.mark.parametrize(
    "query", ["order=changed&after=1234567.1234567.bbbbbbbb", "after=12", "order=newest&before=3"]
)
def test_cursor_of_other_order_returns_400(reader, query):
    for path in ("/timeline/", "/timeline.json"):
        assert reader.get(f"{path}?{query}").status_code == 400


def test_public_responses_are_compressed_and_desk_is_not(reader, settings, editor):
    published(make_event())
    packed = {"Accept-Encoding": "gzip"}
    for path in ("/timeline.csv", "/timeline.json", "/timeline/"):
        answer = reader.get(path, headers=packed)
        assert answer["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer["Vary"]
        plain = reader.get(path)
        assert gzip.decompress(body(answer)) == body(plain)
        assert plain["ETag"] == answer["ETag"]
    desk = editor.get(f"/{settings.ADMIN_PATH}", headers=packed)
    assert "Content-Encoding" not in desk


def test_licence_is_included_in_formats(reader, settings):
    published(make_event())
    settings.DATA_LICENCE = "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"
    address = b"https://creativecommons.org/licenses/by/4.0/"
    for form in FORMATS.values():
        answer = reader.get(f"/timeline.{form.suffix}")
        assert f'<{address.decode()}>; rel="license"' in answer["Link"]
        content = body(answer).replace(b"\r\n ", b"")
        assert (address in content) is (form.suffix not in ("csv", "jsonl")), form.suffix
    settings.DATA_LICENCE = ""
    assert "license" not in reader.get("/timeline.json")["Link"]
    assert reader.get("/timeline.json").json()["licence"] is None


def test_every_format_includes_query_count_and_version(reader):
    published(make_event("One", happened="2023-04-01"))
    published(make_event("Two", happened=""))
    for form in FORMATS.values():
        if form.suffix in ("csv", "jsonl"):
            continue
        content = body(reader.get(f"/timeline.{form.suffix}?kind=event")).decode()
        content = content.replace("\r\n ", "").replace("\\,", ",")
        assert "Events" in content, form.suffix
        if form.suffix == "json":
            assert '"certain": 2' in content
            assert '"epoch": 2' in content
        else:
            assert "2 entries" in content, form.suffix
            assert "Record version 2" in content, form.suffix
        assert ("1 of these is omitted" in content) is bool(form.shows), form.suffix


def reload_addresses():
    """Rebuild the URL patterns from the table of formats."""
    for module in (urls, root):
        importlib.reload(module)
    clear_url_caches()


def test_a_new_format_is_one_line(reader, monkeypatch):
    """A registered format has addresses, links, an alternate and a media type."""

    def write(view: FormatContext, rows):
        yield f"{view.words}:".encode()
        for row in rows:
            yield f" {row['title']}".encode()

    toy = Format("toy", "text/x-toy", "Toy", write, things=EVERYWHERE - {"source"})
    event = published(make_event("The checks begin", slug="checks", standing="undisputed"))
    monkeypatch.setitem(FORMATS, "toy", toy)
    reload_addresses()
    try:
        assert reverse("timeline-toy") == "/timeline.toy"
        assert body(reader.get("/timeline.toy?kind=event")) == b"Events: The checks begin"
        assert (
            body(reader.get(f"/events/{event.slug}.toy")) == b"The checks begin: The checks begin"
        )
        page = reader.get("/timeline/?kind=event&order=oldest").content.decode()
        alternate = '<link rel="alternate" href="/timeline.toy?kind=event" type="text/x-toy"'
        assert alternate in page
        assert page.count('href="/timeline.toy?kind=event"') == 2
        answer = reader.get("/timeline/", headers={"Accept": "text/x-toy"})
        assert answer["Content-Location"] == "/timeline.toy"
        assert negotiation.offered_media_types("event")["text/x-toy"] == "toy"
    finally:
        monkeypatch.undo()
        reload_addresses()


def test_pages_link_to_their_formats(reader):
    published(make_event(slug="checks", actors=((make_actor("Acme", slug="acme"), "acted"),)))
    for path, kind in (
        ("/timeline", "timeline"), ("/events/checks", "event"), ("/actors/acme", "actor"),
    ):  # fmt: skip
        page = reader.get(f"{path}/?order=oldest" if kind == "timeline" else f"{path}/").text
        for form in formats_for(kind):
            assert page.count(f'href="{path}.{form.suffix}"') >= 2, (path, form.suffix)
    assert representations.data_licence() is None
