"""The language is in the address: prefix, links, headers; reset after each request."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import get_script_prefix, reverse
from django.utils import translation

from kb.desk.documents import build_document
from kb.languages import LanguagePrefix
from kb.site.pages.sentences import as_sentence, joined_sentences, labelled
from tests.make import make_event, make_incident, publish_each_kind, published

HREF = re.compile(r'<(?:a|form)\b[^>]*?(?:href|action)="([^"]*)"[^>]*>')


def state() -> str:
    return f"{translation.get_language()} {get_script_prefix()}"


def answer(view, path: str):
    return LanguagePrefix(view)(RequestFactory().get(path))


@pytest.fixture
def event(db):
    story = published(make_incident("A story"))
    event = make_event(happened="2023-04-05")
    event.incidents.set([story])
    return published(event)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/en/timeline/?q=a+b", "/timeline/?q=a+b"),
        ("/en/", "/"),
        ("/en", "/"),
        ("/en//example.org/", "/%2Fexample.org/"),
        ("/zh-hans", "/zh-hans/"),
        ("/zh-hans?q=a", "/zh-hans/?q=a"),
        ("/zh-hans/timeline.json?q=a", "/timeline.json?q=a"),
        ("/zh-hans//example.org/x.json", "/%2Fexample.org/x.json"),
        ("/zh-hans/robots.txt", "/robots.txt"),
        ("/zh-hans/healthz", "/healthz"),
        ("/zh-hans/.well-known/security.txt", "/.well-known/security.txt"),
        ("/zh-hans/static/css/site.css", "/static/css/site.css"),
        ("/zh-CN/", "/zh-hans/"),
        ("/zh-cn", "/zh-hans/"),
        ("/zh-Hans/timeline/?q=a+b&kind=event", "/zh-hans/timeline/?q=a+b&kind=event"),
        ("/ZH-HANS/events/a/", "/zh-hans/events/a/"),
        ("/zh/search/?q=%E5%AD%97", "/zh-hans/search/?q=%E5%AD%97"),
        ("/zh_CN/timeline", "/zh-hans/timeline"),
        ("/zh-Hans-CN/actors/", "/zh-hans/actors/"),
        ("/zh-SG/", "/zh-hans/"),
        ("/zh-cn/timeline.json?q=a", "/timeline.json?q=a"),
        ("/zh//example.org/", "/zh-hans//example.org/"),
        ("/EN/timeline/", "/timeline/"),
        ("/en-GB/timeline/?q=a", "/timeline/?q=a"),
        ("/en_US/", "/"),
    ],
)
def test_other_language_paths_redirect(path, place):
    response = answer(lambda request: HttpResponse(), path)
    assert (response.status_code, response["Location"]) == (301, place)


@pytest.mark.parametrize(
    "path", ["/fr/", "/zh-tw/", "/zh-hant/timeline/", "/zhcn/", "/en-x/", "/z/"]
)
def test_other_languages_are_not_found(reader, db, path):
    assert reader.get(path).status_code == 404


def test_a_slash_is_added_below_the_prefix(reader, db):
    assert reader.get("/zh-hans/timeline")["Location"] == "/zh-hans/timeline/"


def test_desk_has_no_language_prefix(reader, db):
    response = reader.get("/zh-hans/admin/")
    assert response.status_code == 404
    assert b'lang="zh-hans"' in response.content


def test_prefix_is_set_during_the_request_only():
    def view(request):
        return HttpResponse(f"{state()} {request.path} {request.path_info} {reverse('timeline')}")

    before = state()
    response = answer(view, "/zh-hans/timeline/")
    assert response.content == b"zh-hans /zh-hans/ /zh-hans/timeline/ /timeline/ /zh-hans/timeline/"
    assert response["Content-Language"] == "zh-hans"
    assert state() == before
    assert answer(view, "/timeline/").content == b"en / /timeline/ /timeline/ /timeline/"


def test_exception_resets_the_language():
    def view(request):
        raise ValueError(state())

    before = state()
    with pytest.raises(ValueError, match="zh-hans /zh-hans/"):
        answer(view, "/zh-hans/")
    assert state() == before


def test_every_chunk_of_a_stream_is_in_the_language():
    before = state()
    chunks = (state() for _ in range(2))
    response = answer(lambda request: StreamingHttpResponse(chunks), "/zh-hans/")
    for chunk in response.streaming_content:
        assert chunk == b"zh-hans /zh-hans/"
        assert state() == before
    assert state() == before


@pytest.mark.parametrize("name", ["home", "timeline", "actors", "sources", "search", "event"])
def test_links_stay_in_the_language(reader, event, name):
    path = reverse(name, args=[event.slug] if name == "event" else [])
    body = reader.get("/zh-hans" + path).content.decode()
    assert '<html lang="zh-hans">' in body
    wrong = [
        match[1]
        for match in HREF.finditer(body)
        if match[1].startswith("/")
        and not match[1].startswith(("/zh-hans/", "/static/"))
        and "hreflang=" not in match[0]
        and "." not in match[1].partition("?")[0].rpartition("/")[2]
    ]
    assert wrong == []
    assert "/zh-hans/static/" not in body


def test_every_page_links_to_its_translation(reader, event):
    path = reverse("event", args=[event.slug])
    for own in (path, f"/zh-hans{path}"):
        body = reader.get(own).content.decode()
        assert re.search(rf'rel="canonical" href="http://[^/"]+{own}"', body)
        assert re.search(rf'hreflang="en" href="http://[^/"]+{path}"', body)
        assert re.search(rf'hreflang="x-default" href="http://[^/"]+{path}"', body)
        assert re.search(rf'hreflang="zh-hans" href="http://[^/"]+/zh-hans{path}"', body)
        other = ("zh-hans", f"/zh-hans{path}") if own == path else ("en", path)
        assert f'<a href="{other[1]}" lang="{other[0]}" hreflang="{other[0]}">' in body


def test_error_page_links_to_the_home_page_of_the_other_language(reader, db):
    body = reader.get("/events/nowhere/").content.decode()
    assert '<a href="/zh-hans/" lang="zh-hans" hreflang="zh-hans">简体中文</a>' in body


def test_languages_have_different_etags(reader, event):
    english = reader.get("/timeline/", headers={"Accept-Language": "zh-CN"})
    chinese = reader.get("/zh-hans/timeline/", headers={"Accept-Language": "en"})
    assert (english["Content-Language"], chinese["Content-Language"]) == ("en", "zh-hans")
    assert english["ETag"] != chinese["ETag"]
    for response in (english, chinese):
        assert not response.cookies
        assert "Accept-Language" not in response.get("Vary", "")


def test_dates_are_in_the_language(reader, event):
    body = reader.get("/zh-hans/timeline/").content.decode()
    assert "2023年4月5日" in body
    assert "5 April 2023" in reader.get("/timeline/").content.decode()


def test_stored_documents_are_in_english(event):
    before = build_document(event)
    with translation.override("zh-hans"):
        assert build_document(event) == before
    assert before["date"]["words"] == "5 April 2023"


# A Latin full stop, comma or colon directly after a Chinese character or the mark that ends it.
LATIN_AFTER_CHINESE = re.compile(r"[\u4e00-\u9fff）」』”]\s*[.:](?=\s|$)")
# Code and references, which have one style in every language, stay as they are.
NO_TEXT = re.compile(
    r"<(script|style|pre|code|template)\b.*?</\1>|<p class=\"cite\">[^<]*|<[^>]+>",
    re.DOTALL,
)
DESCRIPTION = re.compile(r'<meta (?:name|property)="[\w:]*description" content="([^"]*)"')
CHINESE_PATHS = (
    "/", "/timeline/", "/timeline/?kind=event&from=2023", "/timeline/numbers/", "/changes/",
    "/timeline/options/actor/", "/actors/", "/actors/story/", "/sources/", "/sources/story/",
    "/incidents/story/", "/incidents/story/changes/", "/incidents/story/claims/", "/events/story/",
    "/events/story/history/", "/statements/story/", "/requests/story/", "/search/?q=checks",
    "/api/", "/method/", "/method/dates/", "/method/words/", "/method/corrections/",
    "/embed/events/story/", "/embed/incidents/story/claims/?known=2024-01-01",
)  # fmt: skip


@pytest.mark.slow
def test_chinese_pages_have_no_latin_full_stops(reader, db):
    publish_each_kind("story")
    for path in CHINESE_PATHS:
        response = reader.get(f"/zh-hans{path}")
        assert response.status_code == 200, path
        page = response.content.decode()
        texts = [NO_TEXT.sub("", page), *DESCRIPTION.findall(page)]
        for text in texts:
            match = LATIN_AFTER_CHINESE.search(text)
            assert not match, (path, text[max(match.start() - 60, 0) : match.end() + 20])


# A variable or a translated text with a full stop of the template behind it.
JOINED_STOP = re.compile(r"(?:\}\}|%\})(?:</\w+>)*\.(?=\s|<|$)", re.MULTILINE)
MESSAGE = re.compile(r"\{% blocktranslate\b.*?\{% endblocktranslate %\}", re.DOTALL)
READERS_TEMPLATES = [
    path
    for path in sorted((Path(__file__).parents[1] / "templates").rglob("*.html"))
    if path.parent.name not in ("admin", "desk", "account", "import")
    and "mfa" not in path.parts and "admin" not in path.parts
]  # fmt: skip


@pytest.mark.parametrize("path", READERS_TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_full_stops_are_part_of_a_message(path):
    text = MESSAGE.sub("%}", path.read_text(encoding="utf-8"))
    assert not JOINED_STOP.search(text)


# A comma, colon or semicolon of the template behind a tag, or brackets of the template around one.
JOINED_MARK = re.compile(r"\0\s*[,:;](?=\s|\0|$)|\(\0|\0\s*\)")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)


@pytest.mark.parametrize("path", READERS_TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_separators_are_part_of_a_message(path):
    text = TAG.sub("\0", MESSAGE.sub("%}", NO_TEXT.sub("", path.read_text(encoding="utf-8"))))
    match = JOINED_MARK.search(text)
    assert not match, text[max(match.start() - 60, 0) : match.end() + 20]


def test_lists_in_templates_have_the_marks_of_the_language():
    template = Template(
        "{% load separators %}{% name_links actors %}{% colon %}{{ role|after_comma }}"
        "{{ none|after_comma }}{{ role|bracketed }}"
        "{% for actor in actors %}{{ actor.name }}{% comma_of_names forloop %}{% endfor %}"
    )
    actors = [{"url": f"/{name}", "name": name} for name in ("a", "b", "<c>")]
    expected = {"en": "a, b and &lt;c&gt;: , d (d)a, b, &lt;c&gt;"}
    expected["zh-hans"] = "a、b和&lt;c&gt;：，d（d）a、b、&lt;c&gt;"
    for code, text in expected.items():
        with translation.override(code):
            html = template.render(Context({"actors": actors, "role": "d", "none": ""}))
            assert re.sub(r"</?a[^>]*>", "", html) == text


@pytest.mark.parametrize(
    ("parts", "english", "chinese"),
    [
        (("a", "b"), "a. b", "a。b"),
        (("a.", "b"), "a. b", "a.b"),
        (("a", ""), "a", "a"),
        (("", ""), "", ""),
        (("“a.”", "b", "c"), "“a.” b. c", "“a.”b。c"),
    ],
)
def test_sentences_are_joined_as_in_the_language(parts, english, chinese):
    for code, expected in (("en", english), ("zh-hans", chinese)):
        with translation.override(code):
            assert joined_sentences(*parts) == expected


def test_label_and_sentence_have_the_marks_of_the_language():
    with translation.override("zh-hans"):
        assert as_sentence(labelled("a", "b")) == "a：b。"
    with translation.override("en"):
        assert as_sentence(labelled("a", "b")) == "a: b."
        assert as_sentence("Why?") == "Why?"
        assert as_sentence("") == ""
