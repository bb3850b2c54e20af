"""The sample story: complete, cited, and on the public timeline after loaddata."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import call_command

from kb.record.models import Revision
from tests.story import load_story

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
COMPARED = ROOT / "tests" / "samples" / "quotations.sha256"


@pytest.fixture
def story():
    load_story()


def counted(kind):
    return Revision.objects.live().filter(kind=kind).count()


def test_sample_story_is_on_the_timeline(story, reader):
    body = reader.get("/timeline.json?incident=bytedance-openai&size=100").json()
    kinds = [entry["kind"] for entry in body["entries"]]
    assert kinds.count("event") >= 14
    assert kinds.count("statement") >= 11
    assert body["next"] is None
    assert counted("actor") >= 20
    assert counted("source") >= 5
    assert counted("proposition") >= 5
    assert all(entry["citations"] for entry in body["entries"])


@pytest.mark.slow
def test_second_load_changes_nothing(story):
    before = list(Revision.objects.order_by("pk").values())
    call_command("loaddata", "bytedance-openai", verbosity=0)
    assert list(Revision.objects.order_by("pk").values()) == before


def test_every_exact_quotation_was_compared_with_the_article():
    """The article is not included; the digests of its passages are.

    Whoever adds a quotation compares it with the article first, letter by letter, and then adds
    its digest. A quotation in which one letter changed has another digest.
    """
    compared = set(COMPARED.read_text(encoding="ascii").split())
    rows = json.loads((ROOT / "fixtures" / "bytedance-openai.json").read_text(encoding="utf-8"))
    quotations = {straight(row["fields"]["exact"]) for row in rows if "exact" in row["fields"]}
    quotations |= {
        straight(row["fields"]["text"])
        for row in rows_of(rows, "statement")
        if row["fields"]["form"] == "verbatim"
    }
    digests = {sha256(text.encode()).hexdigest(): text for text in quotations if text}
    assert {text for digest, text in digests.items() if digest not in compared} == set()
    assert compared == set(digests)


def rows_of(rows, kind):
    return [row for row in rows if row["model"] == f"desk.{kind}"]


def straight(text):
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


@pytest.mark.parametrize(
    "path",
    ["/", "/timeline/", "/incidents/bytedance-openai/", "/incidents/bytedance-openai/claims/",
     "/actors/", "/actors/bytedance/", "/sources/", "/changes/"],
)  # fmt: skip
@pytest.mark.one_database
@pytest.mark.slow
def test_every_page_of_the_sample_story_loads(story, reader, path):
    answer = reader.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.slow
def test_every_entry_actor_and_source_has_a_page(story, reader):
    plurals = {"event": "events", "statement": "statements", "actor": "actors", "source": "sources"}
    for revision in Revision.objects.live().filter(kind__in=plurals):
        path = f"/{plurals[revision.kind]}/{revision.slug}/"
        assert reader.get(path).status_code == 200, path
