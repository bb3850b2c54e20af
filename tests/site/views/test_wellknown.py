"""robots.txt, the sitemap, security.txt and the web manifest."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from kb.desk.verbs.publishing import withdraw
from kb.site.pages import sitemap
from tests.make import make_event, make_incident, make_proposition, published

pytestmark = pytest.mark.django_db

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(response) -> dict[str, str]:
    """Path and lastmod of each address in a sitemap."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert len(body) < 50 * 1024 * 1024
    modified = {}
    for element in ElementTree.fromstring(body):  # noqa: S314 - made by ourselves
        address = element.findtext(f"{SPACE}loc")
        assert address.startswith(settings.SITE_URL + "/")
        modified[address.removeprefix(settings.SITE_URL)] = element.findtext(f"{SPACE}lastmod")
    return modified


def test_robots_names_the_sitemap_and_not_the_desk(reader):
    response = reader.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines
    assert "Disallow: /search/" in lines
    assert settings.ADMIN_PATH.strip("/") not in response.content.decode()


def test_sitemap_index_lists_every_section_with_records(reader):
    published(make_event())
    index = places(reader.get("/sitemap.xml"))
    assert {"/sitemap-pages-1.xml", "/sitemap-events-1.xml", "/sitemap-sources-1.xml"} <= set(index)
    assert "/sitemap-statements-1.xml" not in index
    for path, last in index.items():
        assert datetime.fromisoformat(last).tzinfo
        listed = places(reader.get(path))
        assert listed
        for place in listed:
            assert reader.get(place).status_code == 200
            assert "?" not in place


def test_sitemap_lists_only_live_records(reader):
    live, gone = published(make_event()), published(make_event())
    make_event()
    withdraw(gone, by=None, note="A double.")
    assert set(places(reader.get("/sitemap-events-1.xml"))) == {f"/events/{live.slug}/"}


def test_sitemap_lists_each_claim_and_one_claims_page_for_each_incident(reader):
    with_claims, without = make_incident(), published(make_incident())
    assert "/sitemap-incident-claims-1.xml" not in places(reader.get("/sitemap.xml"))
    published(with_claims)
    claims = [published(make_proposition(incident=with_claims)) for _ in range(2)]
    listed = places(reader.get("/sitemap.xml"))
    assert {"/sitemap-claims-1.xml", "/sitemap-incident-claims-1.xml"} <= set(listed)
    pages = set(places(reader.get("/sitemap-claims-1.xml")))
    assert pages == {f"/claims/{claim.slug}/" for claim in claims}
    paths = set(places(reader.get("/sitemap-incident-claims-1.xml")))
    assert paths == {f"/incidents/{with_claims.slug}/claims/"}
    assert without.slug not in str(paths)


def test_sitemap_file_ends_at_protocol_limit(reader, monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_ADDRESSES", 2)
    events = [published(make_event()) for _ in range(3)]
    index = places(reader.get("/sitemap.xml"))
    assert {"/sitemap-events-1.xml", "/sitemap-events-2.xml"} <= set(index)
    files = [places(reader.get(f"/sitemap-events-{number}.xml")) for number in (1, 2)]
    assert [len(file) for file in files] == [2, 1]
    assert {*files[0], *files[1]} == {f"/events/{event.slug}/" for event in events}


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-events-0.xml",
        "/sitemap-events-1.xml",
        "/sitemap-pages-2.xml",
        "/sitemap-events-99999999999999999999999999.xml",
    ],
)
def test_sitemap_file_without_addresses_is_404(reader, path):
    assert reader.get(path).status_code == 404


@pytest.mark.slow
def test_query_counts_do_not_grow_with_the_record(reader, queries):
    def cost(path):
        with queries() as ran:
            places(reader.get(path))
        return len(ran)

    paths = (
        "/sitemap.xml",
        "/sitemap-events-1.xml",
        "/sitemap-claims-1.xml",
        "/sitemap-incident-claims-1.xml",
    )
    published(make_event())
    published(make_proposition(incident=published(make_incident())))
    few = [cost(path) for path in paths]
    for _ in range(4):
        published(make_event())
        published(make_proposition(incident=published(make_incident())))
    assert [cost(path) for path in paths] == few


def test_unchanged_sitemap_returns_304(reader):
    published(make_event())
    for path in ("/sitemap.xml", "/sitemap-events-1.xml", "/robots.txt", "/site.webmanifest"):
        etag = reader.get(path)["ETag"]
        assert reader.get(path, headers={"if-none-match": etag}).status_code == 304, path


def test_security_txt_is_404_without_contact(reader, settings):
    settings.SECURITY_CONTACT = ""
    assert reader.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("security@example.org", "Contact: mailto:security@example.org"),
        ("https://example.org/report", "Contact: https://example.org/report"),
        ("mailto:a@example.org\nContact: evil", "Contact: mailto:a@example.org Contact: evil"),
    ],
)
def test_security_txt_has_what_rfc_9116_asks_for(reader, settings, contact, line):
    settings.SECURITY_CONTACT = contact
    response = reader.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == line
    assert sum(line.startswith("Contact:") for line in lines) == 1
    (expires,) = re.findall(r"Expires: (\S+)", response.content.decode())
    left = datetime.fromisoformat(expires.replace("Z", "+00:00")).date() - date.today()
    assert 150 < left.days < 365
    assert f"Canonical: {settings.SITE_URL}/.well-known/security.txt" in lines


def test_the_manifest_has_icons_that_exist(reader):
    response = reader.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    content = json.loads(response.content)
    assert content["name"] == settings.SITE_NAME
    assert reader.get(content["start_url"]).status_code == 200
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in content["icons"]}
    for size in (192, 512):
        with open(finders.find(f"img/icon-{size}.png"), "rb") as file:
            head = file.read(24)
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(head[16:20], "big") == size
