"""Withdrawn with a hidden title: no list, page or file of today repeats the words of the title."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

from kb.desk.documents import MODELS
from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.suppression.surfaces import ROUTES, route_group
from kb.desk.verbs.publishing import publish, withdraw
from kb.formats import FORMATS
from kb.formats.references import REFERENCE_FILES
from kb.record.addresses import PLURALS
from kb.record.frozen.freezing import freeze
from kb.record.models import Revision
from kb.record.past import files
from kb.record.query import TimelineQuery
from kb.record.wall import reading_publicly
from tests import addresses
from tests.make import (
    make_event,
    make_incident,
    make_source,
    make_statement,
    publish_each_kind,
    published,
)

pytestmark = pytest.mark.django_db
MARK = "zanzobar"
TITLE = "Zanzobar robbed the bank"
SLUG = "zanzobar-robbed-the-bank"
NOTE = "The headline was wrong."


@pytest.fixture
def statement():
    """A published statement with a correction, in an incident and named by an event."""
    incident = published(make_incident("A story", slug="a-story"))
    statement = make_statement("We did it.", slug=SLUG, headline=TITLE)
    statement.incidents.add(incident)
    published(statement)
    statement.text = "We did it all."
    statement.citations.update(exact="We did it all.")
    statement.save()
    publish(statement, by=None, change="correction", note="A word was missing.")
    event = make_event("It was announced", standing="announced", source=published(make_source()))
    event.incidents.add(incident)
    event.save()
    event.according_to.create(statement=statement)
    published(event)
    statement.refresh_from_db()
    return statement


def hide(row):
    withdraw(row, by=None, note=NOTE, hides_title=True)
    row.refresh_from_db()


def reader_paths(statement, view) -> list[str]:
    """Every address for readers, with this record or without one, and its pages in Chinese."""
    pages, files = {"/", "/changes/", "/incidents/a-story/", "/incidents/a-story/changes/"}, set()
    groups = set()
    for address in addresses.public():
        groups.add(route_group(address.name))
        parts = dict(address.converters)
        if "public_id" in parts:
            ids = (view.public_id, statement.public_id)
            files |= {address.path(public_id=public_id) for public_id in ids}
        else:
            files.add(address.record_path(statement.slug))
    assert groups >= ROUTES.keys()
    path = f"/statements/{statement.slug}"
    pages |= {f"{path}{end}" for end in ("/", "/history/", "/history/1/", "/history/3/")}
    pages |= {f"/embed{path}/", f"/embed{path}/history/1/"}
    files |= {f"{path}.{suffix}" for suffix in (*FORMATS, *REFERENCE_FILES, "png")}
    files |= {f"/timeline.{suffix}?q=bank" for suffix in (*FORMATS, *REFERENCE_FILES)}
    files |= {"/search/?q=bank", "/sitemap-statements-1.xml", "/changes.atom?change=withdrawal"}
    files |= {f"/oembed?url={settings.SITE_URL}{path}/", "/incidents/a-story.json"}
    files |= {f"/record/proofs/{statement.public_id}/{number}.json" for number in (1, 2, 3)}
    return sorted(files | pages | {f"/zh-hans{path}" for path in pages})


def words_of(reader, path) -> str:
    """The body of an answer and the address that it leads to; "" for an address of nothing."""
    response = reader.get(path)
    if response.status_code == 404:
        return ""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return (content.decode(errors="replace") + response.get("Location", "")).lower()


@pytest.mark.slow
def test_no_address_repeats_a_hidden_title(reader, statement):
    with reading_publicly():
        view = freeze(TimelineQuery.parse(""), "somebody")
    paths = reader_paths(statement, view)
    words = {path: words_of(reader, path) for path in paths}
    assert sum(MARK in text for text in words.values()) >= 40
    hide(statement)
    paths = [path for path, text in words.items() if text]
    paths += [path.replace(SLUG, statement_slug(statement)) for path in paths if SLUG in path]
    assert [path for path in paths if MARK in words_of(reader, path)] == []


def statement_slug(statement) -> str:
    return Revision.objects.current().get(public_id=statement.public_id).slug


def test_a_withdrawal_without_it_still_names_the_title(reader, statement):
    withdraw(statement, by=None, note=NOTE)
    assert TITLE in reader.get(f"/statements/{SLUG}/").text
    assert TITLE in reader.get("/changes/").text


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "Statement {}, withdrawn"), ("/zh-hans", "发言{}，已撤回")]
)
def test_kind_and_id_stand_in_its_place(reader, statement, prefix, words):
    hide(statement)
    words = words.format(statement.public_id)
    lists = ["/changes/", "/", "/incidents/a-story/changes/"]
    for path in [*lists, f"/statements/withdrawn-{statement.public_id}/"]:
        assert words in reader.get(f"{prefix}{path}").text, path
    page = reader.get(f"{prefix}/statements/{SLUG}/", follow=True)
    assert page.status_code == 410
    assert words in page.text and NOTE in page.text
    assert words in reader.get(f"{prefix}/statements/{SLUG}/history/", follow=True).text
    assert words in reader.get(f"{prefix}/embed/statements/{SLUG}/", follow=True).text


def test_files_and_feeds_have_kind_and_id(reader, statement):
    hide(statement)
    words = f"Statement {statement.public_id}, withdrawn"
    problem = reader.get(f"/statements/{SLUG}.json", follow=True)
    assert problem.status_code == 410
    assert problem.json()["withdrawn"]["title"] == words
    assert words in reader.get("/changes.atom").text


@pytest.mark.parametrize("kind", sorted(PLURALS.keys() - {"proposition"}))
def test_each_kind_of_record_can_hide_its_title(reader, kind):
    publish_each_kind("zanzobar-everywhere")
    row = MODELS[kind]._default_manager.get(slug="zanzobar-everywhere")
    if kind == "source":
        # The entries that have no other source.
        for name in ("event", "statement", "request"):
            for entry in MODELS[name]._default_manager.filter(state="published"):
                withdraw(entry, by=None, note="First.")
    hide(row)
    path = f"/{PLURALS[kind]}/zanzobar-everywhere/"
    page = reader.get(path, follow=True)
    assert page.status_code == 410
    assert f"{row.public_id}, withdrawn" in page.text
    assert MARK not in page.text.lower()


class TestPublishingAgain:
    def test_the_title_and_the_address_are_back(self, reader, statement):
        hide(statement)
        publish(statement, by=None, note="It was right after all.")
        assert reader.get(f"/statements/{SLUG}/").status_code == 200
        old = reader.get(f"/statements/withdrawn-{statement.public_id}/")
        assert (old.status_code, old["Location"]) == (301, f"/statements/{SLUG}/")
        changes = reader.get("/changes/").text
        assert changes.count(TITLE) >= 3
        assert f"{statement.public_id}, withdrawn" not in changes
        versions = reader.get(f"/statements/{SLUG}/history/3/")
        assert versions.status_code == 410 and TITLE in versions.text

    def test_other_kinds_have_their_title_in_the_list_of_changes(self, reader):
        incident = published(make_incident("Quillmore", slug="quillmore"))
        hide(incident)
        publish(incident, by=None, note="It was right after all.")
        assert reader.get("/changes/").text.count("Quillmore") >= 2

    def test_it_can_be_hidden_again(self, reader, statement):
        for _time in range(2):
            hide(statement)
            publish(statement, by=None, note="It was right after all.")
            statement.refresh_from_db()
        hide(statement)
        assert reader.get(f"/statements/{SLUG}/", follow=True).status_code == 410
        assert MARK not in reader.get("/changes/").text.lower()


def test_the_record_of_an_earlier_day_keeps_the_title(
    reader, statement, settings, tmp_path, monkeypatch
):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(files, "WAIT_SECONDS", 600)
    moment = Revision.objects.order_by("-published_at")[0].published_at
    hide(statement)
    then = {"on": moment.isoformat().replace("+00:00", "Z")}
    assert "We did it all." in reader.get("/timeline/", then).text
    assert TITLE in reader.get(f"/statements/{SLUG}/", then).text


def test_removal_by_order_of_a_hidden_title_removes_the_earlier_words(statement):
    hide(statement)
    request = ask_for_suppression(statement, by=None, part="all", reason="court_order")
    confirm_suppression(request, by=None)
    for revision in Revision.objects.filter(public_id=statement.public_id):
        words = f"{revision.title} {revision.slug} {revision.document}".lower()
        assert MARK not in words and "withdrawn-" not in words


class TestForm:
    @pytest.fixture
    def url(self, statement):
        return f"{reverse('admin:desk_approval_bulk')}?do=withdraw&row=statement:{statement.pk}"

    def test_it_is_off_by_default(self, editor, statement, url):
        page = editor.get(url).text
        assert 'name="hide_title"' in page and "checked" not in page
        editor.post(url, {"note": NOTE})
        assert Revision.objects.current().get(public_id=statement.public_id).title == TITLE

    def test_it_hides_the_title(self, editor, statement, url):
        editor.post(url, {"note": NOTE, "hide_title": "on"})
        revision = Revision.objects.current().get(public_id=statement.public_id)
        assert (revision.title, revision.slug) == ("", f"withdrawn-{statement.public_id}")

    def test_it_stays_chosen_without_a_reason(self, editor, url):
        page = editor.post(url, {"note": "", "hide_title": "on"}).text
        assert 'name="hide_title" checked' in page

    def test_several_rows_are_hidden_together(self, editor, statement, url):
        other = published(make_statement("They did it.", headline="Another title"))
        editor.post(f"{url}&row=statement:{other.pk}", {"note": NOTE, "hide_title": "on"})
        assert set(
            Revision.objects.current()
            .filter(public_id__in=[statement.public_id, other.public_id])
            .values_list("title", flat=True)
        ) == {""}
