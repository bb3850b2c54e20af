"""Whose account and whose words: entered in the forms and imported, right on pages and in files.

Situations 7 (three ways to put who allowed it), 8 (an outlet gives a party's reason that the party
did not give) and 9 (an outlet says that a party "admitted" something), and a joint statement of
speakers who may be others, at a place.
"""

from __future__ import annotations

import io

import pytest

from kb.desk.models import Event, Source, Statement
from kb.formats import formats_for
from kb.record.models import Revision
from tests.desk.admin_forms import add_url, fields_of
from tests.desk.importers.files import loaded, planned, table
from tests.make import (
    make_actor,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.slow]

WORDS = "We hold a licence."
REASON = "Foo Works closed the plant for breaking its terms."
ADMITTED = "Foo Works admitted the fault."
NOTICE = "Gotham Gazette’s words, not Foo Works’s"


def entered_by_form(editor):
    """The entries of the situations, entered by an editor one form after another."""
    foo = make_actor("Foo Works", slug="foo-works")
    baz = make_actor("Baz Parts", slug="baz-parts")
    gazette = make_actor("Gotham Gazette", slug="gotham-gazette", actor_kind="publication")
    ann = make_actor("Ann Bell", slug="ann-bell", actor_kind="person")
    bob = make_actor("Bob Reed", slug="bob-reed", actor_kind="person")
    source = make_source("Inside the plant", slug="inside", publisher=gazette)
    cited = {"citations-0-source": source.pk}
    empty = fields_of(editor.get(add_url("statement")))
    own = empty | {"attribution": "named", "form": "verbatim", "said": "2023-12-15"} | cited
    ascribed = own | {"form": "attributed", "speaker": foo.pk, "attributed_by": gazette.pk}
    licensed = own | {
        "slug": "licensed",
        "headline": "Foo Works: Baz Parts gave a licence",
        "speaker": ann.pk,
        "joint_speakers": [bob.pk],
        "identity": "possible",
        "on_behalf_of": foo.pk,
        "text": WORDS,
        "citations-0-exact": WORDS,
        "citations-0-quoted": "on",
        "place_name": "São Paulo",
        "latitude": "-23.55050",
        "longitude": "-46.63330",
    }
    for fields in (
        licensed,
        ascribed | {"slug": "reason", "headline": "Foo Works closed the plant", "text": REASON},
        ascribed | {"slug": "admitted", "headline": "The fault is admitted", "text": ADMITTED},
    ):
        saved(editor, "statement", fields)
    statement = Statement.objects.get(slug="licensed")
    event = fields_of(editor.get(add_url("event"))) | {
        "title": "Baz Parts licenses the pump",
        "slug": "licence",
        "standing": "one_party",
        "happened": "2023-12",
        "place_name": "São Paulo",
        "according_to-TOTAL_FORMS": "1",
        "according_to-0-statement": statement.pk,
        "participations-TOTAL_FORMS": "1",
        "participations-0-actor": baz.pk,
        "participations-0-role": "acted",
        "citations-0-source": source.pk,
        "figures-TOTAL_FORMS": "1",
        "figures-0-label": "pumps",
        "figures-0-number_bound": "at_least",
        "figures-0-number_low": "1400",
        "figures-0-source": source.pk,
    }
    saved(editor, "event", event)


def saved(editor, kind, fields):
    response = editor.post(add_url(kind), fields)
    form = response.context and response.context["adminform"].form
    assert response.status_code == 302, form and (form.errors, response.context["errors"])


def imported(editor):
    """The same from a file, in which the event stands above the statement that tells it."""
    source = {"sources": "Inside the plant", "date": "15 December 2023"}
    ascribed = source | {"speaker": "Foo Works", "form": "attributed", "kind": "statement"}
    rows = [
        source
        | {
            "id": "e1",
            "kind": "event",
            "title": "Baz Parts licenses the pump",
            "date": "December 2023",
            "standing": "one_party",
            "actors": "Baz Parts (acted)",
            "according_to": "s1",
            "place": "São Paulo",
        },
        source
        | {
            "id": "s1",
            "kind": "statement",
            "title": "Foo Works: Baz Parts gave a licence",
            "form": "verbatim",
            "text": WORDS,
            "cited_words": WORDS,
            "speaker": "Ann Bell",
            "joint_speakers": "Bob Reed",
            "identity": "possible",
            "on_behalf_of": "Foo Works",
            "place": "São Paulo",
            "latitude": "-23.5505",
            "longitude": "-46.6333",
        },
        ascribed
        | {
            "id": "s2",
            "title": "Foo Works closed the plant",
            "text": REASON,
            "attributed_by": "Gotham Gazette",
        },
        ascribed
        | {
            "id": "s3",
            "title": "The fault is admitted",
            "text": ADMITTED,
            "attributed_by": "Gotham Gazette",
        },
    ]
    loaded(table(*rows))
    source = Source.objects.get(title="Inside the plant")
    source.publisher = Statement.objects.exclude(attributed_by=None)[0].attributed_by
    source.published = "2023-12-16"
    source.save()


@pytest.fixture(params=[entered_by_form, imported], ids=["form", "import"])
def situations(request, editor, settings):
    request.param(editor)
    for entry in (*Statement.objects.all(), *Event.objects.all()):
        published(entry)
    return {
        entry.title: entry
        for entry in Revision.objects.live().filter(kind__in=["event", "statement"])
    }


def titles(reader, query):
    return {row["title"] for row in reader.get(f"/timeline.json?{query}").json()["entries"]}


def test_reported_speech_is_found_by_the_outlet_and_never_by_the_speaker(reader, situations):
    ascribed = {"Foo Works closed the plant", "The fault is admitted"}
    assert titles(reader, "by=gotham-gazette") == ascribed
    assert titles(reader, "attributed_to=foo-works") == ascribed
    assert not titles(reader, "by=foo-works") & ascribed
    assert not titles(reader, "for=foo-works") & ascribed
    assert titles(reader, "form=attributed") == ascribed


def test_reported_speech_is_shown_as_the_outlets(reader, situations):
    page = reader.get(f"/statements/{situations['Foo Works closed the plant'].slug}/").text
    text = " ".join(page.split())
    assert "<title>According to Gotham Gazette, Foo Works closed the plant" in text
    assert '<div class="paraphrase dotted"' in text
    assert NOTICE in text
    assert "we have no words of the speaker" in text
    other = reader.get(f"/statements/{situations['The fault is admitted'].slug}.json").json()
    assert other["headline"] == "According to Gotham Gazette: The fault is admitted"
    assert other["voice"]["speaker"]["name"] == "Gotham Gazette"
    assert other["voice"]["on_behalf_of"] is None
    ascribed = other["voice"]["attributed_to"]
    assert [actor["name"] for actor in ascribed["speakers"]] == ["Foo Works"]
    assert [(actor["name"], actor["role"]) for actor in other["actors"]] == [
        ("Gotham Gazette", "by"),
        ("Foo Works", "attributed_to"),
    ]


@pytest.mark.parametrize("suffix", [form.suffix for form in formats_for("statement")])
def test_every_file_says_whose_words_they_are(reader, situations, suffix):
    slug = situations["Foo Works closed the plant"].slug
    text = b"".join(reader.get(f"/statements/{slug}.{suffix}")).decode().replace("\r\n ", "")
    text = text.replace("\\,", ",")
    assert "According to Gotham Gazette, Foo Works closed the plant" in text
    if REASON in text and suffix not in ("json", "jsonl", "csv", "jsonld"):
        assert "Gotham Gazette" in text
        assert NOTICE in text


def test_programs_read_the_outlet_as_author(reader, situations):
    slug = situations["Foo Works closed the plant"].slug
    graph = reader.get(f"/statements/{slug}.jsonld").json()["@graph"]
    node = graph[0]
    assert node["@type"] == "Claim"
    assert node["author"]["name"] == "Gotham Gazette"
    assert [thing["name"] for thing in node["about"]] == ["Foo Works"]


def test_matrix_has_reported_speech_in_the_column_of_the_outlet(reader, situations):
    claim = make_proposition("Who allowed it?", incident=make_incident(slug="pump"))
    for title in situations:
        if statement := Statement.objects.filter(headline=title).first():
            make_stance(claim, "asserts", statement=statement)
    published(claim)
    columns = reader.get("/incidents/pump/claims/").context["matrix"].columns
    assert {column["name"]: column["count"] for column in columns} == {
        "Gotham Gazette": 2,
        "Foo Works": 1,
    }
    assert NOTICE in reader.get("/incidents/pump/claims/").text


def test_event_is_the_account_of_the_party_that_the_speakers_speak_for(reader, situations):
    row = reader.get(f"/events/{situations['Baz Parts licenses the pump'].slug}.json").json()
    assert row["headline"] == "Baz Parts licenses the pump, according to Foo Works"
    assert row["actors"][0]["role_words"] == "is said by Foo Works to have done this"


def test_joint_speakers_are_named_and_found_each(reader, situations):
    title = "Foo Works: Baz Parts gave a licence"
    row = reader.get(f"/statements/{situations[title].slug}.json").json()
    assert [actor["name"] for actor in row["voice"]["speakers"]] == ["Ann Bell", "Bob Reed"]
    assert row["voice"]["identity"] == "possible"
    for slug in ("ann-bell", "bob-reed"):
        assert title in titles(reader, f"by={slug}")
    words = "possibly Ann Bell and possibly Bob Reed"
    page = " ".join(reader.get(f"/statements/{situations[title].slug}/").text.split())
    assert words in page
    assert "</a> and possibly <a" in page.replace("possibly <a", " possibly <a").replace("  ", " ")
    for suffix in ("md", "atom", "timelinejs.json"):
        assert words in b"".join(reader.get(f"/timeline.{suffix}")).decode()


def test_place_is_shown_filtered_and_exported(reader, situations):
    assert len(titles(reader, "place=sao%20PAULO")) == 2
    assert titles(reader, "place=Paris") == set()
    title = "Foo Works: Baz Parts gave a licence"
    slug = situations[title].slug
    assert "São Paulo" in reader.get(f"/statements/{slug}/").text
    calendar = b"".join(reader.get(f"/statements/{slug}.ics")).decode()
    assert "LOCATION:São Paulo\r\n" in calendar
    assert "GEO:-23.5505;-46.6333\r\n" in calendar
    node = reader.get(f"/statements/{slug}.jsonld").json()["@graph"][0]
    assert node["locationCreated"]["geo"]["latitude"] == -23.5505
    query = reader.get("/timeline/?place=s%C3%A3o+paulo").context["page"]
    assert query["words"] == "Entries at São Paulo"
    assert [chip["label"] for chip in query["chips"]] == ["São Paulo"]


def test_figure_is_shown_with_its_limit_and_source(editor, reader):
    entered_by_form(editor)
    event = published(Event.objects.get(slug="licence"))
    row = reader.get(f"/events/{event.slug}.json").json()
    assert row["figures"][0]["words"] == "at least 1,400 pumps"
    assert row["figures"][0]["source"]["title"] == "Inside the plant"
    page = " ".join(reader.get(f"/events/{event.slug}/").text.split())
    assert 'at least 1,400 pumps <a class="ref" href="/events/licence/#source-1">[1]</a>' in page
    assert "at least 1,400 pumps" in b"".join(reader.get("/timeline.md")).decode()


def test_unnamed_speaker_may_be_the_one_of_another_statement(editor, reader):
    entered_by_form(editor)
    first, second = Statement.objects.filter(slug__in=("licensed", "reason")).order_by("slug")
    second.speaker, second.speaker_label, second.attribution = None, "a manager", "unnamed"
    second.form, second.attributed_by, second.same_speaker = "verbatim", None, first
    second.save()
    second.citations.update(exact=REASON, quoted=True, wording="original")
    published(first)
    published(second)
    text = " ".join(reader.get(f"/statements/{second.slug}/").text.split())
    assert "may be the same person as in <a" in text
    row = reader.get(f"/statements/{second.slug}.json").json()
    assert row["voice"]["same_speaker"]["slug"] == first.slug
    assert row["voice"]["same_speaker_certainty"] == "possible"


def test_exported_rows_are_imported_as_they_were(reader, situations):
    content = b"".join(reader.get("/timeline.csv"))
    lines = b"".join(reader.get("/timeline.jsonl"))
    assert len(lines.splitlines()) == 4
    for outcome in planned(content, origin="elsewhere"):
        assert str(outcome).endswith("will add."), str(outcome)
    loaded(content, origin="elsewhere")
    row = Statement.objects.filter(headline="Foo Works closed the plant").latest("pk")
    assert (row.form, str(row.speaker), str(row.attributed_by)) == (
        "attributed",
        "Foo Works",
        "Gotham Gazette",
    )
    joint = Statement.objects.filter(headline__startswith="Foo Works: Baz").latest("pk")
    assert [str(actor) for actor in joint.joint_speakers.all()] == ["Bob Reed"]
    assert (joint.identity, joint.place_name) == ("possible", "São Paulo")
    event = Event.objects.latest("pk")
    assert [str(account.statement) for account in event.according_to.all()] == [str(joint)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"according_to": "Nowhere"}, "is neither a source of this row nor the id of a statement"),
        ({"form": "attributed", "text": "x", "speaker": "A"}, "an outlet in “attributed_by”"),
        ({"text": "x", "speaker": "A", "attributed_by": "B"}, "an outlet in “attributed_by”"),
        ({"latitude": "north"}, "Enter decimal degrees"),
        ({"latitude": "91"}, "less than or equal to 90"),
        ({"place_wikidata": "Paris"}, "Enter a Wikidata id"),
        ({"text": "x", "speaker_label": "A", "joint_speakers": "B"}, "needs a speaker before"),
    ],
)
def test_row_that_contradicts_itself_is_refused(fields, words):
    (outcome,) = planned(table({"title": "It stops", "sources": "Inside"} | fields))
    assert outcome.action == "refused"
    assert words in " ".join(outcome.reasons)


def test_event_without_an_account_is_not_published(editor, reader):
    entered_by_form(editor)
    event = Event.objects.get(slug="licence")
    event.according_to.all().delete()
    from kb.desk.verbs.publishing import publish_errors

    assert any("whose account this is" in reason for reason in publish_errors(event))
    event.standing = "undisputed"
    assert publish_errors(event) == []


def test_jsonl_keeps_accounts_and_voices(reader, situations):
    from kb.desk.importers.readers import read_rows
    from kb.desk.importers.rows import ADMIN_LIMITS

    content = b"".join(reader.get("/timeline.jsonl"))
    rows = {row.title: row for row in read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS)}
    event = rows["Baz Parts licenses the pump"]
    statement = rows["Foo Works: Baz Parts gave a licence"]
    assert event.according_to == (statement.external_id,)
    assert statement.joint_speakers == ("Bob Reed",)
    assert rows["The fault is admitted"].attributed_by == "Gotham Gazette"
