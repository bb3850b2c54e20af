"""Every renderer of a statement's words shows what kind of words they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kb.desk.models import EntryLink
from kb.formats import formats_for
from kb.record.quotation import LABELS, Quotation, quotation_of
from kb.record.vocabulary import Wording
from tests.make import (
    make_actor,
    make_event,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)
from tests.story import load_story

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
# What prints words of a statement, or what it is called where words are.
SHOWS_WORDS = re.compile(
    r"\btext_html\b|\bmarked_words\b|\b(?:row|position)\.text\b|entry\.excerpt\b"
)
SHOWS_KIND = re.compile(r"_words_label\.html|timeline/_quotation\.html")
# Formats in which no word of a statement stands, only its title.
WITHOUT_WORDS = {"bib", "ris", "csl.json"}


def templates_with_words() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): text
        for path in (ROOT / "templates").rglob("*.html")
        # A request for comment has no quotation: its text is how a source puts it.
        if path.parent.name != "requests"
        and SHOWS_WORDS.search(text := path.read_text(encoding="utf-8"))
    }


def test_every_template_with_words_shows_their_kind():
    templates = templates_with_words()
    assert {"templates/timeline/_quotation.html", "templates/claims/_position.html"} <= set(
        templates
    )
    assert [name for name, text in templates.items() if not SHOWS_KIND.search(text)] == []


def test_no_template_sets_quotation_marks_around_a_passage():
    """Whether words may stand in quotation marks depends on their kind: ``marked_words`` knows."""
    marked = re.compile(r"“\{\{ [\w.]*(?:exact|text|excerpt)\b")
    templates = [path for path in (ROOT / "templates").rglob("*.html") if "admin" not in path.parts]
    assert len(templates) > 50
    assert [path.name for path in templates if marked.search(path.read_text())] == []


def test_words_reach_formats_and_pages_through_one_function():
    """Only these modules read the text of a row or document, and not to show it bare."""
    readers = {
        str(path.relative_to(ROOT))
        for room in ("formats", "site", "record")
        for path in (ROOT / "kb" / room).rglob("*.py")
        if re.search(r"""row(?:\.get\(|\[)["']text["']""", path.read_text(encoding="utf-8"))
    }
    assert readers == {
        "kb/formats/feed_text.py",  # of a request for comment
        "kb/formats/jsonld.py",  # with its description
        "kb/formats/markdown.py",  # of a request for comment
        "kb/record/request_rows.py",
        "kb/record/quotation.py",
        "kb/record/rendering.py",  # for the templates above
        "kb/record/statement_rows.py",
        "kb/site/pages/carriers.py",  # compares
        "kb/site/pages/home.py",  # shortens
        "kb/site/pages/search.py",  # an excerpt, in the template above
        "kb/site/templatetags/pages.py",  # marks words in a source's excerpt
    }


def _field(content: bytes) -> str:
    """A file as one text without escapes, line ends and folds."""
    text = content.decode("utf-8-sig").replace("\r\n ", "").replace("\\n", " ")
    for mark, plain in (("\\,", ","), ("\\;", ";"), ("&#x27;", "'"), ("&quot;", '"')):
        text = text.replace(mark, plain)
    text = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return " ".join(text.replace('\\"', '"').replace('""', '"').split())


@pytest.mark.django_db
def test_label_stands_beside_each_quotation_of_the_sample_story(reader):
    load_story()
    rows = reader.get("/timeline.json?kind=statement&size=100").json()["entries"]
    for form in formats_for("statement"):
        for row in rows:
            answer = reader.get(f"{row['url'].rstrip('/')}.{form.suffix}")
            if answer.status_code == 404:
                continue
            content = answer.content or b"".join(answer.streaming_content)
            if form.shows and row["id"].encode() not in content:
                continue  # its date cannot be shown
            label = row["quotation"]["label"]
            assert label in _field(content), (form.suffix, row["slug"])


@pytest.mark.django_db
@pytest.mark.parametrize("wording", [*Wording.values, ""])
def test_formats_and_pages_label_each_wording(reader, wording):
    speaker = make_actor("Ann Bell", actor_kind="person")
    source = make_source("A report", publisher=make_actor("The Daily"), url="https://a.example/")
    statement = published(
        make_statement(
            "We paused the Widget.", speaker=speaker, source=source, slug="said", wording=wording
        )
    )
    label = str(LABELS[wording or "not_stated"])
    assert (label == "") == (wording == Wording.ORIGINAL)
    for form in formats_for("statement"):
        answer = reader.get(f"/statements/said.{form.suffix}")
        content = answer.content or b"".join(answer.streaming_content)
        assert label in _field(content), form.suffix
        has_words = "We paused the Widget." in _field(content)
        assert has_words is (form.suffix not in WITHOUT_WORDS), form.suffix
    paths = ["/", "/timeline/", "/statements/said/", f"/actors/{speaker.slug}/",
             "/search/?q=Widget", "/embed/statements/said/", "/embed/timeline/"]  # fmt: skip
    for path in paths:
        page = reader.get(path).content.decode()
        assert "We paused the Widget." in page.replace("<mark>", "").replace("</mark>", ""), path
        assert label in page, path
    head = reader.get("/statements/said/").content.decode().partition("</head>")[0]
    for name in ('name="description"', 'property="og:description"'):
        assert label in re.search(rf'<meta {name} content="([^"]*)"', head)[1]
    assert statement.pk


@pytest.mark.parametrize(
    ("kind", "shape", "is_serif", "has_marks"),
    [
        (Wording.ORIGINAL, "solid", True, True),
        (Wording.TRANSLATED, "double", True, True),
        (Wording.BACK_TRANSLATED, "double", True, True),
        (Wording.REWORDED, "double", True, False),
        (Wording.PARAPHRASE, "dashed", False, False),
        ("reported", "dotted", False, False),
        ("not_stated", "double", True, False),
    ],
)
def test_shape_and_marks_follow_from_the_kind(kind, shape, is_serif, has_marks):
    quotation = Quotation("Words.", kind, "")
    assert (quotation.shape, quotation.is_serif, quotation.has_marks) == (
        shape,
        is_serif,
        has_marks,
    )


def test_words_stand_before_their_label_in_brackets():
    quotation = Quotation("We won.", Wording.TRANSLATED, "Translated by the carrier")
    assert quotation.text == "“We won.” [Translated by the carrier]"
    assert quotation_of({"kind": "event", "text": "no statement", "citations": []}).text == ""


@pytest.mark.django_db
def test_json_names_kind_label_and_cited_source(reader):
    source = make_source()
    published(make_statement("We won.", slug="said", source=source, wording="back_translated"))
    row = json.loads(reader.get("/statements/said.json").content)
    assert row["quotation"] == {
        "words": "We won.",
        "kind": "back_translated",
        "label": "Back-translated: not the exact words",
        "note": "",
        "cited": source.public_id,
    }
    assert row["wording"] == "back_translated"


@pytest.mark.django_db
@pytest.mark.parametrize(("form", "is_marked"), [("verbatim", True), ("paraphrase", False)])
def test_position_shows_the_kind_of_its_words(reader, form, is_marked):
    statement = make_statement(
        "We paused the Widget for good.", slug="said", form=form, wording="translated"
    )
    claim = make_proposition("Was it paused?")
    make_stance(claim, "confirms", statement=statement, exact="paused the Widget")
    published(statement)
    published(claim)
    page = reader.get("/statements/said/").content.decode()
    positions = page[page.index("Positions in this statement") :].partition("</section>")[0]
    assert ("“paused the Widget”" in positions) is is_marked
    assert "paused the Widget" in positions
    kind = Wording.TRANSLATED if is_marked else Wording.PARAPHRASE
    assert str(LABELS[kind]) in positions


@pytest.mark.django_db
def test_evidence_of_a_link_shows_that_it_is_as_printed(reader):
    source = make_source()
    first, second = (make_event(slug=slug, source=source) for slug in ("first", "second"))
    published(second)
    EntryLink.objects.create(
        event=first, to_event=second, link_kind="follows", source=source, exact="after the first"
    )
    published(first)
    page = reader.get("/events/first/").content.decode()
    line = page[page.index("Follows:") :].partition("</p>")[0]
    assert "after the first" in line
    assert "“after the first”" not in line
    assert str(LABELS["not_stated"]) in line
