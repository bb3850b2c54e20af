"""Reference files, the panel "Cite this", and the metadata in a page's head."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from kb.desk.verbs.publishing import withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.record import publication_version
from kb.record.models import Entry, Revision
from kb.record.named_records import Names
from kb.record.query import TimelineQuery
from kb.record.rendering import row_with_html
from kb.record.rows import rows_for_entries
from kb.site.pages import cite, page_meta
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_statement,
    published,
)
from tests.story import load_story

pytestmark = pytest.mark.django_db

TYPES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


@pytest.mark.parametrize("suffix", TYPES)
def test_entry_and_source_have_reference_files(reader, suffix):
    source = make_source("Report")
    event, statement = make_event(source=source), make_statement()
    for entry in (event, statement):
        published(entry)
    for path in (
        f"/events/{event.slug}",
        f"/statements/{statement.slug}",
        f"/sources/{source.slug}",
    ):
        response = reader.get(f"{path}.{suffix}")
        assert response.status_code == 200, path
        assert response["Content-Type"] == TYPES[suffix]
        name = f"{path.rpartition('/')[2]}.{suffix}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response["Access-Control-Allow-Origin"] == "*"
        again = reader.get(f"{path}.{suffix}", headers={"if-none-match": response["ETag"]})
        assert again.status_code == 304


def test_an_entry_is_cited_by_the_address_of_its_version(reader):
    event = published(make_event("First", standing="undisputed"))
    event.title = "Second"
    event.save()
    published(event)
    (item,) = json.loads(reader.get(f"/events/{event.slug}.csl.json").content)
    assert item["URL"] == f"{settings.SITE_URL}/events/{event.slug}/history/2/"
    assert (item["title"], item["version"]) == ("Second", "2")


def test_a_source_is_cited_by_its_own_address_and_publisher(reader):
    paper = make_actor("The Paper", actor_kind="publication")
    source = make_source("Report", publisher=paper, byline="Rosa", url="https://example.net/r")
    published(make_event(source=source))
    (item,) = json.loads(reader.get(f"/sources/{source.slug}.csl.json").content)
    assert item["URL"] == "https://example.net/r"
    assert item["author"] == [{"literal": "Rosa"}]
    assert f"{settings.SITE_URL}/sources/{source.slug}/history/1/" in item["note"]
    assert item["container-title"] == "The Paper"
    assert item["issued"] == {"date-parts": [[2023, 12, 15]]}


def test_source_without_url_is_cited_by_record_page(reader):
    source = make_source("Letter")
    published(make_event(source=source))
    (item,) = json.loads(reader.get(f"/sources/{source.slug}.csl.json").content)
    assert "URL" not in item
    assert f"{settings.SITE_URL}/sources/{source.slug}/" in item["note"]


def test_reference_file_has_same_status_as_page(reader):
    event, other, gone = (published(make_event()) for _ in range(3))
    assert reader.get("/events/nothing-here.bib").status_code == 404
    make_event(slug="draft")
    assert reader.get("/events/draft.bib").status_code == 404
    withdraw(gone, by=None, note="A double.")
    assert reader.get(f"/events/{gone.slug}.ris").status_code == 410
    old = event.slug
    event.slug = "moved"
    event.save()
    published(event)
    response = reader.get(f"/events/{old}.csl.json")
    assert (response.status_code, response["Location"]) == (301, "/events/moved.csl.json")
    merge(other, into=event, by=None, note="The same.")
    response = reader.get(f"/events/{other.slug}.bib")
    assert (response.status_code, response["Location"]) == (301, "/events/moved.bib")
    assert reader.get("/events/moved.pdf").status_code == 404


# --- The panel -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", cite.FORM_NAMES)
def test_every_form_has_an_address_and_shows_without_script(reader, form):
    event = published(make_event("A <b>bold</b> & “quoted” {title}", standing="undisputed"))
    path = f"/events/{event.slug}/"
    response = reader.get(f"{path}?cite={form}")
    (panel,) = re.findall(
        r'<section class="side cite-this" id="cite">.*?</section>', response.text, re.S
    )
    assert "history/1/" in panel, "the address of the version"
    assert event.public_id in panel
    assert "<b>" not in panel
    links = re.findall(r'<a href="([^"]+)" rel="nofollow"( aria-current="true")?>', panel)
    assert links == [
        (f"{path}?cite={name}#cite", ' aria-current="true"' if name == form else "")
        for name in cite.FORM_NAMES
    ]
    downloads = re.findall(r'href="([^"]+)" download', panel)
    suffixes = {"bibtex": "bib", "ris": "ris", "csl": "csl.json"}
    assert downloads == ([f"/events/{event.slug}.{suffixes[form]}"] if form in suffixes else [])
    assert response.context["head"]["canonical"] == f"{settings.SITE_URL}{path}"


@pytest.mark.parametrize(
    "path",
    ["/timeline/", "/incidents/i/", "/incidents/i/claims/", "/statements/s/", "/sources/r/",
     "/statements/s/history/1/", "/claims/c/"],
)  # fmt: skip
def test_every_page_with_a_panel_takes_the_form_and_refuses_another(reader, path):
    incident = make_incident("It", slug="i")
    statement = make_statement("No.", slug="s", source=make_source("Report", slug="r"))
    statement.incidents.add(incident)
    claim = make_proposition("Was it?", incident=incident, slug="c")
    published(statement)
    published(claim)
    assert "@misc{" in reader.get(f"{path}?cite=bibtex").text
    assert reader.get(path).context["cite"]["is_plain"]
    response = reader.get(f"{path}?cite=pdf")
    assert response.status_code == 400
    assert "bibtex" in response.text, "the error names the forms"


def test_list_is_cited_by_description_address_version_and_date(reader):
    published(make_statement(slug="no"))
    cite = reader.get("/timeline/?kind=statement&from=2023").context["cite"]
    number = publication_version.current_number()
    assert cite["text"].startswith(
        f"“Statements, from 2023”, timeline view, record version {number}, "
    )
    assert cite["text"].endswith(f"{settings.SITE_URL}/timeline/?from=2023&kind=statement")
    assert cite["file_url"] == ""
    links = [form["url"] for form in cite["forms"]]
    assert links[1] == "/timeline/?from=2023&kind=statement&cite=bibtex#cite"


def test_incident_is_cited_by_its_version_and_a_part_of_it_as_a_list(reader):
    incident = make_incident("It", slug="i")
    statement = make_statement("No.")
    statement.incidents.add(incident)
    published(statement)
    text = reader.get("/incidents/i/").context["cite"]["text"]
    assert f"incident {incident.public_id}, version 1" in text
    assert text.endswith(f"{settings.SITE_URL}/incidents/i/history/1/")
    assert reader.get("/incidents/i/history/1/").status_code == 200
    part = reader.get("/incidents/i/?kind=statement").context["cite"]["text"]
    assert part.endswith(f"{settings.SITE_URL}/incidents/i/?kind=statement")


# --- The head --------------------------------------------------------------------------------


def meta(head) -> str:
    return render_to_string("_meta.html", {"head": head})


def graph(head) -> list[dict]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', meta(head))
    return json.loads(text)["@graph"]


def test_canonical_address_excludes_display_parameters(reader):
    published(make_event())
    path = "/timeline/?size=10&order=newest&known=2024&kind=event&from=2023"
    head = reader.get(path).context["head"]
    assert head["canonical"] == f"{settings.SITE_URL}/timeline/?from=2023&kind=event"
    assert reader.get("/timeline/").context["head"]["canonical"] == f"{settings.SITE_URL}/timeline/"
    spoofed = reader.get("/", headers={"host": "localhost"}).context["head"]
    assert spoofed["canonical"] == f"{settings.SITE_URL}/"


def test_home_page_describes_searchable_site(reader):
    head = reader.get("/").context["head"]
    (site,) = graph(head)
    assert site["@type"] == "WebSite"
    assert "{search_term_string}" in site["potentialAction"]["target"]["urlTemplate"]


def test_page_without_head_links_to_icon_and_manifest():
    page = render_to_string("_meta.html", {})
    assert 'rel="manifest" href="/site.webmanifest"' in page
    assert "canonical" not in page


def test_hostile_title_is_escaped(rf):
    title = '"></script><script>alert(1)</script>'
    event = published(make_event(title, summary=title, standing="undisputed"))
    head = entry_head(rf, event)
    page = meta(head)
    assert page.count("<script") == page.count("</script>") == 1
    assert "<script>alert" not in page
    assert graph(head)[0]["name"] == title


def entry_head(rf, thing):
    entry = Entry.objects.select_related("revision").get(public_id=thing.public_id)
    (row,) = rows_for_entries([entry])
    path = f"/{entry.kind}s/{thing.slug}/"
    return page_meta.entry_head(rf.get(path), row_with_html(row), entry.revision)


def test_event_with_uncertain_date_has_temporal_coverage(rf):
    page, thing = graph(entry_head(rf, published(make_event(happened="../2023-12-15"))))
    assert thing["@type"] == "CreativeWork"
    assert "startDate" not in thing
    assert page["temporalCoverage"] == "../2023-12-15"
    page, thing = graph(entry_head(rf, published(make_event(happened="2023-04"))))
    assert thing["temporalCoverage"] == "2023-04"
    assert "temporalCoverage" not in page


def test_statement_description_has_speaker_and_text(rf):
    speaker = make_actor("Rosa", actor_kind="person")
    head = entry_head(rf, published(make_statement("Yes " * 200, speaker=speaker)))
    assert "Rosa: “Yes Yes" in head["description"]
    assert len(head["description"]) <= 200
    assert ("og:type", "article") in head["og"]


def test_description_without_safe_cut_has_the_headline_only(rf):
    text = "The models " + "of the company " * 30 + "were not used."
    statement = published(make_statement(text, speaker=make_actor("Rosa")))
    head = entry_head(rf, statement)
    assert "The models" not in head["description"]
    assert head["description"].endswith(statement.headline)


@pytest.fixture
def story():
    load_story()


def current(kind, slug):
    return Revision.objects.current().get(kind=kind, slug=slug)


def test_every_record_of_the_story_has_a_head(rf, story):
    for entry in Entry.objects.select_related("revision"):
        (row,) = rows_for_entries([entry])
        page, thing = graph(page_meta.entry_head(rf.get(row["url"]), row, entry.revision))
        assert page["mainEntity"]["@id"] == thing["@id"]
        assert page["breadcrumb"]["itemListElement"]
    for revision in Revision.objects.live().filter(kind="source"):
        names = Names([revision.document])
        publisher = names.actor(revision.document["publisher"])
        origin = names.link(revision.document["derives_from"])
        request = rf.get(f"/sources/{revision.slug}/")
        head = page_meta.source_head(request, revision, publisher=publisher, origin=origin)
        assert graph(head)[1]["name"] == revision.title
        page = cite.CitePage("plain", f"/sources/{revision.slug}/")
        assert revision.title in cite.cite_source_panel(revision, publisher, page)["text"]
    for revision in Revision.objects.live().filter(kind="actor"):
        card = {"kind_words": "Organisation", "affiliations": [], "part_of": None}
        assert graph(page_meta.actor_head(rf.get(f"/actors/{revision.slug}/"), revision, card))


def test_an_incident_lists_its_entries_and_its_claims(rf, story):
    revision = current("incident", "bytedance-openai")
    query = TimelineQuery.parse("incident=bytedance-openai&order=newest")
    rows = rows_for_entries(list(query.entries().select_related("revision")[:3]))
    head = page_meta.incident_head(rf.get("/incidents/bytedance-openai/"), revision, query, rows)
    assert head["canonical"] == f"{settings.SITE_URL}/incidents/bytedance-openai/"
    assert len(graph(head)[0]["mainEntity"]["itemListElement"]) == 3
    claims = Revision.objects.live().filter(kind="proposition")
    documents = list(claims.values_list("document", flat=True))
    request = rf.get("/incidents/bytedance-openai/claims/")
    (page,) = graph(page_meta.claims_head(request, revision, documents))
    assert {node["@type"] for node in page["hasPart"]} == {"Claim"}


def test_other_pages_have_a_plain_head(rf):
    head = page_meta.page_head(rf.get("/changes/"), "Changes", "Every correction.")
    assert head["canonical"] == f"{settings.SITE_URL}/changes/"
    assert graph(head)[0]["@type"] == "WebPage"
