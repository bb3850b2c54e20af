"""Frozen lists: the form that stores one, its page with the band, its print, file and data."""

from __future__ import annotations

import json
import re

import pytest

from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.record.frozen import freezing
from kb.record.frozen_view import FrozenView
from kb.record.reader_writes import WriteUnavailable
from kb.site.views import frozen
from tests.make import make_actor, make_event, make_incident, make_statement, published

pytestmark = pytest.mark.django_db


def freeze(reader, query="", **headers):
    return reader.post("/views/", {"query": query}, headers=headers)


def path_of(reader, query=""):
    response = freeze(reader, query)
    assert response.status_code == 303
    return response["Location"]


def plain(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.text))


def correct(event, **fields):
    for name, value in fields.items():
        setattr(event, name, value)
    event.save()
    publish(event, by=None, change="correction", note="The source says another thing.")


@pytest.fixture
def story():
    story = published(make_incident("The story", slug="story"))
    events = []
    for day, title in enumerate(("It began", "It went on", "It stopped", "It was seen"), 1):
        event = make_event(title, happened=f"2023-04-{day:02}", standing="undisputed")
        event.incidents.add(story)
        events.append(published(event))
    return events


def test_every_list_of_entries_has_the_form_and_keeps_its_query(reader, story):
    published(make_event("Elsewhere", actors=((make_actor("Acme", slug="acme"), "acted"),)))
    for path, count in (
        ("/timeline/?from=2023", 5),
        ("/incidents/story/", 4),
        ("/actors/acme/", 1),
    ):
        page = reader.get(path)
        query = re.search(r'name="query" value="([^"]*)"', page.text)[1].replace("&amp;", "&")
        view = FrozenView.objects.get(public_id=path_of(reader, query).split("/")[2])
        assert view.count == count, path
    assert 'name="query"' not in reader.get("/timeline/?until=1999").text
    # An incident's own page is the list of today.
    assert 'href="/incidents/story/">Open the list' in reader.get(
        path_of(reader, "incident=story")
    ).text.replace("\n", "")


def test_page_shows_what_the_list_held_and_the_band_what_differs(reader, story):
    path = path_of(reader, "incident=story")
    assert path_of(reader, "incident=story&size=2") == path
    page = reader.get(path)
    assert "Nothing in it has changed since." in plain(page)
    assert "noindex" in page.text
    began, on, stopped, seen = story
    correct(began, title="It had begun")
    withdraw(stopped, by=None, note="It was entered twice.")
    merge(seen, into=on, by=None, note="One thing.")
    new = make_event("It came back", happened="2023-05", standing="undisputed")
    new.incidents.add(began.incidents.get())
    published(new)
    page = reader.get(path)
    text = plain(page)
    assert (
        "1 of 4 entries corrected since; 1 changed or added to; 1 withdrawn; 1 merged; "
        "1 new one matches."
    ) in text
    differences = text[text.index("What differs today") : text.index("Full")]
    assert "It began: title was It began, is now It had begun" in differences
    assert "The source says another thing." in differences
    assert "Withdrawn on" in differences and "It was entered twice." in differences
    assert "It came back" in differences
    assert re.search(r"<details class=\"differences\" open>", page.text)
    lines = re.findall(r"<li [^>]*?(?:id|class)=\"[^\"]*\">(.*?)</li>", page.text, re.DOTALL)
    lines = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", line)) for line in lines]
    held = [line for line in lines if re.search("It (began|went|stopped|was seen)", line)]
    assert "It began" in held[0] and "corrected since" in held[0]
    assert "Withdrawn on" in held[-2] and "Merged on" in held[-1]
    assert "It had begun" not in " ".join(held)
    # A second list of today has another address; the first stays.
    assert path_of(reader, "incident=story") != path


def test_full_lines_pages_and_parameters(reader):
    for number in range(27):
        published(make_statement(f"Words {number}.", said=f"2023-04-{number + 1:02}"))
    path = path_of(reader)
    first, second = reader.get(path), reader.get(f"{path}?page=2&view=full")
    assert first.text.count('class="compact-title"') == 25
    assert second.text.count('class="entry entry-statement"') == 2
    assert "Words 26." in second.text
    assert 'start="26"' in second.text
    for bad in ("page=3", "page=x", "page=0", "view=table", "more=1"):
        assert reader.get(f"{path}?{bad}").status_code == 400, bad
    answer = reader.get(f"{path.rstrip('/')}.json?page=2").json()
    assert len(answer["entries"]) == 2 and answer["next"] is None
    assert answer["previous"].endswith(".json?page=1")


def test_queries_do_not_grow_with_the_list(reader, queries):
    for number in range(30):
        published(make_event(happened="2022" if number < 3 else "2023"))
    short, long = path_of(reader, "until=2022"), path_of(reader)
    counts = []
    for path in (short, long):
        reader.get(path)
        with queries() as ran:
            reader.get(path)
        counts.append(len(ran))
    assert counts[0] == counts[1] <= 24, counts


def test_print_and_file_hold_all_entries_with_their_sources(reader, story, monkeypatch):
    path = path_of(reader, "incident=story")
    printed = reader.get(f"{path}print/")
    assert printed.text.count('class="entry entry-event"') == 4
    assert printed.text.count('<li value="') >= 4
    file = reader.get(f"{path.rstrip('/')}.html")
    assert file["Content-Disposition"].startswith("attachment; filename=")
    assert "<script" not in file.text and "<link" not in file.text
    assert "@font-face" not in file.text and "--paper" in file.text
    assert not re.search(r'(?:href|src)="/', file.text)
    monkeypatch.setattr(frozen, "MAX_WHOLE", 3)
    assert reader.get(f"{path}print/").status_code == 404


def test_data_and_references(reader, story):
    path = path_of(reader, "incident=story").rstrip("/")
    withdraw(story[3], by=None, note="No.")
    correct(story[0], title="Another title")
    lines = b"".join(reader.get(f"{path}.jsonl").streaming_content).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["title"] for row in rows] == ["It began", "It went on", "It stopped"]
    assert rows[0]["version"] == 1 and rows[0]["correction"] is None
    assert b"It began" in b"".join(reader.get(f"{path}.csv?raw=1").streaming_content)
    assert reader.get(f"{path}.csv?nothing=1").status_code == 400
    for suffix, words in (("bib", "@misc{frozen-"), ("ris", "TY  - ELEC"), ("csl.json", '"URL"')):
        reference = reader.get(f"{path}.{suffix}")
        assert words in reference.text and "/views/" in reference.text, suffix
    assert "frozen list, record version" in plain(reader.get(f"{path}/"))


def test_withdrawn_names_are_not_shown(reader, story):
    path = path_of(reader, "incident=story")
    withdraw(story[0].incidents.get(), by=None, note="No such story.")
    page = reader.get(path)
    assert page.status_code == 200
    assert "The story" not in plain(page)
    assert "The list of today cannot be made" in plain(page)
    assert "Open the list of today" not in page.text


def test_bad_forms_are_refused_with_a_sentence(reader, story, monkeypatch):
    assert freeze(reader, "nothing=1").status_code == 400
    assert freeze(reader, "incident=other").status_code == 400
    assert freeze(reader, "until=1999").status_code == 400
    assert reader.post("/views/", {}).status_code == 400
    assert freeze(reader, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    monkeypatch.setattr(freezing, "MAX_MEMBERS", 3)
    assert "Choose a narrower filter" in plain(freeze(reader))
    monkeypatch.undo()
    monkeypatch.setattr(freezing, "MAX_OF_CLIENT", 0)
    limited = freeze(reader)
    assert (limited.status_code, limited["Retry-After"]) == (429, "3600")

    def busy(*_arguments):
        raise WriteUnavailable

    monkeypatch.setattr(frozen, "freeze", busy)
    response = freeze(reader)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert not FrozenView.objects.exists()


def test_methods_and_conditional_requests(reader, story):
    assert reader.get("/views/")["Location"] == "/method/#frozen-lists"
    assert "POST" in reader.options("/views/")["Allow"]
    assert reader.put("/views/").status_code == 405
    path = path_of(reader)
    page = reader.get(path)
    assert reader.get(path, headers={"If-None-Match": page["ETag"]}).status_code == 304
    assert "public" in page["Cache-Control"]
    assert reader.head(path).content == b""
    assert reader.post(path).status_code == 405
    for missing in ("/views/bcdfghjk/", "/views/bcdfghjk/print/", "/views/bcdfghjk.html"):
        assert reader.get(missing).status_code == 404, missing
    assert reader.get("/views/bcdfghjk.csv")["Content-Type"] == "application/problem+json"


def test_addresses_of_clients_are_not_stored(reader, story, settings):
    reader.post("/views/", {"query": ""}, REMOTE_ADDR="192.0.2.7")
    reader.post("/views/", {"query": "order=newest"}, REMOTE_ADDR="192.0.2.7")
    settings.BEHIND_PROXY = True
    forwarded = {"X-Forwarded-For": "203.0.113.9, 2001:db8::1"}
    freeze(reader, "from=2023", **forwarded)
    freeze(reader, "from=2022", **{"X-Forwarded-For": "2001:db8::2"})
    first, second, third, fourth = FrozenView.objects.values_list("maker", flat=True)
    assert first == second != third == fourth


def test_embed_shows_what_the_list_held(reader, story, settings):
    path = path_of(reader, "incident=story")
    withdraw(story[3], by=None, note="No.")
    correct(story[0], title="Another title")
    frame = reader.get(f"/embed{path}")
    assert "It began" in frame.text and "Another title" not in frame.text
    assert "1 of 4 entries corrected since; 1 withdrawn." in plain(frame)
    assert "3 of 4 entries" in plain(frame)
    answer = reader.get("/oembed", {"url": f"{settings.SITE_URL}{path}"}).json()
    assert f"/embed{path}" in answer["html"]
    assert reader.get("/embed/views/bcdfghjk/").status_code == 404
    assert reader.get("/oembed", {"url": f"{settings.SITE_URL}/views/bcdfghjk/"}).status_code == 404


def test_chinese_page(reader, story):
    path = path_of(reader, "incident=story")
    assert reader.post("/zh-hans/views/", {"query": "incident=story"})["Location"] == (
        f"/zh-hans{path}"
    )
    assert reader.get(f"/zh-hans{path}").status_code == 200
