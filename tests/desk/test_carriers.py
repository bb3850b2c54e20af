"""One utterance and its carriers: typed in the desk's form or imported, then as readers see it."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from kb.desk.models import Source, Statement
from kb.desk.quoting import check_quotation
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, publish_all
from kb.desk.verbs.transfers.merge import merge
from kb.desk.verbs.transfers.undo import undo_transfer
from kb.formats.csv import join_values
from tests.desk.admin_forms import add_url, change_url, fields_of, text_of
from tests.desk.importers.files import loaded, planned, table
from tests.make import make_actor, make_source, make_statement, published
from tests.situations import SITUATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EVERY = pytest.mark.parametrize("name", SITUATIONS)


def typed_in_the_form(editor, situation):
    """Save the situation through the form of a statement, and return the statement."""
    sources = {
        carrier.name: make_source(
            carrier.name,
            publisher=make_actor(carrier.name),
            published=f"2026-03-{10 + place}",
        )
        for place, carrier in enumerate(situation.carriers)
    }
    fields = fields_of(editor.get(add_url("statement"))) | {
        "speaker": make_actor("Ann Bell", actor_kind="person").pk,
        "attribution": "named",
        "headline": "Foo Works pauses the Widget 3",
        "slug": "widget",
        "form": "verbatim",
        "outcome": "said",
        "text": situation.text,
        "said": "2026-03-04",
        "citations-TOTAL_FORMS": len(situation.carriers),
    }
    for place, carrier in enumerate(situation.carriers):
        values = {
            "source": sources[carrier.name].pk,
            "bearing": "supports",
            "exact": carrier.exact,
            "wording": carrier.wording,
            "language": carrier.language,
            "translator": carrier.translator,
            "via": sources[carrier.via].pk if carrier.via else "",
            "said": carrier.said,
            "addressee": make_actor(carrier.addressee).pk if carrier.addressee else "",
        }
        fields |= {f"citations-{place}-{name}": value for name, value in values.items()}
    fields["citations-0-quoted"] = "on"
    page = editor.post(add_url("statement"), fields | {"_save": "1"}, follow=True)
    assert not page.context.get("errors"), page.context["errors"]
    return Statement.objects.get()


def imported(situation):
    """Load the situation from a CSV file, and return the statement."""

    def of_each(name):
        return join_values(getattr(carrier, name) for carrier in situation.carriers)

    line = {
        "id": "1", "kind": "statement", "title": "Foo Works pauses the Widget 3",
        "date": "2026-03-04", "text": situation.text, "form": "verbatim", "language": "en",
        "speaker": "Ann Bell", "sources": of_each("name"), "cited_words": of_each("exact"),
        "cited_wordings": of_each("wording"), "cited_languages": of_each("language"),
        "translators": of_each("translator"), "via": of_each("via"),
        "cited_dates": of_each("said"), "cited_addressees": of_each("addressee"),
        "quoted": join_values(["yes", *("" for _ in situation.carriers[1:])]),
    }  # fmt: skip
    assert [str(outcome) for outcome in planned(table(line)) if outcome.reasons] == []
    loaded(table(line))
    for place, carrier in enumerate(situation.carriers):
        day = f"2026-03-{10 + place}"
        Source.objects.filter(title=carrier.name).update(published=day)
        source = Source.objects.get(title=carrier.name)
        source.save()  # computes the bounds of its date
    return Statement.objects.get()


def plain(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def assert_readers_see(reader, statement, situation):
    path = f"/statements/{statement.slug}"
    row = reader.get(f"{path}.json").json()
    verdicts = [citation["comparison"]["verdict"] for citation in row["citations"]]
    assert verdicts == [carrier.verdict for carrier in situation.carriers]
    assert row["quotation"]["label"] == situation.label
    for citation, carrier in zip(row["citations"], situation.carriers, strict=True):
        assert citation["translator"] == carrier.translator
        assert (citation["said"] or {"edtf": ""})["edtf"] == carrier.said
        assert (citation["addressee"] or {"name": ""})["name"] == carrier.addressee
    timeline = plain(reader.get("/timeline/").content.decode())
    page = plain(reader.get(f"{path}/").content.decode())
    assert "How each carrier gives the words" in page
    for carrier in situation.carriers:
        assert carrier.words in timeline
        shown = f"As cited in {carrier.via}" if carrier.via else carrier.words.capitalize()
        assert shown.lower() in page.lower()
    assert_formats_have(reader, path, situation)


def assert_formats_have(reader, path, situation):
    """What each format that prints citations says about the carriers."""
    content = b"".join(reader.get("/timeline.csv").streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(content, newline=""))
    assert line["words_kind"] == (situation.label or "Exact words")
    for suffix in ("md", "atom", "feed.json", "ics", "jsonld", "timelinejs.json"):
        answer = reader.get(f"{path}.{suffix}")
        text = (answer.content or b"".join(answer.streaming_content)).decode()
        text = text.replace("\r\n ", "").replace("\\,", ",").replace("\\\\", "\\")
        for carrier in situation.carriers:
            if carrier.via:
                assert f"{carrier.name}, as cited in {carrier.via}" in text, suffix
            if carrier.verdict == "differs" and suffix in ("md", "atom", "feed.json", "ics"):
                assert carrier.words in text, suffix


@EVERY
def test_situation_typed_in_the_form_is_shown_right(editor, reader, name):
    situation = SITUATIONS[name]
    statement = typed_in_the_form(editor, situation)
    publish(statement, by=None)
    assert_readers_see(reader, statement, situation)


@EVERY
def test_situation_imported_from_a_file_is_shown_right(reader, name):
    situation = SITUATIONS[name]
    statement = imported(situation)
    publish_all([statement], by=None)
    assert_readers_see(reader, statement, situation)


def test_quotation_without_its_negation_is_refused_until_a_reason_is_given(reader):
    exact = "The output cannot be used to develop any model that competes with us."
    statement = make_statement("develop any model that competes with us.", slug="terms")
    statement.citations.update(exact=exact)
    with pytest.raises(ActionRefused, match="“cannot”, which changes its meaning"):
        publish(statement, by=None)
    statement.override_reason = "The title says that it is forbidden."
    statement.save()
    publish(statement, by=None)
    note = "Shown without “cannot”: The title says that it is forbidden."
    for path in ("/statements/terms/", "/timeline/", "/statements/terms.json", "/timeline.atom"):
        answer = reader.get(path)
        assert note in (answer.content or b"".join(answer.streaming_content)).decode(), path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("We won twice.", "departs at “twice”"),
        ("lost … We won", "is before"),
        ("We [really [did]] win", "bracket"),
        ("We won [", "bracket"),
    ],
)
def test_wrong_quotation_is_refused_by_publishing_and_import(text, sentence):
    statement = make_statement("We won", slug="said")
    statement.citations.update(exact="We won and they lost.")
    statement.text = text
    assert sentence in " ".join(check_quotation(statement).errors)
    statement.save()
    with pytest.raises(ActionRefused, match=re.escape(sentence)):
        publish(statement, by=None)
    (outcome,) = planned(
        table({
            "kind": "statement", "title": "T", "text": text, "form": "verbatim", "speaker": "Ann",
            "sources": "A", "cited_words": "We won and they lost.",
        })
    )  # fmt: skip
    assert outcome.action == "refused"
    assert sentence in " ".join(outcome.reasons)


def test_form_refuses_open_brackets_and_two_quoted_citations(editor):
    statement = make_statement("We won.")
    fields = fields_of(editor.get(change_url(statement)))
    page = text_of(editor.post(change_url(statement), fields | {"text": "We [won.", "_save": "1"}))
    assert "bracket" in page
    second = {
        "citations-TOTAL_FORMS": 2, "citations-1-source": make_source().pk,
        "citations-1-bearing": "supports", "citations-1-exact": "We won.",
        "citations-1-quoted": "on",
    }  # fmt: skip
    page = text_of(editor.post(change_url(statement), fields | second | {"_save": "1"}))
    assert "Only one citation can give the words that are shown" in page
    assert statement.citations.count() == 1


def test_mark_moves_from_a_later_to_an_earlier_citation(editor):
    statement = make_statement("We won.")
    first = statement.citations.get()
    first.quoted = False
    first.save()
    later = statement.citations.create(source=make_source(), exact="We won.", quoted=True)
    fields = fields_of(editor.get(change_url(statement)))
    fields.pop("citations-1-quoted")
    editor.post(change_url(statement), fields | {"citations-0-quoted": "on", "_save": "1"})
    assert [row.quoted for row in statement.citations.order_by("pk")] == [True, False]
    assert later.pk


def test_citation_with_the_words_is_marked_when_none_is(editor):
    statement = make_statement("We won.")
    statement.citations.update(quoted=False)
    fields = fields_of(editor.get(change_url(statement)))
    editor.post(change_url(statement), fields | {"headline": "New", "_save": "1"})
    assert statement.citations.get().quoted


def test_preview_names_the_composed_quotation_and_the_refusal(editor):
    statement = make_statement("We did not win.")
    fields = fields_of(editor.get(change_url(statement)))
    url = add_url("statement").replace("add/", f"card/?of={statement.pk}")
    notes = plain(editor.post(url, fields | {"text": "We ... win."}).json()["notes"])
    assert "Cannot be published yet The quotation leaves out “not”" in notes
    assert "The quotation is composed from the exact words: We … win." in notes


def test_relayed_source_supports_nothing(reader):
    statement = make_statement("We won.", form="paraphrase")
    relay = make_source("Machine Heart")
    statement.citations.update(via=relay)
    with pytest.raises(ActionRefused, match="supporting citation is missing"):
        publish(statement, by=None)
    statement.citations.create(source=relay, exact="They won.")
    published(statement)
    row = reader.get(f"/statements/{statement.slug}.json").json()
    assert [bool(citation["via"]) for citation in row["citations"]] == [True, False]


def test_merge_keeps_every_carrier_and_one_quotation(reader):
    kept = published(make_statement("We paused it.", slug="kept"))
    double = published(make_statement("We stopped it.", slug="double", wording="back_translated"))
    transfer = merge(double, into=kept, by=None, note="One utterance.")
    row = reader.get("/statements/kept.json").json()
    assert [(citation["exact"], citation["quoted"]) for citation in row["citations"]] == [
        ("We paused it.", True),
        ("We stopped it.", False),
    ]
    assert row["citations"][1]["wording"] == "back_translated"
    assert row["citations"][1]["comparison"]["words"] == [{"was": "paused", "is": "stopped"}]
    publish(Statement.objects.get(pk=kept.pk), by=None)
    undo_transfer(transfer, by=None, note="No.")
    assert kept.citations.get().quoted and double.citations.get().quoted
