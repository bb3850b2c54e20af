"""Statements that nobody made, of the first edition, become requests for comment."""

import pytest
from django.utils import timezone

from kb.desk.models import Proposition, Request, Statement
from kb.record.models import Revision
from kb.record.rebuild import rebuild_index
from tests.migrating import migrate_forward, migrated_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BEFORE = [("desk", "0014_limit_questions"), ("record", "0006_add_request_kind")]
VOICE = {"speaker": "bparty22", "label": "", "attribution": "named", "role": "",
         "on_behalf_of": None, "to": ["bpaper22"], "channel": ""}  # fmt: skip
DATE = {"edtf": "2023-12-15", "phrase": "", "earliest": "2023-12-15", "latest": "2023-12-15",
        "zone": "", "words": "15 December 2023", "note": "", "qualifier": ""}  # fmt: skip
STATEMENT = {
    "id": "bsilent2", "kind": "statement", "slug": "silence", "title": "Baz did not reply",
    "date": DATE, "voice": VOICE, "form": "paraphrase", "wording": "original", "text": "",
    "language": "en", "original": None, "outcome": "no_reply", "about": [], "in_reply_to": None,
    "citations": [], "incidents": [], "topics": [],
    "stances": [{"proposition": "bclaim22", "position": "no_reply", "date": DATE, "note": ""}],
}  # fmt: skip


@pytest.fixture
def before():
    """The models as they were before the migrations, on tables as they were."""
    with migrated_back(*BEFORE) as models:
        yield models


def test_silent_statements_become_requests(before):
    get = before.get_model
    actor = get("desk", "Actor").objects
    party = actor.create(name="Baz", slug="baz", public_id="bparty22", actor_kind="organisation")
    paper = actor.create(name="Paper", slug="paper", public_id="bpaper22", actor_kind="publication")
    source = get("desk", "Source").objects.create(title="Story", slug="s", source_kind="article")
    incident = get("desk", "Incident").objects.create(title="Case", slug="case")
    claim = get("desk", "Proposition").objects.create(
        text="So?", slug="so", public_id="bclaim22", incident=incident
    )
    statement = get("desk", "Statement").objects.create(
        public_id="bsilent2", slug="silence", speaker=party, attribution="named",
        outcome="no_reply", headline="Baz did not reply", form="paraphrase",
        said="2023-12-15", state="published",
    )  # fmt: skip
    statement.addressees.add(paper)
    get("desk", "Citation").objects.create(statement=statement, source=source, exact="no reply")
    get("desk", "Stance").objects.create(
        statement=statement, proposition=claim, position="no_reply"
    )
    get("desk", "Snapshot").objects.create(
        public_id="bsilent2", kind="statement", document=STATEMENT
    )
    get("record", "Revision").objects.create(
        public_id="bsilent2", kind="statement", slug="silence", title="Baz did not reply", number=1,
        document=STATEMENT, change="first", published_at=timezone.now(), sha256="0" * 64,
    )  # fmt: skip
    migrate_forward()
    request = Request.objects.get()
    assert (request.public_id, request.state, request.slug) == ("bsilent2", "published", "silence")
    assert str(request) == "Paper asked Baz for comment: no reply"
    assert request.asked_on.edtf == "2023-12-15"
    assert request.citations.get().exact == "no reply"
    assert list(request.claims.all()) == [Proposition.objects.get()]
    assert not Statement.objects.exists()
    old, new = Revision.objects.order_by("number")
    assert (old.kind, old.document["outcome"], old.superseded_at is None) == (
        "statement", "no_reply", False,
    )  # fmt: skip
    assert (new.kind, new.number, new.superseded_at) == ("request", 2, None)
    assert new.document["asked"] == ["bparty22"]
    assert rebuild_index() == 1
