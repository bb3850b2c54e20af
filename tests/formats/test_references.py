"""References in every form: read back by small readers, whatever stands in the fields."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import date

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import FuzzyDate
from kb.formats.cited_work import Carrier, Reference, Speech, plain_reference
from kb.formats.references import (
    REFERENCE_FILES,
    REFERENCE_FORMS,
    bibtex,
    csl,
    ris,
    wikipedia,
)

RECORD = Reference(
    kind="event",
    title="Account suspended",
    url="https://example.org/events/suspended/history/2/",
    site="On the Record",
    id="g9d4cbrm",
    version=2,
    issued=FuzzyDate("2023-12-15"),
    authors=("Rosa Example", "Bo Li"),
    carrier=Carrier("The Paper", "Report on Project Seed", "para. 3"),
)
STATEMENT = Reference(
    kind="statement",
    title="OpenAI: the account is suspended",
    url="https://example.org/statements/felix/history/1/",
    site="On the Record",
    id="fq55xtqm",
    version=1,
    issued=FuzzyDate("2023-12-15"),
    authors=("Niko Felix",),
    carrier=Carrier("Machine Heart", "The report", "para. 19"),
    speech=Speech("back_translated", principals=("OpenAI",), to=("The Verge",)),
)
SOURCE = Reference(
    kind="source",
    title="Report on Project Seed",
    url="https://example.net/2023/report",
    site="On the Record",
    id="skj244bz",
    issued=FuzzyDate("2023-12-15"),
    authors=("Rosa Example",),
    publisher="The Paper",
    form="article",
    language="zh",
    accessed=date(2026, 11, 20),
    archive_url="https://archive.example/1",
    archived=date(2026, 11, 21),
)
VIEW = Reference(
    kind="view",
    title="Statements by ByteDance",
    url="https://example.org/timeline/?by=bytedance&kind=statement",
    site="On the Record",
    version=7,
    issued=FuzzyDate("2026-11-24"),
    authors=("On the Record",),
)
# What breaks one form or another, more often than chance would have it.
hostile = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *r"\{}$&#_%~^|[]<>'=@,;\"",
                "\r\n",
                "\n",
                "\u2028",
                "\x85",
                "\x00",
                "\ud800",
                "''",
                "__",
            ]
            + ["}}", "{{!}}", "-->", "&lt;", "&amp", "ER  - ", "TY  - x", "://", "</pre>", "字节"]
        ),
        st.text(max_size=8),
    ),
    max_size=8,
).map("".join)


def line(text: str) -> str:
    """What one line keeps of a text: no control characters, one space for any white space."""
    spaced = " ".join(text.split())
    kept = "".join(
        character
        for character in spaced
        if not re.match(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", character)
    )
    return " ".join(kept.split())


def with_date(edtf: str, ref: Reference = SOURCE) -> Reference:
    return replace(ref, issued=FuzzyDate(edtf))


# --- In words --------------------------------------------------------------------------------


def test_an_event_is_cited_by_who_signed_its_carrier():
    assert plain_reference(RECORD) == (
        "Rosa Example and Bo Li, “Account suspended”, in “Report on Project Seed”, The Paper, "
        "para. 3, 15 December 2023. Recorded in On the Record, event g9d4cbrm, version 2, "
        "https://example.org/events/suspended/history/2/"
    )


def test_a_statement_is_cited_by_its_speaker_and_the_kind_of_words():
    assert plain_reference(STATEMENT) == (
        "Niko Felix, OpenAI, to The Verge, 15 December 2023, as printed, back-translated, in "
        "Machine Heart, para. 19. Recorded in On the Record, statement fq55xtqm, version 1, "
        "https://example.org/statements/felix/history/1/"
    )


def test_a_relayed_carrier_is_said_not_to_be_read():
    relayed = replace(STATEMENT, carrier=Carrier("The Verge", relay="Machine Heart"))
    expected = "in The Verge, as cited in Machine Heart, not read by us"
    for form in REFERENCE_FORMS:
        assert expected in form.write(relayed), form.name


def test_a_speaker_who_is_not_stated_is_said_not_to_be():
    nobody = replace(STATEMENT, authors=())
    assert plain_reference(nobody).startswith("Speaker not stated, OpenAI, to The Verge")
    for form in REFERENCE_FORMS:
        assert "author" not in form.write(nobody), form.name
        assert "AU  -" not in form.write(nobody), form.name


def test_a_source_is_cited_as_itself():
    assert plain_reference(SOURCE) == (
        "Rosa Example, “Report on Project Seed”, The Paper, 15 December 2023. "
        "https://example.net/2023/report"
    )
    bare = replace(with_date(""), authors=(), publisher="", url="")
    assert plain_reference(bare) == "“Report on Project Seed”, date not stated."


def test_a_view_is_cited_with_its_words_and_the_day():
    assert plain_reference(VIEW) == (
        "“Statements by ByteDance”, timeline view, record version 7, On the Record, "
        "24 November 2026. "
        "https://example.org/timeline/?by=bytedance&kind=statement"
    )


def test_marks_inside_a_title_are_single():
    assert "“He said ‘no’”" in plain_reference(replace(RECORD, title="He said “no”"))


@given(hostile, hostile, hostile)
def test_no_text_breaks_the_sentence(title, author, publisher):
    reference = plain_reference(
        replace(SOURCE, title=title, authors=(author,), publisher=publisher)
    )
    assert reference == line(reference)


# --- BibTeX ----------------------------------------------------------------------------------

TEX = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{character}": character for character in "$&#_%"},
}


def read_bibtex(text: str) -> tuple[str, dict[str, str]]:
    """The key and the fields, as BibTeX finds them: by counting braces, those after \\ too."""
    start = re.fullmatch(r"@misc\{([\w-]+),\n(.*)\n\}\n", text, re.DOTALL)
    assert start, text
    fields, rest = {}, start[2]
    while rest:
        name = re.match(r"\s*([a-z]+) = ", rest)
        assert name, rest
        rest = rest[name.end() :]
        if rest[0] != "{":
            value, _, rest = rest.partition(",\n")
        else:
            depth, place = 1, 0
            while depth and place + 1 < len(rest):
                place += 1
                depth += (rest[place] == "{") - (rest[place] == "}")
            assert depth == 0, "unbalanced"
            value, rest = rest[1:place], rest[place + 1 :].removeprefix(",\n")
        assert name[1] not in fields
        fields[name[1]] = value
    return start[1], fields


def untex(text: str) -> str:
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    pattern = "|".join(re.escape(command) for command in sorted(TEX, key=len, reverse=True))
    left = re.sub(pattern, "", text)
    assert not re.search(r"[\\{}$&#_%~^]", left), left
    return re.sub(pattern, lambda match: TEX[match[0]], text)


def test_bibtex_of_a_record():
    key, fields = read_bibtex(bibtex(RECORD))
    assert key == "event-g9d4cbrm-v2"
    assert fields == {
        "author": "{Rosa Example} and {Bo Li}",
        "title": "{Account suspended}",
        "howpublished": "In “Report on Project Seed”, The Paper, para. 3",
        "year": "2023",
        "month": "dec",
        "date": "2023-12-15",
        "url": RECORD.url,
        "note": "In “Report on Project Seed”, The Paper, para. 3. Recorded in On the Record. "
        "Event g9d4cbrm, version 2",
    }


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2023-12-15", {"year": "2023", "month": "dec", "date": "2023-12-15"}),
        ("2023-04", {"year": "2023", "month": "apr", "date": "2023-04"}),
        ("2023", {"year": "2023", "date": "2023"}),
        ("2023~", {"year": "about 2023", "date": "2023~"}),
        ("../2023-12-15", {"date": "../2023-12-15"}),
        ("2023-05~/2023-08~", {"date": "2023-05~/2023-08~"}),
        ("201X", {"date": "201X"}),
        # Quarters and marks on single parts are beyond what biblatex reads.
        ("2023-33", {}),
        ("2023?-11-14", {"year": "about 2023"}),
        ("", {}),
    ],
)
def test_bibtex_says_of_a_date_what_is_known(edtf, expected):
    _, fields = read_bibtex(bibtex(with_date(edtf)))
    date_fields = {name: fields[name] for name in ("year", "month", "date") if name in fields}
    assert date_fields == expected
    assert ("Published" in fields.get("note", "")) == (
        edtf not in ("2023-12-15", "2023-04", "2023", "")
    )


@given(hostile, hostile, hostile, hostile)
def test_bibtex_reads_back_what_was_written(title, author, publisher, url):
    ref = replace(SOURCE, title=title, authors=(author,), publisher=publisher, url=url)
    _, fields = read_bibtex(bibtex(ref))
    assert untex(fields["title"]) == line(title)
    assert untex(fields.get("author", "")) == line(author)
    assert untex(fields.get("howpublished", "")) == line(publisher)
    assert not re.search(r"[{}\\\s]", fields.get("url", ""))


# --- RIS -------------------------------------------------------------------------------------


def read_ris(text: str) -> list[tuple[str, str]]:
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert len(text.splitlines()) == len(lines), "a line breaks inside"
    matches = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in lines]
    assert all(matches), lines
    pairs = [(match[1], match[2]) for match in matches if match]
    assert pairs[0][0] == "TY"
    assert pairs[-1] == ("ER", "")
    assert [tag for tag, _ in pairs].count("ER") == 1
    return pairs


def test_ris_of_a_record_and_of_a_source():
    record, source = dict(read_ris(ris(RECORD))), dict(read_ris(ris(SOURCE)))
    assert record["TY"] == "ELEC"
    assert [value for tag, value in read_ris(ris(RECORD)) if tag == "AU"] == list(RECORD.authors)
    assert (record["PY"], record["DA"]) == ("2023", "2023/12/15/")
    assert (record["T2"], record["DB"]) == ("The Paper", "On the Record")
    assert (record["AN"], record["ET"], record["UR"]) == ("g9d4cbrm", "2", RECORD.url)
    assert source["TY"] == "NEWS"
    assert (source["AU"], source["T2"], source["LA"]) == ("Rosa Example", "The Paper", "zh")
    assert source["Y2"] == "2026/11/20/"


@pytest.mark.parametrize(
    ("edtf", "year", "when"),
    [
        ("2023-04", "2023", "2023/04//"),
        ("2023", "2023", "2023///"),
        ("2023~", None, "2023///about 2023 (1 January – 31 December)"),
        ("../2023-12-15", None, "///on or before 15 December 2023"),
        ("", None, None),
    ],
)
def test_ris_says_of_a_date_what_is_known(edtf, year, when):
    fields = dict(read_ris(ris(with_date(edtf))))
    assert (fields.get("PY"), fields.get("DA")) == (year, when)


@given(hostile, hostile, hostile)
def test_ris_reads_back_what_was_written(title, author, note):
    fields = dict(read_ris(ris(replace(SOURCE, title=title, authors=(author,), note=note))))
    assert fields.get("TI", "") == line(title)
    assert fields.get("AU", "") == line(author)


# --- CSL-JSON --------------------------------------------------------------------------------


def test_csl_of_a_record():
    (item,) = json.loads(csl(RECORD))
    assert item == {
        "id": "event-g9d4cbrm-v2",
        "type": "webpage",
        "title": "Account suspended",
        "author": [{"literal": "Rosa Example"}, {"literal": "Bo Li"}],
        "container-title": "The Paper",
        "publisher": "The Paper",
        "issued": {"date-parts": [[2023, 12, 15]]},
        "URL": RECORD.url,
        "number": "g9d4cbrm",
        "version": "2",
        "source": "On the Record",
        "section": "para. 3",
        "note": "In “Report on Project Seed”, The Paper, para. 3. Recorded in On the Record. "
        "Event g9d4cbrm, version 2",
    }


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2023-04", {"date-parts": [[2023, 4]]}),
        ("2004-XX", {"date-parts": [[2004]]}),
        ("2023-04~", {"date-parts": [[2023, 4]], "circa": True}),
        ("2023-05~/2023-08~", {"date-parts": [[2023, 5], [2023, 8]], "circa": True}),
        ("2023-04/2023-06", {"date-parts": [[2023, 4], [2023, 6]]}),
        ("2023-22", {"date-parts": [[2023]], "season": 2}),
        ("../2023-12-15", {"literal": "on or before 15 December 2023"}),
        ("201X", {"literal": "2010s (1 January 2010 – 31 December 2019)"}),
        ("", None),
    ],
)
def test_csl_says_of_a_date_what_is_known(edtf, expected):
    (item,) = json.loads(csl(with_date(edtf)))
    assert item.get("issued") == expected


@given(hostile, hostile)
def test_csl_reads_back_what_was_written(title, author):
    (item,) = json.loads(csl(replace(SOURCE, title=title, authors=(author,))))
    assert item.get("title", "") == line(title)
    assert item.get("author", [{"literal": ""}]) == [{"literal": line(author)}]


# What the schema of CSL 1.0.2 allows an item to have, as far as it is used here.
CSL_TYPES = {"article-newspaper", "document", "interview", "post", "webpage"}
CSL_TEXTS = {"id", "type", "title", "container-title", "publisher", "URL", "archive_location",
             "number", "version", "language", "source", "section", "note"}  # fmt: skip


def check_csl_item(item: dict[str, object]) -> None:
    """Fail where an item has a field, a type or a shape that the schema does not allow."""
    assert item["type"] in CSL_TYPES
    for name, value in item.items():
        if name in CSL_TEXTS:
            assert isinstance(value, str) and value == line(value), name
        elif name == "author":
            assert value and all(set(author) == {"literal"} for author in value)
        else:
            assert name in ("issued", "accessed"), name
            assert set(value) <= {"date-parts", "season", "circa", "literal"}
            for parts in value.get("date-parts", []):
                assert 1 <= len(parts) <= 3 and all(type(part) is int for part in parts)


# --- Wikipedia -------------------------------------------------------------------------------


def read_template(text: str) -> tuple[str, dict[str, str]]:
    assert text.startswith("{{")
    assert text.endswith("}}")
    name, *parts = text[2:-2].split("|")
    pairs = [part.strip().partition("=") for part in parts]
    return name.strip(), {key: value for key, _, value in pairs}


def unwiki(text: str) -> str:
    assert not re.search(r"[\[\]{}<>~|]|''|__|://", text)
    return re.sub(r"&#?\w+;", lambda match: html.unescape(match[0]), text)


def test_wikipedia_of_a_record_and_of_a_source():
    name, fields = read_template(wikipedia(RECORD))
    assert name == "cite web"
    assert fields == {
        "author1": "Rosa Example",
        "author2": "Bo Li",
        "title": "Account suspended",
        "url": RECORD.url,
        "website": "The Paper",
        "at": "para. 3",
        "via": "On the Record",
        "date": "15 December 2023",
        "id": "Event g9d4cbrm, version 2",
    }
    _, fields = read_template(wikipedia(SOURCE))
    assert fields["archive-date"] == "21 November 2026"
    assert fields["access-date"] == "20 November 2026"
    assert read_template(wikipedia(replace(SOURCE, url="")))[0] == "citation"


@pytest.mark.parametrize(
    ("edtf", "when", "also"),
    [
        ("2023-12-15", "15 December 2023", None),
        ("2023-04", "April 2023", None),
        ("2023~", "c. 2023", None),
        ("2023-04~", "n.d.", "about April 2023 (1 April – 30 April)"),
        ("../2023-12-15", "n.d.", "on or before 15 December 2023"),
        ("", "n.d.", None),
    ],
)
def test_wikipedia_says_of_a_date_what_is_known(edtf, when, also):
    _, fields = read_template(wikipedia(with_date(edtf)))
    assert (fields["date"], fields.get("orig-date")) == (when, also)


@given(hostile, hostile, hostile)
def test_no_text_leaves_its_place_in_the_template(title, author, url):
    text = wikipedia(replace(SOURCE, title=title, authors=(author,), url=url))
    _, fields = read_template(text)
    assert unwiki(fields.get("title", "")) == line(title)
    assert unwiki(fields.get("author", "")) == line(author)
    assert not re.search(r"[\[\]{}<>'\s]", fields.get("url", ""))


# --- All ---------------------------------------------------------------------------------------


names = st.lists(hostile, max_size=3)


@given(names, hostile, hostile, hostile, names)
def test_parsers_of_other_projects_read_every_author_of_a_hostile_statement(
    authors, carrier, place, role, to
):
    """Braces, backslashes, line ends, Chinese and Arabic stay where they belong."""
    ref = replace(
        STATEMENT,
        authors=tuple(authors),
        carrier=Carrier(carrier, "عنوان {من} اليمين \\", place, relay=role),
        speech=Speech("paraphrase", label=role, role=role, to=tuple(to)),
    )
    expected = [line(author) for author in authors if line(author)]
    library = bibtexparser.parse_string(bibtex(ref))
    assert not library.failed_blocks
    (entry,) = library.entries
    _, fields = read_bibtex(bibtex(ref))
    assert [field.key for field in entry.fields] == list(fields)
    assert " and ".join(f"{{{name}}}" for name in expected) == untex_names(fields)
    (item,) = rispy.loads(ris(ref))
    assert item.get("authors", []) == expected
    assert (item["accession_number"], item["edition"]) == (ref.id, "1")
    (csl_item,) = json.loads(csl(ref))
    check_csl_item(csl_item)
    assert [author["literal"] for author in csl_item.get("author", [])] == expected
    _, fields = read_template(wikipedia(ref))
    wiki_names = [value for key, value in fields.items() if key.startswith("author")]
    assert [unwiki(name) for name in wiki_names] == expected


def untex_names(fields: dict[str, str]) -> str:
    """The authors of a BibTeX entry, each between braces as it was given."""
    names = re.findall(r"\{((?:[^{}]|\\text\w+\{\})*)\}", fields.get("author", ""))
    return " and ".join(f"{{{untex(name)}}}" for name in names)


@given(
    st.sampled_from(REFERENCE_FORMS),
    hostile,
    st.sampled_from([RECORD, SOURCE, VIEW, STATEMENT]),
)
def test_every_form_is_utf_8_and_the_same_each_time(form, title, ref):
    ref = replace(ref, title=title)
    assert form.write(ref).encode()
    assert form.write(ref) == form.write(ref)


def test_machine_forms_stay_english_on_a_chinese_page():
    from django.utils.translation import override

    machine_forms = [form for form in REFERENCE_FORMS if form.name != "plain"]
    for ref in (SOURCE, STATEMENT, RECORD):
        ref = with_date("2023~", ref)
        english = {form.name: form.write(ref) for form in machine_forms}
        with override("zh-hans"):
            assert {form.name: form.write(ref) for form in machine_forms} == english


def test_files_have_a_suffix_and_a_type():
    assert set(REFERENCE_FILES) == {"bib", "ris", "csl.json"}
    assert all(form.media_type for form in REFERENCE_FILES.values())
