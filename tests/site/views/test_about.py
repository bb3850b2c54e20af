"""`/about/`, `/accessibility/`, and what the end of each page says about the site."""

from __future__ import annotations

import pytest

from kb.site.pages.contact import contact, report_address
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_request,
    make_source,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


def test_about_page_names_operator_contact_and_licence(reader, settings):
    settings.OPERATOR = "Gotham Record Trust"
    settings.OPERATOR_ADDRESS = "1 Wayne Square, Gotham"
    settings.SECURITY_CONTACT = "desk@record.example"
    settings.DATA_LICENCE = "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"
    page = reader.get("/about/").text
    for part in ("Gotham Record Trust", "1 Wayne Square, Gotham", "MIT"):
        assert part in page
    assert 'href="mailto:desk@record.example"' in page
    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license">CC BY 4.0<' in page


def test_about_page_says_what_the_settings_do_not_name(reader, settings):
    settings.OPERATOR = settings.SECURITY_CONTACT = settings.DATA_LICENCE = ""
    page = reader.get("/about/").text
    assert "The operator has not been named." in page
    assert "No contact has been named for this site." in page
    assert "no licence is stated" in page


def test_accessibility_page_names_tests_limits_and_contact(reader, settings):
    settings.SECURITY_CONTACT = "https://record.example/write"
    page = reader.get("/accessibility/").text
    for part in ("What was tested", "Known limits", 'href="https://record.example/write"'):
        assert part in page


@pytest.mark.parametrize("path", ["/", "/timeline/", "/events/check/", "/method/", "/no-such/"])
def test_foot_of_every_page_has_contact_licence_and_report(reader, settings, path):
    settings.OPERATOR, settings.DATA_LICENCE = "Gotham Record Trust", "CC BY 4.0"
    settings.SECURITY_CONTACT = "desk@record.example"
    event = published(make_event("The check", slug="check"))
    page = reader.get(path).text
    foot = page[page.index('<footer class="foot"') :]
    assert "Gotham Record Trust" in foot and "CC BY 4.0" in foot
    for address in ("/about/", "/about/#contact", "/about/#licence", "/accessibility/"):
        assert f'href="{address}"' in foot
    about = f"?about={event.public_id}&amp;version=1" if path == "/events/check/" else ""
    assert f'href="/report/{about}"' in foot


def test_embed_has_contact_and_licence(reader, settings):
    settings.OPERATOR = "Gotham Record Trust"
    settings.SECURITY_CONTACT = "desk@record.example"
    event = published(make_event("The check", slug="check"))
    page = reader.get("/embed/events/check/").text
    assert f'href="/report/?about={event.public_id}&amp;version=1"' in page
    assert "Gotham Record Trust" in page
    assert 'href="/about/"' in page


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("desk@record.example", "mailto:desk@record.example"),
        ("mailto:desk@record.example", "mailto:desk@record.example"),
        ("https://record.example/write", "https://record.example/write"),
        ("The desk, Gotham", ""),
        ("javascript:alert(1)", ""),
        ("a@b@c.example", ""),
    ],
)
def test_contact_is_an_address_only_if_it_can_be_followed(settings, setting, url):
    settings.SECURITY_CONTACT = setting
    contact_link = contact()
    assert contact_link is not None
    assert contact_link["url"] == url


def test_report_address_names_the_record_and_its_version():
    assert report_address() == "/report/"
    assert report_address("abc") == "/report/?about=abc"
    assert report_address("a&b", 2) == "/report/?about=a%26b&version=2"


def test_every_kind_of_record_names_itself_in_its_report_link(reader):
    rows = {
        "events": make_event(), "statements": make_statement(), "requests": make_request(),
        "actors": make_actor(), "sources": make_source(), "incidents": make_incident(),
        "claims": make_proposition(),
    }  # fmt: skip
    for kind, row in rows.items():
        published(row)
        page = reader.get(f"/{kind}/{row.slug}/").text
        assert f'href="/report/?about={row.public_id}' in page, kind
