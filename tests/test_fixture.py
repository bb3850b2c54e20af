"""The article's fixture: whole, cited, and on the public timeline after a plain loaddata."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from kb.record.models import Revision
from tests.story import load_story

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
ARTICLE = ROOT.parent / "shared" / "data" / "article.txt"


@pytest.fixture
def story():
    load_story()


def counted(kind):
    return Revision.objects.standing().filter(kind=kind).count()


def test_it_works(story, reader):
    body = reader.get("/timeline.json?incident=bytedance-openai&size=100").json()
    kinds = [entry["kind"] for entry in body["entries"]]
    assert kinds.count("event") >= 14
    assert kinds.count("statement") >= 11
    assert body["next"] is None
    assert counted("actor") >= 20
    assert counted("source") >= 5
    assert counted("proposition") >= 5
    assert all(entry["citations"] for entry in body["entries"])


def test_loading_it_twice_changes_nothing(story):
    before = list(Revision.objects.order_by("pk").values())
    call_command("loaddata", "bytedance-openai", verbosity=0)
    assert list(Revision.objects.order_by("pk").values()) == before


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not shipped")
def test_every_exact_quotation_stands_in_the_article():
    article = straight(ARTICLE.read_text(encoding="utf-8"))
    rows = json.loads((ROOT / "fixtures" / "bytedance-openai.json").read_text(encoding="utf-8"))
    for row in rows:
        fields = row["fields"]
        if row["model"] == "desk.citation":
            assert straight(fields.get("exact", "")) in article, fields["exact"]
        if row["model"] == "desk.statement" and fields["form"] == "verbatim":
            assert straight(fields["text"]) in article, fields["text"]


def straight(text):
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


@pytest.mark.parametrize(
    "path",
    ["/", "/timeline/", "/incidents/bytedance-openai/", "/incidents/bytedance-openai/claims/",
     "/actors/", "/actors/bytedance/", "/sources/", "/changes/"],
)  # fmt: skip
def test_every_page_of_it_shows(story, reader, path):
    answer = reader.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")


def test_every_entry_actor_and_source_has_a_page(story, reader):
    plurals = {"event": "events", "statement": "statements", "actor": "actors", "source": "sources"}
    for one in Revision.objects.standing().filter(kind__in=plurals):
        path = f"/{plurals[one.kind]}/{one.slug}/"
        assert reader.get(path).status_code == 200, path
