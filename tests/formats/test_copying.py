"""A copied quotation says whose words it has, of what kind, and where they are printed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import FuzzyDate
from kb.formats.copying import copied_quotation, quotation_caveat
from kb.formats.view import SiteIdentity
from kb.record.quotation import LABELS, quotation_of
from kb.record.vocabulary import Bearing, StatementForm, Wording
from tests.make import make_actor, make_incident, make_source, make_statement, published

SITE = SiteIdentity("https://record.example", "On the Record")
BOX = re.compile(r'<pre class="cite" data-form="(\w+)" translate="no">(.*?)</pre>', re.DOTALL)

names = st.one_of(
    st.sampled_from(["Niko Felix", "字节跳动", "שלום {x}", "a\\b", "A & B <i>", "x\ny", "]("]),
    st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=9),
)
actors = names.map(
    lambda name: {"id": "a", "slug": "a", "name": name, "kind": "person", "url": "/actors/a/"}
)


@st.composite
def citations(draw: st.DrawFn) -> dict[str, Any]:
    source = {
        "id": draw(names), "slug": "s", "title": draw(names), "url": "/sources/s/", "link": "",
        "publisher": draw(st.none() | actors), "published": FuzzyDate("2023-12").to_json(),
        "archive_url": "", "language": "en", "kind": "article", "byline": draw(names),
    }  # fmt: skip
    return {
        "source": source, "exact": "", "locator": draw(st.just("") | names), "note": "",
        "bearing": draw(st.sampled_from(Bearing.values)), "language": "en",
        "via": draw(st.none() | st.just({"title": "Relay", "publisher": None})),
        "wording": draw(st.sampled_from(["", *Wording.values])), "quoted": draw(st.booleans()),
    }  # fmt: skip


@st.composite
def statement_rows(draw: st.DrawFn) -> dict[str, Any]:
    """A row of any statement, as its document may be."""
    speakers = draw(st.lists(actors, max_size=2))
    return {
        "kind": "statement", "id": "fq55xtqm", "url": "/statements/felix/", "version": 3,
        "headline": draw(names), "date": FuzzyDate(draw(st.sampled_from(["", "2023-12-15"])))
        .to_json(),
        "form": draw(st.sampled_from(StatementForm.values)),
        "wording": draw(st.sampled_from(["", *Wording.values])),
        "text": draw(st.lists(names, min_size=1, max_size=3).map("\n".join)),
        "language": draw(st.sampled_from(["", "en", "zh"])), "override_reason": "",
        "quotation": None, "citations": draw(st.lists(citations(), max_size=3)),
        "voice": {
            "speakers": speakers, "label": draw(st.just("") | names), "role": draw(names),
            "principals": draw(st.lists(actors, max_size=2)), "to": draw(st.lists(actors)),
            "attributed_to": None, "identity": draw(st.sampled_from(["certain", "possible"])),
        },
    }  # fmt: skip


class Text(HTMLParser):
    """The text of an HTML fragment; fails for a tag that a copied quotation never has."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("blockquote", "p", "strong", "br", "a")

    def handle_data(self, data: str) -> None:
        self.text += data


def spaced(text: str) -> str:
    return " ".join(text.split())


@given(statement_rows(), st.sampled_from(["en", "zh-hans"]))
def test_every_form_has_kind_speaker_carrier_id_version_and_address(row, language):
    with override(language):
        copied = copied_quotation(row, SITE)
        quotation = quotation_of(row)
        if not quotation.words:
            assert copied is None
            return
        assert copied
        voice, plain = row["voice"], spaced(copied.plain)
        not_stated = {"en": "Speaker not stated", "zh-hans": "未说明发言人"}[language]
        speakers = [spaced(actor["name"]) for actor in voice["speakers"]]
        for name in speakers or [spaced(voice["label"]) or not_stated]:
            # The first letter may be a capital at the beginning of a line.
            assert name in plain or capfirst(name) in plain
        assert spaced(quotation.kind_words) in plain
        assert quotation.kind_words, "exact words are said to be exact"
        no_carrier = {"en": "Carrier not stated", "zh-hans": "未说明刊载来源"}[language]
        carriers = [
            spaced(
                (citation["source"]["publisher"] or {}).get("name") or citation["source"]["title"]
            )
            for citation in row["citations"]
        ] or [no_carrier]
        assert any(carrier in plain for carrier in carriers)
        assert "https://record.example/statements/felix/history/3/" in plain
        assert "fq55xtqm" in plain
        # The other two forms say the same.
        reader = Text()
        reader.feed(copied.html)
        assert spaced(reader.text) and "".join(reader.text.split()) == "".join(
            copied.plain.replace(f"[{spaced(quotation.kind_words)}]", quotation.kind_words).split()
        )
        assert copied.markdown.startswith("> ")
        assert "<https://record.example/statements/felix/history/3/>" in copied.markdown


@given(statement_rows())
def test_caveat_stands_for_all_words_but_the_exact_ones(row):
    quotation = quotation_of(row)
    text = quotation_caveat(row, SITE)
    if quotation.words and quotation.kind != Wording.ORIGINAL:
        assert quotation.label.rstrip(".") in text
        assert text.endswith("https://record.example/statements/felix/history/3/]")
    else:
        assert text == ""


# --- On pages ----------------------------------------------------------------------------------


def boxes(page: str) -> dict[str, str]:
    """The texts of the panel, by form, as HTML."""
    return dict(BOX.findall(page))


@pytest.fixture
def felix():
    source = make_source("Report", publisher=make_actor("Machine Heart"), slug="report")
    return published(
        make_statement(
            "We suspended <it>.\n\nFor now.",
            speaker=make_actor("Niko Felix", actor_kind="person"),
            role_as_of="spokesperson",
            source=source,
            slug="felix",
            wording="back_translated",
        )
    )


@pytest.mark.django_db
def test_statement_page_has_the_three_forms(reader, felix):
    forms = boxes(reader.get("/statements/felix/").text)
    assert list(forms) == ["plain", "markdown", "html"]
    assert forms["plain"].startswith("“We suspended &lt;it&gt;.\n")
    for text in forms.values():
        for part in ("Back-translated", "Niko Felix", "spokesperson", "15 December 2023",
                     "Machine Heart", felix.public_id, "version 1", "/history/1/"):  # fmt: skip
            assert part in text
    assert "&lt;blockquote" in forms["html"]


@pytest.mark.django_db
def test_chinese_page_copies_chinese_labels(reader, felix):
    plain = boxes(reader.get("/zh-hans/statements/felix/").text)["plain"]
    with override("zh-hans"):
        assert f"[{LABELS[Wording.BACK_TRANSLATED]}]" in plain
    assert "刊载来源：Machine Heart" in plain
    assert f"{settings.SITE_URL}/statements/felix/history/1/" in plain


@pytest.mark.django_db
def test_earlier_version_is_copied_as_it_was(reader, felix):
    felix.headline = "Another headline"
    felix.save()
    published(felix)
    first, second = (
        boxes(reader.get(f"/statements/felix/{path}").text)["plain"] for path in ("history/1/", "")
    )
    assert "/history/1/" in first and "version 1" in first
    assert "/history/2/" in second and "version 2" in second


@pytest.mark.django_db
def test_every_list_of_quotations_has_the_same_actions(reader, felix):
    incident = make_incident("It", slug="it")
    felix.incidents.add(incident)
    published(felix)
    paths = ["/", "/timeline/", "/incidents/it/", "/statements/felix/", "/sources/report/",
             f"/actors/{felix.speaker.slug}/", "/search/?q=suspended"]  # fmt: skip
    for path in paths:
        page = reader.get(path).text
        assert 'href="/statements/felix/#copy"' in page, path
        assert 'href="/statements/felix/#cite"' in page, path
        assert f'href="/report/?about={felix.public_id}"' in page, path
    version = reader.get("/statements/felix/history/2/").text
    assert 'href="/statements/felix/history/2/#copy"' in version
    assert f'href="/report/?about={felix.public_id}&amp;version=2"' in version
    assert 'id="report"' in reader.get("/method/corrections/").text


@pytest.mark.django_db
def test_report_is_sent_to_the_form_whatever_the_contact(reader, felix, settings):
    pages = []
    for contact in ("", "desk@record.example"):
        settings.SECURITY_CONTACT = contact
        pages.append(reader.get("/statements/felix/").text)
    for page in pages:
        assert page.count(f'href="/report/?about={felix.public_id}') == 2
